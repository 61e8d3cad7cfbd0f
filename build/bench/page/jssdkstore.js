// The worker of matrix-js-sdk's store, as its documentation sets it up.
import { IndexedDBStoreWorker } from "matrix-js-sdk/lib/indexeddb-worker.js";
import { quiet } from "./quiet.js";

quiet();
const worker = new IndexedDBStoreWorker(self.postMessage);
self.onmessage = worker.onMessage;
