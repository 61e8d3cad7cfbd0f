import { isKey } from "./keyrecord.js";

/** What tabs say on the channel of a store's lock. Pages of other versions hear it too, so these words change only by new ones. */
export type LockWord =
  /** Asks how the lock is. */
  | { readonly ask: true }
  /**
   * Says how it is: open where there is a key, which is the passphrase's. Of
   * two such words the one with the higher turn holds, and of equal ones the
   * one without a key, so that in the end all tabs agree.
   */
  | { readonly turn: number; readonly key?: CryptoKey }
  /** The keys are other ones, or lie under another passphrase, or under none. */
  | { readonly changed: true };

/** lockName is the channel's name. */
export function lockName(database: string): string {
  return database.replace(/^alcove:/, "alcove-lock:");
}

/** tellOfOtherKeys lets the tabs look at the keys of a database again. */
export function tellOfOtherKeys(database: string): void {
  if (typeof BroadcastChannel === "undefined") return;
  const channel = new BroadcastChannel(lockName(database));
  channel.postMessage({ changed: true } satisfies LockWord);
  channel.close();
}

/** lockWordOf understands what came on the channel. */
export function lockWordOf(data: unknown): LockWord | undefined {
  const { ask, turn, key, changed } = (data ?? {}) as Record<string, unknown>;
  if (ask === true) return { ask };
  if (changed === true) return { changed };
  if (typeof turn !== "number" || !Number.isSafeInteger(turn)) return undefined;
  if (key === undefined) return { turn };
  return isKey(key) ? { turn, key } : undefined;
}
