// What the fake client is about: an account, its rooms, spaces and people.
import type { EntryHow, ErrorCode, Room, RoomDetails, RoomPreview, SessionSnapshot, StorageSnapshot } from "alcove";
import { Box, type ListBox } from "./box.js";
import { FakeEncryption } from "./fakeencryption.js";
import type { FakeRoomList } from "./fakelist.js";
import { FakeLock } from "./fakelock.js";
import { FakePeople } from "./fakepeople.js";
import { FakeRoom } from "./fakeroom.js";
import { FakeSpaces } from "./fakespaces.js";
import { me, now, rooms } from "./generate.js";
import { AlcoveError, number, query, wait } from "./setup.js";

export const signedIn: SessionSnapshot = { state: "ready", sync: "live", core: "running", leader: !query.has("follows"), userId: me.id, deviceId: "FAKEDEVICE", homeserver: "https://example.org" };

export const nobody: SessionSnapshot = { state: "signedOut", sync: "stopped", core: "running", leader: true };

export function firstSession(): SessionSnapshot {
  const state = (query.get("session") ?? "ready") as SessionSnapshot["state"];
  const sync = (query.get("sync") ?? "live") as SessionSnapshot["sync"];
  const failed = query.get("failed") as ErrorCode | null;
  const core = failed ? "failed" : "running";
  const code = failed ?? "server.error";
  const error = failed || sync === "failing" ? { error: { code, message: "", recoverable: true } } : {};
  if (state === "signedOut" || query.has("cold")) return { state: state === "ready" ? "restoring" : state, sync: "stopped", core, leader: true, ...error };
  return { ...signedIn, state, sync, core, ...error };
}

export class World {
  readonly session = new Box<SessionSnapshot>(firstSession());
  readonly storage = new Box<StorageSnapshot | undefined, StorageSnapshot>({
    open: true,
    full: query.has("full"),
    inMemory: query.has("inMemory"),
    protected: !query.has("bare"),
    persisted: !query.has("unkept"),
    ...(query.has("lost") && { lost: { account: query.has("session"), rooms: 3, unsent: number("lost", 2), since: now } }),
    usage: 48_300_000,
    quota: 2_140_000_000,
  });
  readonly lock = new FakeLock();
  readonly encryption = new FakeEncryption();
  rooms: Room[] = rooms(number("rooms", 40));
  readonly spaces = new FakeSpaces(this);
  readonly people = new FakePeople();
  readonly lists = new Set<FakeRoomList>();
  readonly #open = new Map<string, FakeRoom>();

  room(id: string): FakeRoom | undefined {
    const room = this.rooms.find((one) => one.id === id);
    if (!room) return undefined;
    let fake = this.#open.get(id);
    if (!fake) this.#open.set(id, (fake = new FakeRoom(room, this.rooms.indexOf(room), () => this.session.getSnapshot().sync === "offline")));
    return fake;
  }

  /** Rooms of the account, and one beyond it of that name: ids and aliases that begin with "far", such as #far-knock and #far-space. */
  async preview(id: string): Promise<RoomPreview> {
    await wait();
    const known = this.spaces.previewOf(id);
    if (known) return known;
    const named = /^[!#]far-(\w+)/.exec(id)?.[1];
    if (!named) throw new AlcoveError("server.notFound");
    const how = (named === "space" ? "join" : named) as EntryHow;
    const far: RoomPreview = { ...(named === "space" && { type: "m.space" }), id: "!far:example.net", name: "Far away", topic: "What happens elsewhere", joined: 1_204, joinRule: how === "join" ? "public" : how, entry: { how }, via: ["example.net"] };
    this.spaces.previews.set(far.id, far);
    return far;
  }

  change(id: string, change: Partial<Room> | undefined): void {
    this.rooms = this.rooms.flatMap((room) => (room.id !== id ? [room] : change ? [{ ...room, ...change }] : []));
    const room = this.rooms.find((one) => one.id === id);
    const box = this.#open.get(id)?.details;
    const value = box?.getSnapshot();
    if (room && box && value) box.put({ ...value, room });
    this.tell();
  }

  changeDetails(id: string, change: Partial<RoomDetails>): void {
    const box = this.room(id)?.details;
    const value = box?.getSnapshot();
    if (!box || !value) return;
    const details = { ...value, ...change };
    box.put(details);
    this.change(id, details.room);
  }

  tell(): void {
    for (const list of this.lists) list.show();
    this.spaces.tell();
  }

  shown(): ListBox<unknown>[] {
    return [...this.lists, ...[...this.#open.values()].flatMap((room) => [...room.timelines])] as ListBox<unknown>[];
  }
}

export const world = new World();
