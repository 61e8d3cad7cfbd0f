// Which of its screens the page shows, and for whom. Pure.
import type { LockSnapshot, SessionSnapshot } from "alcove";

export type Screen =
  /** Nothing is known yet, not even from the last visit. */
  | "boot"
  /** Nothing can be shown, and that will stay so without the user. */
  | "stuck"
  /** It takes the passphrase to go on. */
  | "locked"
  | "signIn"
  /** Rooms and messages. */
  | "shell";

/** The screen after `before`: what is shown stays while another core opens the account. */
export function screenOf(session: SessionSnapshot | undefined, lock: LockSnapshot | undefined, before: Screen): Screen {
  if (!session) return "boot";
  if (lock?.locked) return "locked";
  const { state, userId, core } = session;
  if (state === "ready" || (state === "restoring" && (userId || before === "shell"))) return "shell";
  if (core === "failed") return "stuck";
  return state === "restoring" ? "boot" : "signIn";
}

/** The user whose account is there; null for nobody, undefined while that is not known. */
export type Account = string | null | undefined;

export function accountOf(session: SessionSnapshot | undefined, lock: LockSnapshot | undefined, before: Account): Account {
  if (lock?.locked) return undefined;
  return session?.userId ?? (session?.state === "signedOut" ? null : before);
}
