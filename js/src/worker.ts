// The worker's script: fetches the core, starts it and passes frames between
// it and the page.
import "go:wasm_exec";
import "../../storage/idb/shim.js";
import type { BootMessage, WorkerMessage } from "./boot.js";
import { thisSite } from "./commons.js";
import { finds, Hub, ownPage } from "./hub.js";
import type { CorePages, Office } from "./hub.js";
import { deleteKeys, openKeys } from "./keyring.js";
import type { Keys } from "./keyring.js";
import { tellOfOtherKeys } from "./lockwords.js";
import { compile, NoProgram } from "./wasm.js";

/** The part of a worker's global scope that is used here. */
type WorkerScope = {
  postMessage(message: string | WorkerMessage): void;
  close(): void;
  onmessage: ((event: MessageEvent<string | BootMessage>) => void) | null;
  alcoveCore?: CoreBridge;
};

/** What the Go program finds as globalThis.alcoveCore. */
type CoreBridge = {
  /** Takes a frame for a page. */
  send(page: number, frame: string): void;
  /** Called once, when the core can serve pages. */
  onReady(core: CorePages): void;
  /** Makes or unwraps the keys of a database; called before it is opened. Rejects with an Error whose name says why. */
  openKeys(database: string): Promise<Keys>;
  /** Forgets the keys of a database; called when it has been deleted. */
  deleteKeys(database: string): Promise<void>;
  /** Makes a key of a passphrase: PBKDF2 with SHA-512. */
  derive(passphrase: string, salt: Uint8Array<ArrayBuffer>, rounds: number, bytes: number): Promise<Uint8Array>;
};

declare class Go {
  readonly importObject: WebAssembly.Imports;
  exit: (code: number) => void;
  run(instance: WebAssembly.Instance): Promise<void>;
}

const scope = globalThis as unknown as WorkerScope;

let core: CorePages | undefined;
let office: Office | undefined;
let hub: Hub | undefined;
/** Frames that came before the core was ready for them. */
const early: string[] = [];

/** The keys of the database that the core will open first, wanted while its program is still fetched. */
let wanted: { database: string; keys: Promise<Keys> } | undefined;

scope.alcoveCore = {
  send: (page, frame) => (page === ownPage ? scope.postMessage(frame) : hub?.send(page, frame)),
  onReady(ready) {
    core = ready;
    core.connect(ownPage);
    for (const frame of early.splice(0)) core.receive(ownPage, frame);
    const commons = office && thisSite();
    if (office && commons) hub = new Hub(office, core, commons);
  },
  openKeys(database) {
    const keys = wanted?.database === database ? wanted.keys : openKeys(database);
    wanted = undefined;
    return keys;
  },
  async deleteKeys(database) {
    await deleteKeys(database);
    tellOfOtherKeys(database);
  },
  async derive(passphrase, salt, rounds, bytes) {
    const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(passphrase), "PBKDF2", false, ["deriveBits"]);
    const method = { name: "PBKDF2", hash: "SHA-512", salt, iterations: rounds };
    return new Uint8Array(await crypto.subtle.deriveBits(method, key, bytes * 8));
  },
};

scope.onmessage = ({ data }) => {
  if (typeof data !== "string") start(data);
  else if (core) core.receive(ownPage, data);
  else early.push(data);
};

function start({ wasmURL, database, lock, office: forTabs }: BootMessage): void {
  office = forTabs;
  const keys = openKeys(database, lock);
  wanted = { database, keys };
  // The core hears of other errors when it asks.
  const locked = keys.then(() => false, (error: Error) => error.name === "KeysLocked");
  void run(wasmURL, locked);
}

async function run(wasmURL: string, locked: Promise<boolean>): Promise<void> {
  try {
    const compiling = compile(wasmURL, (progress) => scope.postMessage({ progress }));
    compiling.catch(() => {}); // awaited below
    if (await isApart()) return end({ apart: true });
    const module = await compiling;
    scope.postMessage({ progress: { stage: "compile" } });
    if (await locked) return end({ locked: true });
    const go = new Go();
    let code = 0;
    go.exit = (exit) => void (code = exit);
    const instance = await WebAssembly.instantiate(module, go.importObject);
    scope.postMessage({ progress: { stage: "open" } });
    scope.postMessage({ running: true });
    await go.run(instance);
    end({ exit: `the program ended with code ${code}`, recoverable: true });
  } catch (error) {
    const missing = error instanceof NoProgram;
    end({ exit: missing ? error.message : String(error), missing, recoverable: !missing || error.recoverable });
  }
}

async function isApart(): Promise<boolean> {
  const commons = office && thisSite();
  return office !== undefined && commons !== undefined && !(await finds(office, commons));
}

function end(message: WorkerMessage): void {
  scope.postMessage(message);
  scope.close();
}
