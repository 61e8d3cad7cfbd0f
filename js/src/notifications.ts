import type {
  CallOptions,
  Calls,
  PushRules,
  RoomID,
  RuleAction,
  RuleKind,
  UnreadReport,
} from "./api.js";
import type { Healing } from "./feed.js";
import { ValueObject } from "./live.js";
import type { LiveValue } from "./live.js";

/** What to change of a push rule. */
export type PushRuleChange = {
  readonly enabled?: boolean | undefined;
  readonly action?: RuleAction | undefined;
};

/**
 * The rules that decide what notifies, as a live value: the first that is
 * enabled and fits an event decides. A change settles once it shows here. How
 * much of one room notifies is for {@link LiveRoom.setNotifications}.
 */
export interface Notifications extends LiveValue<PushRules> {
  /** Turns a rule on or off, or changes what it does. */
  setRule(kind: RuleKind, id: string, change: PushRuleChange, options?: CallOptions): Promise<void>;
  /** Keeps everything from notifying, or no longer does. */
  mute(muted: boolean, options?: CallOptions): Promise<void>;
  /** Has a word stand out wherever it is written. It may have `*` and `?` in it. */
  addKeyword(word: string, options?: CallOptions): Promise<void>;
  removeKeyword(word: string, options?: CallOptions): Promise<void>;
}

export class NotificationsObject extends ValueObject<PushRules> implements Notifications {
  readonly #calls: Calls;

  constructor(calls: Calls, healing: Healing) {
    super(healing((options) => calls.pushRules(options)));
    this.#calls = calls;
  }

  setRule(kind: RuleKind, id: string, change: PushRuleChange, options?: CallOptions): Promise<void> {
    return this.#calls.setPushRule({ kind, id, ...change }, options);
  }

  mute(muted: boolean, options?: CallOptions): Promise<void> {
    return this.setRule("override", ".m.rule.master", { enabled: muted }, options);
  }

  addKeyword(word: string, options?: CallOptions): Promise<void> {
    return this.#calls.setKeyword({ word }, options);
  }

  removeKeyword(word: string, options?: CallOptions): Promise<void> {
    return this.#calls.setKeyword({ word, remove: true }, options);
  }
}

/** What helps to find out why something is as it is. */
export interface Diagnostics {
  /** Why a room counts as unread what it counts: by which rule, receipt and server. There is no text of messages in it. */
  explainUnread(room: RoomID, options?: CallOptions): Promise<UnreadReport>;
}

export function makeDiagnostics(calls: Calls): Diagnostics {
  return { explainUnread: (roomId, options) => calls.explainUnread({ roomId }, options) };
}
