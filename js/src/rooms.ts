import type {
  CallOptions,
  Calls,
  CreateRoomParams,
  DirectoryPage,
  DirectoryParams,
  JoinRoomParams,
  Room,
  RoomFilter,
  RoomID,
  RoomListParams,
  RoomPreview,
  RoomSort,
} from "./api.js";
import { AlcoveError } from "./error.js";
import type { Healing } from "./feed.js";
import { ListObject } from "./live.js";
import type { LiveList, Stored } from "./live.js";
import { viewName } from "./view.js";

/** What a list of rooms shows, and how. */
export type RoomListOptions = {
  readonly filter?: RoomFilter | undefined;
  /** `recency` unless said otherwise. */
  readonly sort?: RoomSort | undefined;
  /** How many rooms to show at most; all where absent. */
  readonly window?: number | undefined;
};

/** A live list of rooms. */
export interface RoomList extends LiveList<Room> {
  /** Replaces the filter. Settles when the core has taken it over. */
  setFilter(filter: RoomFilter, options?: CallOptions): Promise<void>;
  /** Widens the window by its first size. */
  more(options?: CallOptions): Promise<void>;
}

/** What to say when asking to be let in. */
export type JoinOptions = CallOptions & Omit<JoinRoomParams, "room">;

/** The account's rooms. */
export interface Rooms {
  list(options?: RoomListOptions): RoomList;
  /** Makes a room; it is in the lists when the promise resolves. */
  create(room: CreateRoomParams, options?: CallOptions): Promise<RoomID>;
  /** Joins a room, by id or alias, or accepts an invitation. */
  join(room: string, options?: JoinOptions): Promise<RoomID>;
  /** Asks to be let in. */
  knock(room: string, options?: JoinOptions): Promise<RoomID>;
  /** Describes a room by id or alias, joined or not, and how one may come in. */
  preview(room: string, options?: CallOptions & { readonly via?: readonly string[] }): Promise<RoomPreview>;
  /** A page of a server's public rooms. */
  directory(options?: CallOptions & DirectoryParams): Promise<DirectoryPage>;
}

export function makeRooms(calls: Calls, healing: Healing, stored: () => Stored<readonly Room[]> | undefined): Rooms {
  const ref =
    (verb: "joinRoom" | "knockRoom"): Rooms["join"] =>
    async (room, { signal, ...params } = {}) =>
      (await calls[verb]({ room, ...params }, { signal })).roomId;
  return {
    list: (options = {}) => new RoomListObject(calls, healing, options, stored()),
    create: async (room, options) => (await calls.createRoom(room, options)).roomId,
    join: ref("joinRoom"),
    knock: ref("knockRoom"),
    preview: (room, { signal, via } = {}) => calls.preview({ room, via }, { signal }),
    directory: ({ signal, ...search } = {}) => calls.directory(search, { signal }),
  };
}

/** RoomListObject keeps what it shows in its params, so that the next core is asked for the same. */
export class RoomListObject extends ListObject<Room> implements RoomList {
  readonly #calls: Calls;
  readonly #step: number;
  /** How the list was opened; its view is another each time, since the one before may still be closing. */
  readonly #params: { -readonly [Key in keyof RoomListParams]: RoomListParams[Key] };

  constructor(calls: Calls, healing: Healing, options: RoomListOptions, stored: Stored<readonly Room[]> | undefined) {
    const { filter = {}, sort, window = 0 } = options;
    const params = { view: "", filter, sort, window };
    super(
      healing((call) => calls.roomList(Object.assign(params, { view: viewName() }), call)),
      // What is in a space, only the core knows.
      filter.space ? undefined : stored && { ...stored, value: narrow(stored.value, options) },
    );
    this.#calls = calls;
    this.#params = params;
    this.#step = window;
  }

  setFilter(filter: RoomFilter, options?: CallOptions): Promise<void> {
    return this.#change({ filter }, options);
  }

  async more(options?: CallOptions): Promise<void> {
    const window = this.#params.window ?? 0;
    if (window > 0) await this.#change({ window: window + this.#step }, options);
  }

  async #change(change: Pick<RoomListParams, "filter"> | { window: number }, options?: CallOptions): Promise<void> {
    Object.assign(this.#params, change);
    if (!this.started) return;
    try {
      await this.ready;
      await this.#calls.roomListChange({ view: this.#params.view, ...change }, options);
    } catch (error) {
      // A list that is opened later, or anew, opens with the changed params.
      const anew = error instanceof AlcoveError && ["core.died", "session.missing", "view.unknown"].includes(error.code);
      if (!anew) throw error;
    }
  }
}

/** narrow does to the stored list what the core would do, as far as a first glance needs. */
function narrow(rooms: readonly Room[], { filter = {}, sort, window }: RoomListOptions): Room[] {
  const found = rooms.filter((room) => matches(room, filter));
  if (sort === "name") found.sort((a, b) => a.name.localeCompare(b.name));
  return window ? found.slice(0, window) : found;
}

const kinds = { join: "joined", invite: "invited", knock: "knocked", leave: "left", ban: "left" } as const;

function matches(room: Room, filter: RoomFilter): boolean {
  const kind = (kinds as Record<string, string>)[room.membership];
  const unread = room.unread > 0 || room.highlights > 0 || room.markedUnread || kind === "invited";
  return (
    (filter.kind ? kind === filter.kind : kind !== undefined && kind !== "left") &&
    (!filter.unread || unread === true) &&
    (filter.direct === undefined || filter.direct === (room.direct !== undefined)) &&
    (!filter.tag || (room.tags ?? []).some((tag) => tag.name === filter.tag)) &&
    (!filter.text || room.name.toLowerCase().includes(filter.text.toLowerCase())) &&
    (filter.type ?? "") === (room.type ?? "")
  );
}
