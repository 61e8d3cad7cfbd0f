// What the page's address says of the world to make up.
import type { ErrorCode } from "alcove";

export class AlcoveError extends Error {
  override readonly name = "AlcoveError";
  readonly code: ErrorCode;
  readonly recoverable = true;

  constructor(code: ErrorCode) {
    super(code);
    this.code = code;
  }
}

export const query = new URLSearchParams(globalThis.location?.search ?? "");
const latency = Number(query.get("latency") ?? 120);
export const wait = () => new Promise((resolve) => setTimeout(resolve, latency));
export const number = (name: string, fallback: number) => Number(query.get(name) ?? fallback);
