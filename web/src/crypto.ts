// What the user is told of an encrypted message. Pure.
import type { EventCrypto } from "alcove";
import { t } from "./messages.js";

const { failures, hints, shields, warnings } = t.encryption.timeline;

/** A core newer than this UI may know more reasons. */
const wordsFor = (words: Readonly<Record<string, string>>, reason: string | undefined) =>
  Object.hasOwn(words, reason ?? "") ? words[reason ?? ""] : undefined;

/** Why a message cannot be read. */
export function sayFailure({ reason }: EventCrypto): string {
  return wordsFor(failures, reason) ?? t.encryption.timeline.failed;
}

const denied = ["keyWithheld", "keyUnverified", "keyBlocked", "keyUnreachable"];

/** What the user can do about it; "" where nothing helps. */
export function sayHint(crypto: EventCrypto): string {
  const reason: string = crypto.reason ?? "";
  if (reason === "keyMissing") return hints.wait;
  if (reason === "keyLater") return hints.restore;
  return denied.includes(reason) ? hints.ask : "";
}

/** Why to be careful with a message; undefined where all is well. */
export function sayShield({ shield, reason }: EventCrypto): string | undefined {
  return shield && (wordsFor(warnings, reason) ?? shields[shield] ?? shields.grey);
}
