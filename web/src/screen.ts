// Which of its screens the page shows. Pure.
import type { SessionSnapshot } from "alcove";

export type Screen =
  /** Nothing is known yet, not even from the last visit. */
  | "boot"
  /** Nothing can be shown, and that will stay so without the user. */
  | "stuck"
  | "signIn"
  /** Rooms and messages. */
  | "shell";

/** The screen after `before`: what is shown stays while another core opens the account. */
export function screenOf(session: SessionSnapshot | undefined, before: Screen): Screen {
  if (!session) return "boot";
  const { state, userId, core } = session;
  if (state === "ready" || (state === "restoring" && (userId || before === "shell"))) return "shell";
  if (core === "failed") return "stuck";
  return state === "restoring" ? "boot" : "signIn";
}
