import type { CallOptions, Calls, Verification, VerifyStep } from "./api.js";
import type { SasEmoji } from "./emoji.js";
import type { Healing } from "./feed.js";
import { applyOps } from "./list.js";
import { ValueObject } from "./live.js";
import type { LiveValue } from "./live.js";

/** Where a verification stands. */
export type VerificationSnapshot = Omit<Verification, "emoji" | "key" | "qr"> & {
  /** What to compare while `phase` is `compare`. Absent where the table of pictures could not be loaded: compare `decimals`. */
  readonly emoji?: readonly SasEmoji[];
  /** The content of the QR code to show, where there is one. */
  readonly qr?: Uint8Array;
};

/** One verification. Its calls fail with `verification.state` where the phase is another meanwhile. */
export interface LiveVerification extends LiveValue<VerificationSnapshot> {
  readonly id: string;
  /** In phase `asking`: yes. scanner says that the page can scan a QR code. */
  accept(options?: CallOptions & { readonly scanner?: boolean | undefined }): Promise<void>;
  /** In phase `ready`: begins to compare emoji. */
  emoji(options?: CallOptions): Promise<void>;
  /** In phase `ready`: hands over what was scanned. */
  scan(code: Uint8Array, options?: CallOptions): Promise<void>;
  /** In phase `compare`: both show the same; in phase `scanned`: the other side shows success. */
  match(options?: CallOptions): Promise<void>;
  /** In phase `compare`: they do not. */
  mismatch(options?: CallOptions): Promise<void>;
  /** Ends it. */
  cancel(options?: CallOptions): Promise<void>;
}

/** What a core that knows nothing of it leaves of a verification that was under way. */
const over = { phase: "cancelled", reason: "m.unknown_transaction" } as const;

export class VerificationObject extends ValueObject<VerificationSnapshot> implements LiveVerification {
  readonly id: string;
  readonly #calls: Calls;

  constructor(calls: Calls, healing: Healing, id: string) {
    let last: VerificationSnapshot | undefined;
    super(
      healing(async function* (call) {
        for await (const found of watch(calls, id, call)) {
          const ended = last?.phase === "done" || last?.phase === "cancelled";
          if (found) yield (last = await snapshotOf(found));
          else if (last && !ended) yield (last = { ...last, ...over });
        }
      }),
    );
    this.id = id;
    this.#calls = calls;
  }

  accept({ signal, scanner }: CallOptions & { scanner?: boolean | undefined } = {}): Promise<void> {
    return this.#calls.verify({ id: this.id, step: "accept", scanner }, { signal });
  }

  emoji(options?: CallOptions): Promise<void> {
    return this.#step("emoji", options);
  }

  scan(code: Uint8Array, options?: CallOptions): Promise<void> {
    const binary = Array.from(code, (byte) => String.fromCharCode(byte)).join("");
    return this.#calls.verify({ id: this.id, step: "scan", code: btoa(binary) }, options);
  }

  match(options?: CallOptions): Promise<void> {
    return this.#step("match", options);
  }

  mismatch(options?: CallOptions): Promise<void> {
    return this.#step("mismatch", options);
  }

  cancel(options?: CallOptions): Promise<void> {
    return this.#step("cancel", options);
  }

  #step(step: VerifyStep, options?: CallOptions): Promise<void> {
    return this.#calls.verify({ id: this.id, step }, options);
  }
}

/** watch yields one of the list, undefined while it is not in it. */
async function* watch(calls: Calls, id: string, call: CallOptions): AsyncGenerator<Verification | undefined, void> {
  let items: readonly Verification[] = [];
  for await (const { ops } of calls.verifications(call)) {
    items = applyOps(items, ops).items;
    yield items.find((one) => one.id === id);
  }
}

async function snapshotOf({ key: _, emoji: numbers, qr, ...rest }: Verification): Promise<VerificationSnapshot> {
  const emoji = numbers && (await pictures(numbers));
  return { ...rest, ...(emoji && { emoji }), ...(qr && { qr: Uint8Array.from(atob(qr), (char) => char.charCodeAt(0)) }) };
}

/** pictures loads the table when there is something to compare, and not before. */
async function pictures(numbers: readonly number[]): Promise<SasEmoji[] | undefined> {
  const found = await import("./emoji.js").then((table) => table.sasEmoji(numbers), () => []);
  return found.length > 0 && found.length === numbers.length ? found : undefined;
}
