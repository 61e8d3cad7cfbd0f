// The other side of the conversation: matrix-js-sdk, which nobody here wrote.
import "./forjssdk.js";
import { createClient } from "matrix-js-sdk";
import type { MatrixClient, MatrixEvent, Room } from "matrix-js-sdk";
import { logger } from "matrix-js-sdk/lib/logger.js";

// Some of its parts speak through this one, whatever the client is given.
(logger as unknown as { disableAll(): void }).disableAll();

const silent = {
  trace() {},
  debug() {},
  info() {},
  warn() {},
  error() {},
  getChild: () => silent,
};

/** Peer is a user of matrix-js-sdk, signed in and syncing. */
export class Peer {
  readonly sdk: MatrixClient;
  readonly id: string;

  private constructor(sdk: MatrixClient, id: string) {
    this.sdk = sdk;
    this.id = id;
  }

  static async start(baseUrl: string, user: string, password: string, options: { threadSupport?: boolean } = {}): Promise<Peer> {
    const guest = createClient({ baseUrl, logger: silent });
    const login = await guest.loginRequest({ type: "m.login.password", identifier: { type: "m.id.user", user }, password });
    const { user_id: userId, device_id: deviceId, access_token: accessToken } = login;
    const sdk = createClient({ baseUrl, userId, deviceId, accessToken, logger: silent });
    // A long timeline, so that no message is left out of a sync.
    await sdk.startClient({ initialSyncLimit: 500, lazyLoadMembers: true, ...options });
    return new Peer(sdk, userId);
  }

  stop(): void {
    this.sdk.stopClient();
  }

  /** room waits until the peer has the room and something is true of it. */
  async room(id: string, is: (room: Room) => boolean = () => true): Promise<Room> {
    for (const end = Date.now() + 30_000; Date.now() < end; ) {
      const room = this.sdk.getRoom(id);
      if (room && is(room)) return room;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`matrix-js-sdk waits for ${is} of ${id}`);
  }
}

/** messages lists the ids of a room's messages as matrix-js-sdk shows them, without edits. */
export function messages(room: Room): MatrixEvent[] {
  const shown = (event: MatrixEvent) => event.getType() === "m.room.message" && !event.isRelation("m.replace");
  return room.getLiveTimeline().getEvents().filter(shown);
}
