// Alcove's encryption as the core has it, in a worker as it is there. The first
// message names the program, each later one is a request.
import "go:wasm_exec";
import "../../../storage/idb/shim.js";

globalThis.benchDevice = {
  ready: () => postMessage({}),
  answer: (answer) => postMessage({ answer }),
  fail: (error) => postMessage({ error }),
};

onmessage = async ({ data }) => {
  onmessage = ({ data }) => benchDevice.receive(data);
  const go = new Go();
  const { instance } = await WebAssembly.instantiateStreaming(fetch(data), go.importObject);
  await go.run(instance);
};
