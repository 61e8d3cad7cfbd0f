// What the parts of a row can do, and what they have to know.
import type { IdentityState } from "alcove";
import type { Pressed } from "../../reactions.js";
import type { MessageRow } from "../../rows.js";

export interface RowActions {
  /** By the keys of what the row shows: a run of changes grows at both ends and stays open. */
  isOpen(keys: readonly string[]): boolean;
  toggle(keys: readonly string[]): void;
  retry(row: MessageRow): void;
  cancel(row: MessageRow): void;
  loadGap(): void;
  /** Shows the message of this id, if it is loaded. */
  show(eventId: string): void;

  /** What was pressed on a row and is not in its reactions yet. */
  pressed(key: string): Pressed | undefined;
  react(row: MessageRow, reaction: string, on: boolean): void;
  /** Asks for a reaction. */
  pick(row: MessageRow): void;
  openThread(root: string): void;
  canVote(row: MessageRow): boolean;
  vote(row: MessageRow, answers: readonly string[]): void;
  endPoll(row: MessageRow): void;
  isPinned(row: MessageRow): boolean;
  /** Whether the row's own actions are shown. */
  isHot(key: string): boolean;
  reply(row: MessageRow): void;
  edit(row: MessageRow): void;
  /** More that can be done, as a menu at a button. */
  menu(row: MessageRow, button: HTMLElement): void;
  /** What may be done in the room. */
  readonly can: Can;

  readonly loading: boolean;
  /** The room that this one replaced. */
  readonly predecessor: string | undefined;
  /** Our user's id. */
  readonly userId: string;
  /** How this device stands to the user's identity. */
  readonly identity: IdentityState | undefined;
}

/** Says whether two are the same: who may do what is told anew with each change of a room. */
export const sameCan = (a: Can, b: Can): boolean => a.send === b.send && a.redact === b.redact && a.pin === b.pin && a.threads === b.threads;

export type Can = {
  readonly send: boolean;
  readonly redact: boolean;
  readonly pin: boolean;
  /** Whether what is shown is a thread, in which there are none. */
  readonly threads: boolean;
};
