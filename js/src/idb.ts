/** databaseOf is the name that the core gives the database of a store. */
export function databaseOf(store: string): string {
  return `alcove:${store}`;
}

/** settled is the outcome of a request. Awaiting it keeps the request's transaction alive. */
export function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = (event) => {
      // Or it would abort its transaction; whoever awaits decides that.
      event.preventDefault();
      reject(request.error);
    };
  });
}

/** completed settles when a transaction is on its way to disk, or rejects where nothing of it is. */
export function completed(tx: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    tx.oncomplete = () => resolve();
    tx.onabort = () => reject(tx.error ?? new DOMException("the transaction was aborted", "AbortError"));
  });
}

/** openExisting opens a database at whatever version it has; undefined where there is none. */
export async function openExisting(name: string): Promise<IDBDatabase | undefined> {
  const request = indexedDB.open(name);
  let missing = false;
  request.onupgradeneeded = () => {
    missing = true;
    request.transaction?.abort(); // which leaves it so
  };
  return settled(request).then(yielding, (error: unknown) => {
    if (!missing) throw error;
    return undefined;
  });
}

/** openOrMake opens a database and sees to it that it has this store. */
export async function openOrMake(name: string, store: string, version?: number): Promise<IDBDatabase> {
  const request = indexedDB.open(name, version);
  request.onupgradeneeded = () => {
    if (!request.result.objectStoreNames.contains(store)) request.result.createObjectStore(store);
  };
  const db = yielding(await settled(request));
  if (db.objectStoreNames.contains(store)) return db;
  db.close();
  return openOrMake(name, store, db.version + 1); // somebody looked for it, and made it by that
}

/** yielding is the database, which never stands in the way of whoever deletes or upgrades it. */
function yielding(db: IDBDatabase): IDBDatabase {
  db.onversionchange = () => db.close();
  return db;
}

/**
 * inTime gives up waiting for storage that hangs, with a TimeoutError. The
 * second half of the time begins when the first has run out: after a sleep
 * timers fire at once, and what they limit has not had a moment yet.
 */
export function inTime<T>(ms: number, what: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const hung = () => reject(new DOMException("the browser's database does not answer", "TimeoutError"));
    let timer = setTimeout(() => (timer = setTimeout(hung, ms / 2)), ms / 2);
    what.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
