// Starts the worker that runs the tests and passes on what it says. "report"
// is a binding of the program that drives this browser.
const worker = new Worker('worker.js', { type: 'module' });
worker.onmessage = (e) => globalThis.report(JSON.stringify(e.data));
worker.onerror = (e) => globalThis.report(JSON.stringify({ failed: `worker: ${e.message ?? 'did not load'}` }));

const start = await (await fetch('start.json')).json();
worker.postMessage(start);
