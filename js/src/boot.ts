import type { Transport } from "./core.js";
import { AlcoveError, died } from "./error.js";
import type { Office } from "./hub.js";
import type { Lead, LeadEvents } from "./tabs.js";

/** How far the start of the core got. `total` is absent where the server does not say. */
export type BootProgress =
  | { readonly stage: "fetch"; readonly loaded: number; readonly total?: number }
  | { readonly stage: "compile" | "open" | "restore" | "done" };

/** What the worker says besides the core's frames, which are strings. */
export type WorkerMessage =
  | { progress: BootProgress }
  | { running: true }
  | { locked: true }
  | { apart: true }
  | { exit: string; missing?: boolean; recoverable: boolean };

/** The page's one message to the worker that is not a frame. */
export type BootMessage = {
  readonly wasmURL: string;
  /** The name of the database that the core will be asked to open. */
  readonly database: string;
  /** The key of the passphrase, where there is one. */
  readonly lock: CryptoKey | undefined;
  /** Absent where the core serves this page alone. */
  readonly office: Office | undefined;
};

export type CoreFiles = { workerURL: string | URL | undefined; wasmURL: string | URL | undefined };

/** Where a classic script loads from: bundles in that format have no import.meta.url. */
const scriptURL = (globalThis.document?.currentScript as HTMLScriptElement | null | undefined)?.src;

/** workers starts cores in workers made from these files, or from those beside this module. */
export function workers(files: CoreFiles, database: string, lock: () => CryptoKey | undefined, progress: (step: BootProgress) => void): Lead {
  return (on, office) => {
    try {
      const boot = { wasmURL: wasmURL(files.wasmURL), database, lock: lock(), office };
      return new WorkerTransport(startWorker(files.workerURL), boot, on, progress);
    } catch (error) {
      const why = missing(`the worker cannot be started (${String(error)})`);
      queueMicrotask(() => on.exit(why));
      return { leads: true, send() {}, silent() {}, fenced: () => false, close() {} };
    }
  };
}

class WorkerTransport implements Transport {
  readonly leads = true;
  readonly #worker: Worker;
  readonly #on: LeadEvents;
  /** Whether the worker's script has run: before that, an error means that there is none. */
  #alive = false;

  constructor(worker: Worker, boot: BootMessage, on: LeadEvents, progress: (step: BootProgress) => void) {
    this.#worker = worker;
    this.#on = on;
    worker.onmessage = ({ data }: MessageEvent<string | WorkerMessage>) => {
      this.#alive = true;
      if (typeof data === "string") on.frame(data);
      else if ("progress" in data) progress(data.progress);
      else if ("running" in data) on.running();
      else if ("apart" in data) on.apart();
      else if ("locked" in data) on.exit(new AlcoveError("lock.locked", "it takes the passphrase to go on"));
      else on.exit(data.missing ? missing(data.exit, data.recoverable) : died(data.exit));
    };
    worker.onerror = (event) => {
      event.preventDefault?.();
      on.exit(this.#alive ? died(event.message) : missing("the worker's script does not load"));
    };
    worker.onmessageerror = () => on.exit(died("a message could not be read"));
    worker.postMessage(boot);
  }

  send(frame: string): void {
    this.#worker.postMessage(frame);
  }

  silent(): void {
    this.#on.exit(died("it does not answer"));
  }

  /** Whoever has the database now would only lose it again. */
  fenced(): boolean {
    return false;
  }

  close(): void {
    this.#worker.onmessage = this.#worker.onerror = this.#worker.onmessageerror = null;
    this.#worker.terminate();
  }
}

/**
 * The literal forms of `new Worker(new URL(…, import.meta.url))` and
 * `new URL(…, import.meta.url)` are what Vite and webpack look for.
 */
function startWorker(url: string | URL | undefined): Worker {
  if (url !== undefined) return workerFrom(new URL(url, location.href));
  if (import.meta.url) return new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  return workerFrom(new URL("worker.js", scriptURL ?? location.href));
}

/** workerFrom also takes another origin's script, which a page may import but not start. */
function workerFrom(url: URL): Worker {
  if (url.origin === location.origin || url.protocol === "blob:") return new Worker(url, { type: "module" });
  const stub = new Blob([`import ${JSON.stringify(url.href)};`], { type: "text/javascript" });
  return new Worker(URL.createObjectURL(stub), { type: "module" });
}

function wasmURL(url: string | URL | undefined): string {
  if (url !== undefined) return new URL(url, location.href).href;
  if (import.meta.url) return new URL("./alcove.wasm", import.meta.url).href;
  return new URL("alcove.wasm", scriptURL ?? location.href).href;
}

function missing(what: string, recoverable = false): AlcoveError {
  const help =
    "Serve worker.js and alcove.wasm beside the bundle (npx alcove-assets DIR copies them there), or say where they are with workerURL and wasmURL.";
  return new AlcoveError("core.missing", `${what}. ${help}`, { recoverable });
}
