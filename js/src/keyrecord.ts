// The form of what the keyring stores for a database, and what opens it.
import { unwrap, wrap } from "./wrap.js";
import type { Purpose } from "./wrap.js";

/**
 * KeyRecord holds the keys of one database: each wrapped by the key of the
 * passphrase where there is one (`lock`), and that by a key which no script
 * can read (`kek`), where the browser can store such a key.
 */
export type KeyRecord = {
  readonly v: 1;
  readonly kek?: CryptoKey;
  readonly lock?: LockParams;
} & { readonly [Key in Purpose]: Uint8Array };

/** How the key of a passphrase is derived from it. */
export type LockParams = {
  readonly kdf: "PBKDF2";
  readonly hash: "SHA-512";
  readonly iterations: number;
  readonly salt: Uint8Array;
};

/**
 * Why there are no keys. `KeysLost`: the record is there and cannot be read.
 * `KeysLocked`: it takes a passphrase, and another than the one at hand.
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

const purposes = ["data", "view"] as const;
const keyLength = 32;
/** Fewer are a mistake, more would keep the browser busy for minutes. */
const [fewestIterations, mostIterations] = [100_000, 20_000_000];

/** understand checks a record, which is as hostile as all that is stored. */
export function understand(value: unknown): KeyRecord {
  const { v } = (value ?? {}) as { v?: unknown };
  if (typeof v === "number" && v > 1) throw new KeyringError("VersionError", "a newer version of Alcove wrote the keys");
  if (!isRecord(value)) throw new KeyringError("KeysLost", "the record of the keys cannot be read");
  return value;
}

export function isRecord(value: unknown): value is KeyRecord {
  const { v, kek, lock, data, view } = (value ?? {}) as Partial<KeyRecord>;
  return (
    v === 1 &&
    (kek === undefined || isKey(kek)) &&
    (lock === undefined || areParams(lock)) &&
    data instanceof Uint8Array &&
    view instanceof Uint8Array
  );
}

/** isKey: pages without HTTPS have no CryptoKey. */
export function isKey(value: unknown): value is CryptoKey {
  return globalThis.CryptoKey !== undefined && value instanceof CryptoKey;
}

function areParams(value: unknown): value is LockParams {
  const { kdf, hash, iterations, salt } = (value ?? {}) as Partial<LockParams>;
  return (
    kdf === "PBKDF2" &&
    hash === "SHA-512" &&
    Number.isInteger(iterations) &&
    Number(iterations) >= fewestIterations &&
    Number(iterations) <= mostIterations &&
    salt instanceof Uint8Array &&
    salt.length >= 16
  );
}

/** bare is a record of new keys as they are. */
export function bare(): KeyRecord {
  return { v: 1, data: random(), view: random() };
}

export function random(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(keyLength));
}

/** cover wraps the keys of a bare record, where the browser can. */
export async function cover(record: KeyRecord, database: string): Promise<KeyRecord> {
  if (!globalThis.crypto?.subtle) return record; // a page without HTTPS
  const kek = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  return { ...record, kek, ...(await each((purpose) => wrap(kek, record[purpose], database, purpose))) };
}

/** uncover returns a key of a record as bytes of the caller's own. by is the key of the passphrase. */
export async function uncover(record: KeyRecord, database: string, purpose: Purpose, by?: CryptoKey): Promise<Uint8Array> {
  const { kek, lock } = record;
  const inner = kek ? await unwrap(kek, record[purpose], database, purpose).catch(() => undefined) : record[purpose].slice();
  if (!lock || !inner) return whole(inner);
  if (!by) throw new KeyringError("KeysLocked", "a passphrase opens the keys");
  const key = await unwrap(by, inner, database, purpose).catch(() => undefined);
  if (!key) throw new KeyringError("KeysLocked", "another passphrase opens the keys");
  return whole(key);
}

function whole(key: Uint8Array | undefined): Uint8Array {
  if (key?.length === keyLength) return key;
  throw new KeyringError("KeysLost", "the keys do not unwrap");
}

/** relock is the same record under another passphrase, or none. */
export async function relock(record: KeyRecord, database: string, by?: CryptoKey, next?: { key: CryptoKey; params: LockParams }): Promise<KeyRecord> {
  const { lock: _, ...unlocked } = record;
  const keys = await each(async (purpose) => {
    const key = await uncover(record, database, purpose, by);
    const inner = next ? await wrap(next.key, key, database, purpose) : key.slice();
    key.fill(0);
    return record.kek ? wrap(record.kek, inner, database, purpose) : inner;
  });
  return { ...unlocked, ...(next && { lock: next.params }), ...keys };
}

async function each(make: (purpose: Purpose) => Promise<Uint8Array>): Promise<Record<Purpose, Uint8Array>> {
  const [data, view] = await Promise.all(purposes.map(make));
  return { data, view } as Record<Purpose, Uint8Array>;
}
