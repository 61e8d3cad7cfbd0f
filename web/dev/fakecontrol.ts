// What tests do to the world from outside, and what they see of it: `window.fake`.
import type { CreateRoomParams, EncryptionStatus, EventItem, LoginPasswordParams, Room, RoomDetails, SessionSnapshot, StorageSnapshot, VerificationSnapshot } from "alcove";
import { asked } from "./fakeadmin.js";
import { world } from "./fakeworld.js";
import { now, person } from "./generate.js";

export const control = {
  typed: [] as boolean[],
  /** What was sent, with what goes with it. */
  sent: [] as object[],
  refused: 0,
  joined: [] as object[],
  created: undefined as CreateRoomParams | undefined,
  credentials: undefined as LoginPasswordParams | undefined,
  /** Makes all lists of an earlier time, or of now again. */
  stale: (stale: boolean) => {
    for (const list of world.shown()) list.setStale(stale);
  },
  session: (change: Partial<SessionSnapshot>) => world.session.put({ ...world.session.getSnapshot(), ...change }),
  storage: (value: StorageSnapshot) => world.storage.put(value),
  receive: (id: string, body: string, n = 1) => world.room(id)?.receive(person(n), body),
  /** An event of anybody's, as a core might hand it on. */
  event: (id: string, event: Partial<EventItem>) => world.room(id)?.add({ sender: person(1), type: "m.room.message", content: {}, ...event }),
  typing: (id: string, names: number) => {
    const box = world.room(id)?.details;
    const value = box?.getSnapshot();
    if (value) box?.put({ ...value, typing: Array.from({ length: names }, (_, n) => person(n + 1)) });
  },
  room: (id: string, change: Partial<Room>) => world.change(id, change),
  details: (id: string, change: Partial<RoomDetails>) => world.changeDetails(id, change),
  /** What those who keep rooms asked for. */
  asked,
  searched: world.people.searched,
  /** As another device does it. */
  unignore: world.people.unignore,
  blockInvites: (block: boolean) => world.people.setInvitePermission({ block }),
  moved: world.spaces.moved,
  keysCame: (id: string) => world.room(id)?.keysCame(),
  encryption: (change: Partial<EncryptionStatus>) => world.encryption.change(change),
  asks: (user?: string) => world.encryption.ask(user),
  verification: (change: Partial<VerificationSnapshot>) => world.encryption.verified(change),
};
Object.assign(globalThis, { fake: control });
freezeClock();

function freezeClock(): void {
  const shift = now - Date.now();
  const real = Date.now;
  Date.now = () => real() + shift;
}
