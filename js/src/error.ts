import type { ErrorCode, ErrorInfo } from "./api.js";

type Details = Omit<ErrorInfo, "code" | "message">;

/** Why a call failed. Switch on {@link AlcoveError.code}; the message is for developers. */
export class AlcoveError extends Error {
  override readonly name = "AlcoveError";
  /** A stable code, `noun.reason`. */
  readonly code: ErrorCode;
  /** The homeserver's own code, such as `M_FORBIDDEN`. */
  readonly errcode?: string;
  /** The HTTP status of the homeserver's answer. */
  readonly status?: number;
  /** How long the server asks to wait. */
  readonly retryAfterMs?: number;
  /** The same call may succeed later. */
  readonly recoverable: boolean;

  constructor(code: ErrorCode, message: string, details?: Partial<Details>, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.recoverable = details?.recoverable ?? false;
    if (details?.errcode !== undefined) this.errcode = details.errcode;
    if (details?.status !== undefined) this.status = details.status;
    if (details?.retryAfterMs !== undefined) this.retryAfterMs = details.retryAfterMs;
  }
}

/** fromWire makes an error of what the core sent, which may be malformed. */
export function fromWire(wire: unknown): AlcoveError {
  const { code, message, ...details } = (wire ?? {}) as Partial<ErrorInfo>;
  if (typeof code !== "string") return new AlcoveError("internal.error", "the core gave no reason");
  return new AlcoveError(code, message ?? code, details);
}

/** errorInfo is the error as plain data. */
export function errorInfo(error: AlcoveError): ErrorInfo {
  const { name: _, ...details } = error;
  return { ...details, message: error.message }; // the message is not among an error's own enumerable members
}

export function aborted(signal?: AbortSignal): AlcoveError {
  return new AlcoveError("call.aborted", "the call was aborted", {}, { cause: signal?.reason });
}

export function died(why: string): AlcoveError {
  return new AlcoveError("core.died", `the core ended: ${why}`, { recoverable: true });
}

export function mismatch(): AlcoveError {
  return new AlcoveError("call.mismatch", "page and core are of different versions of alcove: reload the page");
}

/** Thrown out of a stream whose core is still well, but not the page's any more: another one takes over. */
export class Moved extends Error {
  override readonly name = "Moved";
}

/** forGood is the same error, not to be tried again. */
export function forGood(error: AlcoveError): AlcoveError {
  return new AlcoveError(error.code, error.message, { ...error, recoverable: false }, { cause: error });
}
