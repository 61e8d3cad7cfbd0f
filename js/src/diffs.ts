import { deferred } from "./deferred.js";
import type { AlcoveError } from "./error.js";

/** Reader is one loop over a live object's diffs. */
export type Reader<Diff> = { push(diff: Diff): void; wake(): void };

export type Read<Diff> = {
  readers: Set<Reader<Diff>>;
  /** The whole state, undefined while there is none. */
  whole(): Diff | undefined;
  squash(a: Diff, b: Diff): Diff | undefined;
  /** An error: over because of it. */
  ended(): boolean | AlcoveError;
  signal: AbortSignal | undefined;
};

/**
 * diffs yields the whole state and then what changed. What a slow reader has
 * not taken yet is squashed, at last into the whole state, so it holds no
 * second copy.
 */
export async function* diffs<Diff>(read: Read<Diff>): AsyncGenerator<Diff, void> {
  let waiting: Diff | "whole" | undefined = "whole";
  let news = deferred<void>();
  const reader: Reader<Diff> = {
    push(diff) {
      if (waiting === "whole") return;
      waiting = waiting === undefined ? diff : (read.squash(waiting, diff) ?? "whole");
    },
    wake: () => news.resolve(),
  };
  const take = (): Diff | undefined => {
    const taken = waiting === "whole" ? read.whole() : waiting;
    if (taken !== undefined) waiting = undefined;
    return taken;
  };
  read.readers.add(reader);
  read.signal?.addEventListener("abort", reader.wake);
  try {
    while (!read.signal?.aborted) {
      const diff = take();
      const end = read.ended();
      if (diff !== undefined) yield diff;
      else if (end) {
        if (end !== true) throw end;
        return;
      } else {
        await news.promise;
        news = deferred();
      }
    }
  } finally {
    read.readers.delete(reader);
    read.signal?.removeEventListener("abort", reader.wake);
  }
}
