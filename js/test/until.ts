import assert from "node:assert/strict";
import type { Live } from "../src/live.js";

/** until waits for a snapshot of which something is true. */
export async function until<S>(live: Live<S, unknown>, is: (snapshot: S) => boolean): Promise<S> {
  for (;;) {
    const snapshot = live.getSnapshot();
    if (is(snapshot)) return snapshot;
    await new Promise<void>((resolve) => {
      const leave = live.subscribe(() => (leave(), resolve()));
    });
  }
}

/** eventually waits for what takes turns of the event loop. */
export async function eventually(what: () => unknown): Promise<void> {
  for (let n = 0; n < 1_000; n++) {
    if (what()) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  assert.fail(`never: ${what}`);
}
