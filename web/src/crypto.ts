// What the user is told of an encrypted message. Pure.
import type { EncryptionStatus, EventCrypto, IdentityState } from "alcove";
import { t } from "./messages.js";

const { failures, hints, shields, warnings } = t.encryption.timeline;

/** A core newer than this UI may know more reasons. */
const wordsFor = (words: Readonly<Record<string, string>>, reason: string | undefined) =>
  Object.hasOwn(words, reason ?? "") ? words[reason ?? ""] : undefined;

/** Why a message cannot be read. */
export function sayFailure({ reason }: EventCrypto): string {
  return wordsFor(failures, reason) ?? t.encryption.timeline.failed;
}

const late = ["keyMissing", "keyLater", "keyUnverified"];
const denied = ["keyWithheld", "keyBlocked", "keyUnreachable"];

/** What the user can do about it; "" where nothing helps. */
export function sayHint(crypto: EventCrypto, identity: IdentityState | undefined): string {
  const reason: string = crypto.reason ?? "";
  if (late.includes(reason) && identity === "unverified") return hints.verify;
  if (reason === "keyMissing") return hints.wait;
  if (reason === "keyLater") return hints.restore;
  return denied.includes(reason) || reason === "keyUnverified" ? hints.ask : "";
}

/** Why to be careful with a message; undefined where all is well. */
export function sayShield({ shield, reason, sharedBy }: EventCrypto): string | undefined {
  if (reason === "keyUnproven" && sharedBy) return t.encryption.timeline.sharedBy(sharedBy);
  return shield && (wordsFor(warnings, reason) ?? shields[shield] ?? shields.grey);
}

export type EncryptionNotice = "setUp" | "unverified" | "conflict";

/** The one thing about encryption that the user should see to. */
export function encryptionNotice(status: EncryptionStatus | undefined): EncryptionNotice | undefined {
  if (!status) return undefined;
  if (status.conflict) return "conflict";
  // That nothing is kept is said already; it is no matter of encryption alone.
  if (!status.available) return undefined;
  if (status.identity === "unverified") return "unverified";
  const lacking = status.identity === "none" || (status.identity === "verified" && (!status.recovery || status.backup === "none"));
  return lacking ? "setUp" : undefined;
}
