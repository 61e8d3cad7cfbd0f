import type { CallOptions, Calls, RoomID, Space } from "./api.js";
import type { Healing } from "./feed.js";
import { ListObject } from "./live.js";
import type { LiveList } from "./live.js";

/** The account's spaces, and spaces in general. */
export interface Spaces {
  /** The joined spaces in display order, each once: each root is followed by what is below it. */
  list(): LiveList<Space>;
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
    setChild: (spaceId, roomId, { signal, ...child } = {}) => calls.setSpaceChild({ spaceId, roomId, ...child }, { signal }),
    removeChild: (spaceId, roomId, options) => calls.setSpaceChild({ spaceId, roomId, remove: true }, options),
    moveChild: (spaceId, roomId, before, options) => calls.moveSpaceChild({ spaceId, roomId, before }, options),
    move: (spaceId, before, options) => calls.moveSpace({ spaceId, before }, options),
  };
}
