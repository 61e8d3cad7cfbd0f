// Somebody who encrypts what they say: matrix-js-sdk with its Rust crypto.
import "../forjssdk.js";
import { EventType, MatrixEvent } from "matrix-js-sdk";
import { logger } from "matrix-js-sdk/lib/logger.js";
import { Session } from "../../../build/interop/node/jssdk-session.js";
import type { Other } from "./exchange.js";
import { until } from "./exchange.js";
import type { Json, Person, Said, Server } from "./server.js";

// Some of its parts speak through this one, whatever the client is given.
(logger as unknown as { disableAll(): void }).disableAll();

/** Few, so that sessions end all the time. */
const messagesInSession = 10;
const megolm = { algorithm: "m.megolm.v1.aes-sha2", rotation_period_msgs: messagesInSession };

/** Who writes while they do not know yet of the newest device is read by the one before. */
const devices = 2;

/** SdkPerson makes encrypted rooms and talks there, in each on a device that is new. */
export class SdkPerson implements Other {
  readonly id: string;
  readonly #plain: Person;
  /** The homeserver's address, past all faults. */
  readonly #homeserver: string;
  /** By age. */
  readonly #sessions: Session[] = [];
  /** What was read once, by event. */
  readonly #read = new Map<string, string>();

  private constructor(plain: Person, homeserver: string) {
    this.id = plain.id;
    this.#plain = plain;
    this.#homeserver = homeserver;
  }

  static async meet(server: Server, name: string): Promise<SdkPerson> {
    return new SdkPerson(await server.account(name), server.direct);
  }

  async room(name: string, account: Person): Promise<string> {
    const { client, crypto } = await this.#signIn();
    const encryption = { type: EventType.RoomEncryption, state_key: "", content: megolm };
    const made = await this.#plain.ask("POST", "/createRoom", { name, preset: "public_chat", initial_state: [encryption] });
    const room = String(made["room_id"]);
    await account.ask("POST", `/join/${encodeURIComponent(room)}`, {});
    const isIn = (user: string) => client.getRoom(room)?.getMember(user)?.membership === "join";
    if (await until(async () => isIn(account.id) && isIn(this.id) && crypto.isEncryptionEnabledInRoom(room))) return room;
    throw new Error("matrix-js-sdk does not see the room");
  }

  async #signIn(): Promise<Session> {
    const session = new Session();
    await session.commands.login({ homeserver: this.#homeserver, user: this.id, password: this.#plain.password });
    for (const gone of this.#sessions.splice(0, 1 + this.#sessions.length - devices)) {
      await gone.commands.logout();
      await gone.close();
    }
    this.#sessions.push(session);
    return session;
  }

  async say(room: string, body: string): Promise<string> {
    const session = this.#sessions.at(-1);
    if (!session) throw new Error("not signed in");
    return (await session.client.sendTextMessage(room, body)).event_id;
  }

  listed(): Promise<string[]> {
    return this.#plain.listed();
  }

  /** heard is every encrypted message, each as it was read, or as unreadable. */
  async heard(room: string): Promise<Said[]> {
    const said: Said[] = [];
    for (const { id, sender, raw } of await this.#plain.events(room, EventType.RoomMessageEncrypted)) {
      said.push({ id, sender, body: this.#read.get(id) ?? (await this.#decrypt(id, raw)) ?? `unreadable ${id}` });
    }
    return said;
  }

  /** unreadable counts messages whose keys are lost. */
  async unreadable(room: string): Promise<number> {
    return (await this.heard(room)).filter(({ id }) => !this.#read.has(id)).length;
  }

  /** leaked counts messages that anybody can read. */
  async leaked(room: string): Promise<number> {
    return (await this.#plain.heard(room)).length;
  }

  /** takeKeys claims one-time keys of a device, as others do who write to it. */
  async takeKeys(user: string, device: string, count: number): Promise<void> {
    const claim = { one_time_keys: { [user]: { [device]: "signed_curve25519" } } };
    for (let n = 0; n < count; n++) await this.#plain.ask("POST", "/keys/claim", claim);
  }

  async #decrypt(id: string, raw: Json): Promise<string | undefined> {
    for (const { client } of this.#sessions) {
      const event = new MatrixEvent(raw as object);
      await client.decryptEventIfNeeded(event, { isRetry: true });
      const body = event.getContent()["body"];
      if (event.isDecryptionFailure() || typeof body !== "string") continue;
      this.#read.set(id, body);
      return body;
    }
    return undefined;
  }

  async close(): Promise<void> {
    for (const session of this.#sessions) await session.close();
  }
}
