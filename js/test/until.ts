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
