// Somebody who uses another client: matrix-js-sdk with its Rust crypto, in
// Node, driven as build/interop drives it.
import "../../js/test/forjssdk.js";
import assert from "node:assert/strict";
import { logger } from "matrix-js-sdk/lib/logger.js";
import { keyCommands } from "../../build/interop/node/jssdk-keys.js";
import { roomCommands } from "../../build/interop/node/jssdk-rooms.js";
import { Session } from "../../build/interop/node/jssdk-session.js";
import { verificationCommands } from "../../build/interop/node/jssdk-verification.js";
import type { Account } from "./real.js";

// Some of its parts speak through this one, whatever the client is given.
(logger as unknown as { disableAll(): void }).disableAll();

function commandsOf(session: Session) {
  return { ...session.commands, ...roomCommands(session), ...keyCommands(session), ...verificationCommands(session) };
}

/** Peer is one device of such a client. */
export class Peer {
  readonly id: string;
  readonly do: ReturnType<typeof commandsOf>;
  readonly #session: Session;

  private constructor(session: Session) {
    this.#session = session;
    this.id = session.me;
    this.do = commandsOf(session);
  }

  /** Signs in and makes an identity. */
  static async start({ server: homeserver, id: user, password }: Account): Promise<Peer> {
    const session = new Session();
    await session.commands.login({ homeserver, user, password });
    const peer = new Peer(session);
    await peer.do.setUp({ password, passphrase: "long enough to keep" });
    return peer;
  }

  /** Waits until all devices of a user that can encrypt are verified. */
  async trusts(user: string): Promise<void> {
    for (;;) {
      const all = Object.values(await this.do.devices({ user }));
      if (all.length > 0 && all.every((trust) => trust === "verified")) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Waits until a message is decrypted. */
  async reads(room: string, event: string, text: string): Promise<void> {
    const { body } = (await this.do.read({ room, event })) as { body?: string };
    assert.equal(body, text);
  }

  close(): Promise<void> {
    return this.#session.close();
  }
}
