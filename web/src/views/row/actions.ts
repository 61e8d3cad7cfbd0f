// What the parts of a row can do, and what they have to know.
import type { IdentityState } from "alcove";
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
  readonly loading: boolean;
  /** Our user's id. */
  readonly userId: string;
  /** How this device stands to the user's identity. */
  readonly identity: IdentityState | undefined;
}
