import { AlcoveError } from "./error.js";
import { databaseOf, inTime } from "./idb.js";
import { deleteKeys } from "./keyring.js";
import { keepSentinel } from "./sentinel.js";

/** A core lets go of its database when it is asked to, and one that hangs when its watchdog ends it. */
const patienceMs = 40_000;

/**
 * Removes all that is stored of a store in this browser; `client.erase()` does
 * so for a client that runs. Without a client it is the way out where none
 * starts because of what is stored.
 */
export async function eraseStore(store = "default"): Promise<void> {
  const database = databaseOf(store);
  // First, or an erasure that is cut off would look like a loss.
  keepSentinel(database, "");
  // Before what they seal: the next core, which another tab may start at once, makes new ones.
  await deleteKeys(database).catch(() => {});
  await deleteDatabase(database);
}

async function deleteDatabase(name: string): Promise<void> {
  let blocked = false;
  try {
    if (!globalThis.indexedDB) return;
    await inTime(patienceMs, new Promise<void>((resolve, reject) => {
      const request = indexedDB.deleteDatabase(name);
      request.onblocked = () => void (blocked = true);
      request.onsuccess = () => resolve();
      request.onerror = () => reject(request.error);
    }));
  } catch (error) {
    const { name, message } = error as DOMException;
    if (name === "SecurityError") return; // where nothing may be stored, nothing is
    if (name !== "TimeoutError") throw new AlcoveError("storage.unavailable", `${name}: ${message}`, { recoverable: true });
    if (blocked) throw new AlcoveError("storage.blocked", "another tab does not let go of the database", { recoverable: true });
    throw new AlcoveError("storage.hung", "the browser's database does not answer", { recoverable: true });
  }
}
