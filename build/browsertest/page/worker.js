// Runs one Go program. The first message says which: {args, env, module?}.
// It says {output} and at last {exit}, or {failed}.
import './wasm_exec.js';
import './shim.js';

const decoders = { 1: new TextDecoder(), 2: new TextDecoder() };

globalThis.fs.writeSync = (fd, bytes) => {
  postMessage({ output: decoders[fd].decode(bytes, { stream: true }) });
  return bytes.length;
};

// No file exists: what Go's testing looks for, as a fuzz test for its corpus, it
// does without.
globalThis.fs.constants = { ...globalThis.fs.constants, O_DIRECTORY: 65536 };
for (const method of ['open', 'stat', 'lstat', 'readdir']) {
  globalThis.fs[method] = (...args) => {
    args.at(-1)(Object.assign(new Error('no such file or directory'), { code: 'ENOENT' }));
  };
}

const control = async (what, query) => {
  const answer = await fetch(`control/${what}?${new URLSearchParams(query)}`, { method: 'POST' });
  if (!answer.ok) throw new Error(await answer.text());
};

addEventListener('message', async ({ data: { args, env, module } }) => {
  try {
    module ??= await WebAssembly.compileStreaming(fetch('test.wasm'));
    offer(module);
    const go = new globalThis.Go();
    Object.assign(go, { argv: args, env, exit: (code) => postMessage({ exit: code }) });
    await go.run(await WebAssembly.instantiate(module, go.importObject));
  } catch (error) {
    postMessage({ failed: String(error?.stack ?? error) });
  }
}, { once: true });

// What tests find as globalThis.browsertest.
const offer = (module) => {
  globalThis.browsertest = {
    // Limits this origin's storage; without bytes, lifts the limit.
    quota: (bytes) => control('quota', bytes === undefined ? {} : { bytes }),
    // Clears this origin's databases, as a user clearing site data does.
    clear: () => control('clear', { types: 'indexeddb' }),
    // Starts the same program with an environment in a worker of its own, whose
    // output listen hears. Terminate it at any moment.
    spawn: (env, listen) => {
      const child = new Worker('worker.js', { type: 'module' });
      child.onmessage = (e) => listen(e.data.output ?? '', e.data.failed ?? '');
      child.onerror = (e) => listen('', e.message ?? 'did not load');
      child.postMessage({ args: ['child'], env, module });
      return child;
    },
  };
};
