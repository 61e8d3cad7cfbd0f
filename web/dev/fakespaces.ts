// Spaces without a server: `?spaces` makes some, `?spaces=1000` puts that many
// more rooms into the first, `&explore=fails` lets its pages fail at first.
import type { Entry, EntryHow, Exploration, ExploreOptions, LiveList, Room, RoomPreview, Space, SpaceRoom, Spaces } from "alcove";
import { ListBox } from "./box.js";
import { now } from "./generate.js";
import { AlcoveError, number, query, wait } from "./setup.js";

/** What of the made-up world spaces are about. */
export interface Rooms {
  rooms: Room[];
  change(id: string, change: Partial<Room> | undefined): void;
}

type Child = { readonly id: string; suggested?: boolean };

const page = 20;
const spaceId = (n: number) => `!space${n}:example.org`;
const roomId = (n: number) => `!room${n}:example.org`;
const strangerId = (name: string) => `!${name}:elsewhere.example`;

const names = ["Allotment association", "Neighbourhood", "Bees", "Bees, the wild ones", "דירות", "<img src=x onerror=alert(1)>\u202e evil"];
const hostile = "<img src=x onerror=alert(1)> \u202egnp.exe ".repeat(12);

/** Rooms that the user is not in, by how they may come in. */
const strangers: readonly (readonly [name: string, how: EntryHow, more?: Partial<RoomPreview>])[] = [
  ["Market", "join", { topic: "What is ripe, what is left, and who wants it. Everybody may come and look. https://example.org/market", joined: 1240, readable: true }],
  ["Committee", "invite", { topic: "Minutes and motions", joined: 7, encrypted: true, joinRule: "restricted" }],
  ["Newsletter", "knock", { topic: "Four times a year", joined: 88, joinRule: "knock" }],
  ["Seeds", "wait", { joined: 31, joinRule: "knock" }],
  ["Water", "accept", { joined: 12, joinRule: "invite" }],
  ["Greenhouse", "banned", { joined: 4, joinRule: "public" }],
  ["Treasurer", "invite", { joined: 2, joinRule: "invite" }],
  ["hostile", "join", { name: hostile, topic: hostile.repeat(20), alias: "#x:evil.example", joined: Number.MAX_SAFE_INTEGER }],
];

export class FakeSpaces implements Spaces {
  readonly previews = new Map<string, RoomPreview>();
  readonly moved: (string | undefined)[][] = [];
  readonly #world: Rooms;
  readonly #children = new Map<string, Child[]>();
  #roots: string[];
  readonly #lists = new Set<FakeSpaceList>();
  readonly #explorations = new Set<FakeExploration>();

  constructor(world: Rooms) {
    this.#world = world;
    this.#roots = query.has("spaces") ? [0, 1, 4, 5].map(spaceId) : [];
    if (query.has("spaces")) this.#fill();
    for (const [name, how, more] of strangers) this.#know(strangerId(name), name, how, more);
  }

