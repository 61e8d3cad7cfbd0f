import type { Calls, Space } from "./api.js";
import type { Healing } from "./feed.js";
import { ListObject } from "./live.js";
import type { LiveList } from "./live.js";

/** The account's spaces. */
export interface Spaces {
  /** The joined spaces in display order, each once: each root is followed by what is below it. */
  list(): LiveList<Space>;
}

export function makeSpaces(calls: Calls, healing: Healing): Spaces {
  return {
    list: () => new ListObject<Space>(healing((call) => calls.spaces(call))),
  };
}
