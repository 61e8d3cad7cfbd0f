// The list of rooms, filtered as the core would.
import type { Room, RoomFilter, RoomList, RoomListOptions } from "alcove";
import { ListBox } from "./box.js";
import { world, type World } from "./fakeworld.js";
import { query, wait } from "./setup.js";

const kinds: Readonly<Record<string, string>> = { join: "joined", invite: "invited", knock: "knocked" };

function fits(room: Room, filter: RoomFilter): boolean {
  return (
    (room.type ?? "") === (filter.type ?? "") &&
    (filter.kind ? kinds[room.membership] === filter.kind : room.membership !== "leave") &&
    (!filter.space || world.spaces.within(filter.space).has(room.id)) &&
    (!filter.unread || room.unread > 0 || room.markedUnread === true || room.membership === "invite") &&
    (filter.direct === undefined || filter.direct === (room.direct !== undefined)) &&
    (!filter.tag || (room.tags ?? []).some((tag) => tag.name === filter.tag)) &&
    (!filter.text || room.name.toLowerCase().includes(filter.text.toLowerCase()))
  );
}

export class FakeRoomList extends ListBox<Room> implements RoomList {
  readonly #world: World;
  readonly #step: number;
  #filter: RoomFilter;
  #window: number;

  constructor(world: World, { filter = {}, window = Infinity }: RoomListOptions) {
    super([]);
    this.#world = world;
    this.#filter = filter;
    this.#window = this.#step = window;
    this.stale = query.has("stale");
    world.lists.add(this);
    this.show();
  }

  show(): void {
    const found = this.#world.rooms.filter((room) => fits(room, this.#filter));
    this.total = found.length;
    this.put(found.slice(0, this.#window));
  }

  async setFilter(filter: RoomFilter): Promise<void> {
    await wait();
    this.#filter = filter;
    this.#window = this.#step;
    this.show();
  }

  async more(): Promise<void> {
    await wait();
    this.#window += this.#step;
    this.show();
  }

  override close(): void {
    super.close();
    this.#world.lists.delete(this);
  }
}
