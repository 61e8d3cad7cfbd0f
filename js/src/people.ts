import type { CallOptions, Calls, FoundUsers, Ignored, InvitePermission, UserID } from "./api.js";
import type { Healing } from "./feed.js";
import { ValueObject } from "./live.js";
import type { LiveValue } from "./live.js";

/** People, in rooms of the user's or not. */
export interface People {
  /** Searches those whom the server knows, by name or id. Who has a direct chat with the user comes first. */
  search(text: string, options?: CallOptions & { readonly limit?: number }): Promise<FoundUsers>;
  /** Whom the user ignores. Each call makes a live object of its own, to be closed by whoever called. */
  ignored(): LiveValue<Ignored>;
  /** Hides what someone writes, and their invitations, on all the user's devices. */
  ignore(user: UserID, options?: CallOptions): Promise<void>;
  unignore(user: UserID, options?: CallOptions): Promise<void>;
  /** Whether others may invite the user. Each call makes a live object of its own, to be closed by whoever called. */
  invitePermission(): LiveValue<InvitePermission>;
  /**
   * Lets others invite the user, or nobody, on all devices. It is the server that
   * refuses: without `capabilities.invitePermission` invitations come all the same.
   */
  setInvitePermission(permission: InvitePermission, options?: CallOptions): Promise<void>;
}

export function makePeople(calls: Calls, healing: Healing): People {
  return {
    search: (text, { signal, limit } = {}) => calls.searchUsers({ text, limit }, { signal }),
    ignored: () => new ValueObject<Ignored>(healing((call) => calls.ignored(call))),
    ignore: (userId, options) => calls.setIgnored({ userId, ignored: true }, options),
    unignore: (userId, options) => calls.setIgnored({ userId, ignored: false }, options),
    invitePermission: () => new ValueObject<InvitePermission>(healing((call) => calls.invitePermission(call))),
    setInvitePermission: (permission, options) => calls.setInvitePermission(permission, options),
  };
}
