import type { PageState } from "./api.js";

/** What only the page knows. */
export interface Page {
  state(): PageState;
  /** Calls back after each change; returns the way out. */
  watch(listener: () => void): () => void;
  /** Calls back with true when the page goes away, and with false when the browser brings it back as it was. */
  away(listener: (away: boolean) => void): () => void;
}

/** thisPage is the page that this code runs in; outside of one it is always online and visible. */
export const thisPage: Page = {
  state: () => ({
    online: globalThis.navigator?.onLine ?? true,
    visible: globalThis.document?.visibilityState !== "hidden",
  }),
  watch(listener) {
    const end = new AbortController();
    const options = { signal: end.signal };
    for (const name of ["online", "offline", "pageshow"]) globalThis.addEventListener?.(name, listener, options);
    globalThis.document?.addEventListener("visibilitychange", listener, options);
    return () => end.abort();
  },
  away(listener) {
    const end = new AbortController();
    const options = { signal: end.signal };
    globalThis.addEventListener?.("pagehide", () => listener(true), options);
    globalThis.addEventListener?.("pageshow", (event) => event.persisted && listener(false), options);
    return () => end.abort();
  },
};
