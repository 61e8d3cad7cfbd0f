// The keys that an account's records are sealed with, in a database of their
// own. A key is stored wrapped by a key that no script can read, `kek`. Every
// account of the origin has one record, which is made once and never replaced
// by other keys.
import { completed, inTime, openOrMake, settled } from "./idb.js";
import { unwrap, wrap } from "./wrap.js";
import type { Purpose } from "./wrap.js";

/** What an account's database is sealed with: 32 bytes each. */
export type Keys = {
  readonly data: Uint8Array;
  /** Of the snapshots alone, which the page reads as well. */
  readonly view: Uint8Array;
  /** False where the browser cannot store a key that scripts cannot read: then these lie there as they are. */
  readonly protected: boolean;
  /** Nothing can be stored here. Keys and all that is sealed with them live as long as this program. */
  readonly memory: boolean;
};

/**
 * Why there are no keys. `KeysLost`: the record is there and cannot be read.
 * Other names are those of DOMException: `TimeoutError`, `QuotaExceededError`,
 * `VersionError` (a newer version of Alcove wrote it), `AbortError` and so on
 * where the browser closed the database.
 */
export class KeyringError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** The record of a database; data and view are wrapped by kek, or bare where there is none. */
export type KeyRecord = { readonly v: 1; readonly kek?: CryptoKey } & { readonly [Key in Purpose]: Uint8Array };

export const keyDatabase = "alcove-keys";
export const keyStore = "keys";
const keyLength = 32;
/** The browser's database may hang for ever; a start that takes this long does. */
const patienceMs = 20_000;

/** openKeys makes or unwraps the keys of a database. It rejects with a {@link KeyringError}. */
export async function openKeys(database: string): Promise<Keys> {
  const db = await open();
  if (!db) return inMemory(database);
  try {
    const found = await inTime(patienceMs, find(db, database));
    return await unwrapped(understand(found ?? (await make(db, database))), database);
  } catch (error) {
    throw explain(error);
  } finally {
    db.close();
  }
}

/** deleteKeys forgets the keys of a database, and with them all that is sealed with them. */
export async function deleteKeys(database: string): Promise<void> {
  memory.delete(database);
  const db = await open();
  if (!db) return;
  try {
    const tx = db.transaction(keyStore, "readwrite", { durability: "strict" });
    tx.objectStore(keyStore).delete(database);
    await inTime(patienceMs, completed(tx));
  } catch (error) {
    throw explain(error);
  } finally {
    db.close();
  }
}

/** open is undefined where the browser lets nothing be stored; storage/idb takes the same errors for that. */
async function open(): Promise<IDBDatabase | undefined> {
  let opening: Promise<IDBDatabase> | undefined;
  try {
    // Where site data is blocked, the very sight of it may throw a SecurityError.
    if (!globalThis.indexedDB) return undefined;
    opening = openOrMake(keyDatabase, keyStore);
    return await inTime(patienceMs, opening);
  } catch (error) {
    void opening?.then((db) => db.close(), () => {}); // it may come late
    const { name } = explain(error);
    if (["VersionError", "QuotaExceededError", "AbortError", "TimeoutError"].includes(name)) throw explain(error);
    return undefined;
  }
}

const memory = new Map<string, Keys>();

function inMemory(database: string): Keys {
  const keys = memory.get(database) ?? { data: random(), view: random(), protected: false, memory: true };
  memory.set(database, keys);
  return keys;
}

function random(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(keyLength));
}

/** find returns undefined only where there is no record: WebKit reads a value that it cannot decode as null. */
async function find(db: IDBDatabase, database: string): Promise<unknown> {
  const store = db.transaction(keyStore).objectStore(keyStore);
  const [key, value] = await Promise.all([settled(store.getKey(database)), settled(store.get(database))]);
  return key === undefined ? undefined : (value ?? null);
}

/** make stores new keys, unless another tab was faster, and returns what is stored then. */
async function make(db: IDBDatabase, database: string): Promise<unknown> {
  const bare: KeyRecord = { v: 1, data: random(), view: random() };
  const covered = await cover(bare, database);
  const tx = db.transaction(keyStore, "readwrite", { durability: "strict" });
  const adding = add(tx.objectStore(keyStore), database, covered, bare);
  adding.catch(() => {}); // why the transaction failed says more
  await inTime(patienceMs, completed(tx));
  return adding;
}

/** cover wraps keys, where the browser can. */
async function cover(bare: KeyRecord, database: string): Promise<KeyRecord> {
  if (!globalThis.crypto?.subtle) return bare; // a page without HTTPS
  const kek = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const [data, view] = await Promise.all([wrap(kek, bare.data, database, "data"), wrap(kek, bare.view, database, "view")]);
  return { v: 1, kek, data, view };
}

/**
 * add does not trust a browser to store a CryptoKey. In its lockdown mode
 * WebKit throws a DataCloneError; for kinds of keys that it cannot decode it
 * stores the record and reads it as null. So what was stored is read again
 * before anything is sealed with it.
 */
async function add(store: IDBObjectStore, database: string, covered: KeyRecord, bare: KeyRecord): Promise<unknown> {
  const added = await addOne(store, database, covered).catch((error: DOMException) => {
    if (error.name === "DataCloneError") return addOne(store, database, bare);
    throw error;
  });
  const stored = await settled(store.get(database));
  if (!added || isRecord(stored)) return stored ?? null;
  await settled(store.put(bare, database));
  return bare;
}

/** addOne returns false where there is a record: another tab was faster. */
async function addOne(store: IDBObjectStore, database: string, record: KeyRecord): Promise<boolean> {
  try {
    await settled(store.add(record, database));
    return true;
  } catch (error) {
    if ((error as DOMException).name === "ConstraintError") return false;
    throw error;
  }
}

function isRecord(value: unknown): value is KeyRecord {
  const { v, kek, data, view } = (value ?? {}) as Partial<KeyRecord>;
  const readable = kek === undefined || (globalThis.CryptoKey !== undefined && kek instanceof CryptoKey);
  return v === 1 && readable && data instanceof Uint8Array && view instanceof Uint8Array;
}

/** understand checks a record, which is as hostile as all that is stored. */
export function understand(value: unknown): KeyRecord {
  const { v } = (value ?? {}) as { v?: unknown };
  if (typeof v === "number" && v > 1) throw new KeyringError("VersionError", "a newer version of Alcove wrote the keys");
  if (!isRecord(value)) throw new KeyringError("KeysLost", "the record of the keys cannot be read");
  return value;
}

async function unwrapped(record: KeyRecord, database: string): Promise<Keys> {
  const [data, view] = await Promise.all([unwrapKey(record, database, "data"), unwrapKey(record, database, "view")]);
  return { data, view, protected: record.kek !== undefined, memory: false };
}

/** unwrapKey returns one key of a record, as bytes. */
export async function unwrapKey({ kek, ...record }: KeyRecord, database: string, purpose: Purpose): Promise<Uint8Array> {
  const key = kek ? await unwrap(kek, record[purpose], database, purpose).catch(() => undefined) : record[purpose];
  if (key?.length === keyLength) return key;
  throw new KeyringError("KeysLost", "the keys do not unwrap");
}

function explain(error: unknown): KeyringError {
  if (error instanceof KeyringError) return error;
  const { name, message } = (error ?? new DOMException("", "UnknownError")) as DOMException;
  return new KeyringError(name, message);
}
