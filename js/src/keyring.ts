// The keys that an account's records are sealed with, in a database of their
// own. Each database of the origin has one record, which is made once and
// never replaced by other keys.
import { completed, inTime, openExisting, openOrMake, settled } from "./idb.js";
import { bare, cover, isRecord, KeyringError, random, uncover, understand } from "./keyrecord.js";
import type { KeyRecord } from "./keyrecord.js";

/** What an account's database is sealed with: 32 bytes each. */
export type Keys = {
  readonly data: Uint8Array;
  /** Of the snapshots alone, which the page reads as well. */
  readonly view: Uint8Array;
  /** False where the browser cannot store a key that scripts cannot read, and no passphrase is set: the keys lie there as they are. */
  readonly protected: boolean;
  /** Nothing can be stored here. Keys and all that is sealed with them live as long as this program. */
  readonly memory: boolean;
};

export const keyDatabase = "alcove-keys";
export const keyStore = "keys";
/** The browser's database may hang for ever; a start that takes this long does. */
const patienceMs = 20_000;

/** openKeys makes or unwraps the keys of a database. by is the key of the passphrase. It rejects with a {@link KeyringError}. */
export async function openKeys(database: string, by?: CryptoKey): Promise<Keys> {
  const record = await openRecord(database);
  if (!record) return inMemory(database);
  const view = await uncover(record, database, "view", by);
  const data = await uncover(record, database, "data", by).catch(lost); // or a lock that opens would stay closed
  return { data, view, protected: record.kek !== undefined || record.lock !== undefined, memory: false };
}

function lost(): never {
  throw new KeyringError("KeysLost", "the keys do not unwrap");
}

/** openRecord makes or reads the record of a database; undefined where nothing can be stored. */
export async function openRecord(database: string): Promise<KeyRecord | undefined> {
  const found = await withDatabase(async (db) => (await find(db, database)) ?? make(db, database));
  return found && understand(found.value);
}

/** readRecord reads the record of a database, if it has one, and makes nothing. */
export async function readRecord(database: string): Promise<KeyRecord | undefined> {
  const db = await openExisting(keyDatabase);
  if (!db) return undefined;
  try {
    const found = await find(db, database);
    return found && understand(found.value);
  } finally {
    db.close();
  }
}

/** deleteKeys forgets the keys of a database, and with them all that is sealed with them. */
export async function deleteKeys(database: string): Promise<void> {
  memory.delete(database);
  await withDatabase((db) => write(db, async (store) => void store.delete(database)));
}

/** replaceRecord puts the same keys in another form, and returns false where the record is not as it was. */
export async function replaceRecord(database: string, was: KeyRecord, next: KeyRecord): Promise<boolean | undefined> {
  return withDatabase((db) =>
    write(db, async (store) => {
      const now: unknown = await settled(store.get(database));
      if (!isRecord(now) || !same(now.data, was.data) || !same(now.view, was.view)) return false;
      store.put(next, database);
      return true;
    }),
  );
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, n) => byte === b[n]);
}

async function withDatabase<T>(work: (db: IDBDatabase) => Promise<T>): Promise<T | undefined> {
  const db = await open();
  try {
    return db && (await inTime(patienceMs, work(db)));
  } catch (error) {
    throw explain(error);
  } finally {
    db?.close();
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

function explain(error: unknown): KeyringError {
  if (error instanceof KeyringError) return error;
  const { name, message } = (error ?? new DOMException("", "UnknownError")) as DOMException;
  return new KeyringError(name, message);
}

const memory = new Map<string, Keys>();

function inMemory(database: string): Keys {
  const keys = memory.get(database) ?? { data: random(), view: random(), protected: false, memory: true };
  memory.set(database, keys);
  return keys;
}

/** Found is a value as it was stored: WebKit reads one that it cannot decode as null. */
type Found = { readonly value: unknown };

async function find(db: IDBDatabase, database: string): Promise<Found | undefined> {
  const store = db.transaction(keyStore).objectStore(keyStore);
  const [key, value] = await Promise.all([settled(store.getKey(database)), settled(store.get(database))]);
  return key === undefined ? undefined : { value };
}

/** write is done when what it did is on disk. */
async function write<T>(db: IDBDatabase, work: (store: IDBObjectStore) => Promise<T>): Promise<T> {
  const tx = db.transaction(keyStore, "readwrite", { durability: "strict" });
  const working = work(tx.objectStore(keyStore));
  working.catch(() => {}); // why the transaction failed says more
  await completed(tx);
  return working;
}

/** make stores new keys, unless another tab was faster, and returns what is stored then. */
async function make(db: IDBDatabase, database: string): Promise<Found> {
  const fresh = bare();
  const covered = await cover(fresh, database);
  return write(db, (store) => add(store, database, covered, fresh));
}

/**
 * add does not trust a browser to store a CryptoKey. In its lockdown mode
 * WebKit throws a DataCloneError; for kinds of keys that it cannot decode it
 * stores the record and reads it as null. So what was stored is read again
 * before anything is sealed with it.
 */
async function add(store: IDBObjectStore, database: string, covered: KeyRecord, fresh: KeyRecord): Promise<Found> {
  const added = await addOne(store, database, covered).catch((error: DOMException) => {
    if (error.name === "DataCloneError") return addOne(store, database, fresh);
    throw error;
  });
  const value: unknown = await settled(store.get(database));
  if (!added || isRecord(value)) return { value };
  await settled(store.put(fresh, database));
  return { value: fresh };
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
