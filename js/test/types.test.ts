// What a user's code may and may not write. The compiler is the test; running
// it only proves that importing the package needs no page.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as alcove from "../src/index.js";
import type { Client, ErrorCode, EventID, LiveList, LiveTimeline, Op, Room, RoomID, SendHandle, UserID } from "../src/index.js";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const holds = <_ extends true>(): void => {};

/** uses is compiled, never run. */
export async function uses(client: Client, useSyncExternalStore: UseSyncExternalStore): Promise<void> {
  const list = client.rooms.list({ filter: { kind: "joined" }, sort: "recency", window: 40 });
  holds<Equal<ReturnType<typeof list.getSnapshot>, readonly Room[]>>();
  const shown: readonly Room[] = useSyncExternalStore(list.subscribe, list.getSnapshot);
  // @ts-expect-error snapshots are not to be changed
  shown.push();
  // @ts-expect-error nor is what is in them
  if (shown[0]) shown[0].name = "mine";
  // @ts-expect-error there may be no first room
  void shown[0].name;
  // @ts-expect-error there is no such kind
  client.rooms.list({ filter: { kind: "public" } });

  for await (const ops of list.diffs({ signal: AbortSignal.timeout(1) })) {
    holds<Equal<typeof ops, readonly Op<Room>[]>>();
  }

  const room = client.room("!plain:text");
  const id: RoomID = room.id;
  // @ts-expect-error a room is not a user
  await room.invite(id);
  const user: UserID = "@plain:text";
  await room.invite(user, { reason: undefined });
  const details = room.getSnapshot();
  // @ts-expect-error not known yet
  void details.topic;
  void details?.can.send;

  await room.markRead({ thread: "main", private: undefined });
  await room.setNotifications("mentions");
  // @ts-expect-error there is no such level
  await room.setNotifications("loud");

  const timeline: LiveTimeline = room.timeline();
  const items: LiveList<unknown> = timeline;
  void items;
  await timeline.paginate("forward");
  // @ts-expect-error no such way
  await timeline.paginate("down");
  const handle: SendHandle = await timeline.send.text("hi", { signal: undefined });
  const sent: EventID = await handle.sent;
  for (const item of timeline.getSnapshot()) {
    await timeline.send.text("hi", { replyTo: item, mentions: { room: true } });
    const removed: SendHandle | undefined = await timeline.redact(item.key, { reason: "spam" });
    void removed;
    // @ts-expect-error an item is named by its key
    await timeline.react(item, "👍");
  }
  // @ts-expect-error an event is not a room
  client.room(sent);

  const verification = await client.encryption.verify({ user });
  holds<Equal<NonNullable<ReturnType<typeof verification.getSnapshot>>["phase"], alcove.VerificationPhase>>();
  // @ts-expect-error bytes, as a camera's decoder gives them
  await verification.scan("code");
  // @ts-expect-error one is the user's, the other the device's
  await client.encryption.setBlocked(user);
  void (verification.getSnapshot()?.emoji?.[0]?.name satisfies string | undefined);

  try {
    await client.login.password({ user: "a", password: "b" });
    // @ts-expect-error it takes both
    await client.login.password({ user: "a" });
  } catch (error) {
    if (error instanceof alcove.AlcoveError) {
      holds<Equal<typeof error.code, ErrorCode>>();
      // @ts-expect-error there is no such code
      void (error.code === "login.wrong");
      void (error.code === "login.forbidden");
    }
  }
  holds<Equal<ReturnType<typeof client.session.getSnapshot>["state"], alcove.SessionState>>();
}

/** As React declares it. */
type UseSyncExternalStore = <Snapshot>(
  subscribe: (onChange: () => void) => () => void,
  getSnapshot: () => Snapshot,
) => Snapshot;

test("the public names are these", () => {
  assert.deepEqual(Object.keys(alcove).sort(), ["AlcoveError", "createClient", "eraseStore", "formatLink", "formatMatrixTo", "parseID", "parseLink"]);
});

test("outside of a page a client says that it cannot start", async () => {
  await assert.rejects(alcove.createClient(), { name: "AlcoveError", code: "core.missing" });
});
