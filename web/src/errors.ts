// What to tell the user about an error. The code alone decides.
import { t } from "./messages.js";

export type CodedError = { readonly code: string; readonly retryAfterMs?: number | undefined };

/** The code of an error of the package, "" of anything else. */
export function codeOf(error: unknown): string {
  if (typeof error !== "object" || error === null || !("code" in error)) return "";
  return typeof error.code === "string" ? error.code : "";
}

/** A sentence for the user. */
export function explain(error: unknown): string {
  const code = codeOf(error);
  return (Object.hasOwn(t.errors.byCode, code) && t.errors.byCode[code]) || t.errors.unknown;
}

/** True for calls that the UI itself gave up on. */
export function isAbort(error: unknown): boolean {
  return codeOf(error) === "call.aborted" || (error instanceof DOMException && error.name === "AbortError");
}
