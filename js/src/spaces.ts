import type { CallOptions, Calls, ExploreParams, RoomID, Space, SpaceRoom } from "./api.js";
import type { Healing } from "./feed.js";
import { ListObject } from "./live.js";
import type { LiveList } from "./live.js";
import { viewName } from "./view.js";

/** What to look for in a space. */
export type ExploreOptions = Omit<ExploreParams, "view" | "spaceId">;

/** What is in a space, depth first, as far as it was asked for. */
export interface Exploration extends LiveList<SpaceRoom> {
  /** Whether the server may have more; true until it said otherwise. */
  readonly hasMore: boolean;
  /** Asks for the next page; says whether there is more behind it. */
  more(options?: CallOptions): Promise<boolean>;
}

/** The account's spaces, and spaces in general. */
export interface Spaces {
  /** The joined spaces in display order, each once: each root is followed by what is below it. */
  list(): LiveList<Space>;
  /** What is in a space, joined or not. To be closed by whoever called. */
  explore(space: RoomID, options?: ExploreOptions): Exploration;
  /** Adds a room to a space, or changes how it stands there. */
  setChild(space: RoomID, room: RoomID, options?: CallOptions & { readonly suggested?: boolean }): Promise<void>;
  removeChild(space: RoomID, room: RoomID, options?: CallOptions): Promise<void>;
  /** Puts a child before another one, or last. */
  moveChild(space: RoomID, room: RoomID, before?: RoomID, options?: CallOptions): Promise<void>;
  /** Puts a root of the user's spaces before another one, or last, on all the user's devices. Others do not see it. */
  move(space: RoomID, before?: RoomID, options?: CallOptions): Promise<void>;
}

export function makeSpaces(calls: Calls, healing: Healing): Spaces {
  return {
    list: () => new ListObject<Space>(healing((call) => calls.spaces(call))),
    explore: (spaceId, options = {}) => new ExplorationObject(calls, healing, { ...options, spaceId }),
    setChild: (spaceId, roomId, { signal, ...child } = {}) => calls.setSpaceChild({ spaceId, roomId, ...child }, { signal }),
    removeChild: (spaceId, roomId, options) => calls.setSpaceChild({ spaceId, roomId, remove: true }, options),
    moveChild: (spaceId, roomId, before, options) => calls.moveSpaceChild({ spaceId, roomId, before }, options),
    move: (spaceId, before, options) => calls.moveSpace({ spaceId, before }, options),
  };
}

/** ExplorationObject begins at the first page again with each core, which makes its list anew. */
class ExplorationObject extends ListObject<SpaceRoom> implements Exploration {
  #hasMore = true;
  #view = "";
  readonly #calls: Calls;

  constructor(calls: Calls, healing: Healing, params: Omit<ExploreParams, "view">) {
    super(
      healing((call) => {
        this.#view = viewName();
        this.#hasMore = true;
        return calls.explore({ ...params, view: this.#view }, call);
      }),
    );
    this.#calls = calls;
  }

  get hasMore(): boolean {
    return this.#hasMore;
  }

  async more(options?: CallOptions): Promise<boolean> {
    await this.ready;
    const view = this.#view;
    const { more } = await this.#calls.exploreMore({ view }, options);
    if (view === this.#view) this.#hasMore = more;
    return more;
  }
}