  #fill(): void {
    for (const [n, name] of names.entries()) this.#world.rooms.push(space(n, name));
    const more = Array.from({ length: number("spaces", 0) }, (_, n) => strangerId(`more${n}`));
    for (const [n, id] of more.entries()) this.#know(id, `Plot ${n + 1}`, "join", { joined: n + 1 });
    this.#children.set(spaceId(0), [
      { id: strangerId("Market"), suggested: true }, { id: roomId(2), suggested: true }, { id: spaceId(2) }, { id: strangerId("Committee") }, { id: strangerId("Newsletter") },
      { id: strangerId("Seeds") }, { id: strangerId("Water") }, { id: strangerId("Greenhouse") }, { id: strangerId("Treasurer") }, { id: strangerId("hidden") }, { id: strangerId("hostile") },
      ...more.map((id) => ({ id })),
    ]);
    this.#children.set(spaceId(1), [{ id: roomId(1) }, { id: roomId(5) }, { id: roomId(13) }, { id: roomId(9) }]);
    this.#children.set(spaceId(2), [{ id: spaceId(3) }, { id: roomId(7) }, { id: spaceId(0) }]);
    this.#children.set(spaceId(3), [{ id: roomId(17) }]);
  }

  #know(id: string, name: string, how: EntryHow, more: Partial<RoomPreview> = {}): void {
    const entry: Entry = { how, ...(more.joinRule === "restricted" && { through: [spaceId(1)] }) };
    this.previews.set(id, { id, name, joined: 1, joinRule: "public", via: ["elsewhere.example"], ...more, entry });
  }

  childrenOf(id: string): readonly Child[] {
    return this.#children.get(id) ?? [];
  }

  /** The rooms of a space and of those below it. */
  within(id: string, seen = new Set<string>()): Set<string> {
    for (const child of this.childrenOf(id)) {
      if (seen.has(child.id)) continue;
      seen.add(child.id);
      this.within(child.id, seen);
    }
    return seen;
  }

  /** What is to be seen of a room, in it or not. */
  previewOf(id: string): RoomPreview | undefined {
    const room = this.#world.rooms.find((one) => one.id === id);
    const known = this.previews.get(id);
    if (!room) return known;
    const how = { join: "in", invite: "accept", knock: "wait", ban: "banned", leave: known?.entry.how ?? "invite" } as const;
    return { joined: 240, joinRule: "invite", ...known, id, name: room.name, ...(room.type && { type: room.type }), membership: room.membership, entry: { ...known?.entry, how: how[room.membership as keyof typeof how] } };
  }

  /** The user joins it, asks to, or takes that back. */
  become(id: string, membership: "join" | "knock" | undefined, preview = this.previewOf(id)): void {
    const rooms = this.#world.rooms;
    if (membership && preview && !rooms.some((room) => room.id === id)) rooms.push(joined(preview));
    const known = this.previews.get(id);
    if (known) this.previews.set(id, { ...known, entry: { ...known.entry, how: membership === "join" ? "in" : membership ? "wait" : "knock" } });
    this.#world.change(id, membership && { membership });
  }

  /** Puts a new space beside the others. */
  add(id: string): void {
    this.#roots.push(id);
    this.tell();
  }

  tell(): void {
    for (const list of this.#lists) list.put(this.#listed());
    for (const one of this.#explorations) one.show();
  }

  list(): LiveList<Space> {
    const list = new FakeSpaceList(this.#listed(), this.#lists);
    return list;
  }

  #listed(): Space[] {
    const seen = new Set<string>();
    return this.#roots.flatMap((id) => this.#branch(id, 0, undefined, seen));
  }

  #branch(id: string, level: number, parent: string | undefined, seen: Set<string>): Space[] {
    const room = this.#world.rooms.find((one) => one.id === id && one.membership === "join");
    if (!room || seen.has(id)) return [];
    seen.add(id);
    const isSpace = (child: Child) => this.#world.rooms.some((one) => one.id === child.id && one.type === "m.space");
    const spaces = this.childrenOf(id).filter((child) => isSpace(child) && !seen.has(child.id)).map((child) => child.id);
    const inside = this.#world.rooms.filter((one) => this.within(id).has(one.id) && !one.type);
    const sum = (of: (room: Room) => number) => inside.reduce((total, one) => total + of(one), 0);
    return [
      { key: id, id, room, level, spaces, ...(parent && { parents: [parent] }), rooms: inside.length, unread: sum((one) => one.unread), highlights: sum((one) => one.highlights) },
      ...spaces.flatMap((child) => this.#branch(child, level + 1, id, seen)),
    ];
  }

  explore(space: string, options: ExploreOptions = {}): Exploration {
    const exploration = new FakeExploration(() => this.#places(space, 1, "", new Set([space])).filter((one) => !options.suggested || one.suggested), this.#explorations);
    return exploration;
  }

  #places(parent: string, level: number, path: string, above: Set<string>): SpaceRoom[] {
    return this.childrenOf(parent).filter(({ id }) => !above.has(id)).flatMap(({ id, suggested }) => {
      const key = `${path}/${id}`;
      const preview = this.previewOf(id);
      const room: RoomPreview = preview ?? { id, joined: 0, joinRule: "invite", entry: { how: "invite" } };
      const place = { key, level, parent, ...(suggested && { suggested }), room, ...(room.type && { children: this.childrenOf(id).length }), ...(!preview && { hidden: true }) };
      return [place, ...this.#places(id, level + 1, key, new Set([...above, id]))];
    });
  }

  setChild = async (space: string, room: string, { suggested }: { readonly suggested?: boolean } = {}): Promise<void> => {
    await wait();
    const children = this.childrenOf(space);
    const child = { id: room, ...(suggested !== undefined && { suggested }) };
    this.#children.set(space, children.some(({ id }) => id === room) ? children.map((one) => (one.id === room ? { ...one, ...child } : one)) : [...children, child]);
    this.tell();
  };

  removeChild = async (space: string, room: string): Promise<void> => {
    await wait();
    if (query.get("explore") === "refuses") throw new AlcoveError("server.forbidden");
    this.#children.set(space, this.childrenOf(space).filter(({ id }) => id !== room));
    this.tell();
  };

  moveChild = async (space: string, room: string, before?: string): Promise<void> => {
    await wait();
    const child = this.childrenOf(space).find(({ id }) => id === room);
    if (child) this.#children.set(space, put(this.childrenOf(space), child, ({ id }) => id === before));
    this.tell();
  };

  move = async (space: string, before?: string): Promise<void> => {
    this.moved.push([space, before]);
    await wait();
    this.#roots = put(this.#roots, space, (id) => id === before);
    this.tell();
  };
}

/** Takes something out and puts it before another one, or last. */
function put<T>(list: readonly T[], item: T, isNext: (one: T) => boolean): T[] {
  const rest = list.filter((one) => one !== item);
  const at = rest.findIndex(isNext);
  return at < 0 ? [...rest, item] : [...rest.slice(0, at), item, ...rest.slice(at)];
}

const space = (n: number, name: string): Room => ({
  key: spaceId(n), id: spaceId(n), membership: "join", name, named: { from: "name" }, type: "m.space", unread: 0, highlights: 0, recency: now - n,
});

const joined = ({ id, name = "", type }: RoomPreview): Room => ({
  key: id, id, membership: "join", name, named: { from: name ? "name" : "empty" }, ...(type && { type }), unread: 0, highlights: 0, recency: Date.now(),
});

class FakeSpaceList extends ListBox<Space> {
  readonly #open: Set<FakeSpaceList>;

  constructor(spaces: readonly Space[], open: Set<FakeSpaceList>) {
    super(spaces);
    this.stale = query.has("stale");
    this.#open = open;
    open.add(this);
  }

  override close(): void {
    super.close();
    this.#open.delete(this);
  }
}

class FakeExploration extends ListBox<SpaceRoom> implements Exploration {
  hasMore = true;
  readonly #all: () => SpaceRoom[];
  readonly #open: Set<FakeExploration>;
  #shown = 0;
  #failed = false;

  constructor(all: () => SpaceRoom[], open: Set<FakeExploration>) {
    super([]);
    this.#all = all;
    this.#open = open;
    open.add(this);
    void wait().then(() => this.#page());
  }

  #page(): void {
    this.#shown += page;
    this.show();
  }

  show(): void {
    const all = this.#all();
    this.hasMore = this.#shown < all.length;
    this.put(all.slice(0, this.#shown));
  }

  async more(): Promise<boolean> {
    await wait();
    if (query.get("explore") === "fails" && !this.#failed) {
      this.#failed = true;
      throw new AlcoveError("server.error");
    }
    this.#page();
    return this.hasMore;
  }

  override close(): void {
    super.close();
    this.#open.delete(this);
  }
}
