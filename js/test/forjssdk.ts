// What matrix-js-sdk needs of Node.js 20; it must be imported first.

// A newer Node.js has this.
if (!("withResolvers" in Promise)) {
  Object.defineProperty(Promise, "withResolvers", {
    value: () => {
      let resolve, reject;
      const promise = new Promise((yes, no) => ([resolve, reject] = [yes, no]));
      return { promise, resolve, reject };
    },
  });
}

// Its timers outlive a stopped client by minutes. What a test waits for holds
// the process by itself.
const start = globalThis.setTimeout;
globalThis.setTimeout = Object.assign((...args: Parameters<typeof start>) => start(...args).unref(), start);
