import type { CallOptions, Calls, Ignored, UserID } from "./api.js";
import type { Healing } from "./feed.js";
import { ValueObject } from "./live.js";
import type { LiveValue } from "./live.js";

/** People, in rooms of the user's or not. */
export interface People {
  /** Whom the user ignores. Each call makes a live object of its own, to be closed by whoever called. */
  ignored(): LiveValue<Ignored>;
  /** Hides what someone writes, and their invitations, on all the user's devices. */
  ignore(user: UserID, options?: CallOptions): Promise<void>;
  unignore(user: UserID, options?: CallOptions): Promise<void>;
}

export function makePeople(calls: Calls, healing: Healing): People {
  return {
    ignored: () => new ValueObject<Ignored>(healing((call) => calls.ignored(call))),
    ignore: (userId, options) => calls.setIgnored({ userId, ignored: true }, options),
    unignore: (userId, options) => calls.setIgnored({ userId, ignored: false }, options),
  };
}
