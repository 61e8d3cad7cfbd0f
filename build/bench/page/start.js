// The core alone, without a page that asks it anything.

/** boot times a core that nobody asks anything: until it is compiled, and until it answers. */
globalThis.boot = () => {
  const worker = new Worker("/package/worker.js", { type: "module" });
  const begun = performance.now();
  const times = {};
  worker.postMessage({ wasmURL: new URL("/package/alcove.wasm", location.href).href });
  worker.postMessage('{"hello":"bench"}');
  return new Promise((resolve) => {
    worker.onmessage = ({ data }) => {
      if (data.progress?.stage === "compile") times.compiled = performance.now() - begun;
      if (typeof data !== "string") return;
      times.answered = performance.now() - begun;
      worker.terminate();
      resolve(times);
    };
  });
};
