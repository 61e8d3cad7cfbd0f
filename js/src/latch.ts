import type { ErrorCode } from "./api.js";
import { AlcoveError } from "./error.js";
import { KeyringError, relock, uncover } from "./keyrecord.js";
import type { KeyRecord } from "./keyrecord.js";
import { openRecord, readRecord, replaceRecord } from "./keyring.js";
import { derive, freshParams } from "./passphrase.js";

/**
 * Latch changes under which passphrase the keys of a database lie. Each change
 * replaces one record at once, so that a kill in its middle is none.
 */
export class Latch {
  readonly #database: string;

  constructor(database: string) {
    this.#database = database;
  }

  read(): Promise<KeyRecord | undefined> {
    return readRecord(this.#database);
  }

  /** opens says whether this key opens a record. It looks at the view key alone. */
  async opens(record: KeyRecord, by: CryptoKey): Promise<boolean> {
    try {
      (await uncover(record, this.#database, "view", by)).fill(0);
      return true;
    } catch (error) {
      if ((error as Error).name === "KeysLocked") return false;
      throw error;
    }
  }

  /** set puts a passphrase where there is none, and returns its key. */
  async set(passphrase: string): Promise<CryptoKey> {
    const record = await this.#record();
    if (record.lock) throw new AlcoveError("lock.exists", "there is a passphrase already");
    return (await this.#renew(record, undefined, passphrase)) ?? this.set(passphrase);
  }

  /** change puts another passphrase in the place of one, and returns its key. */
  async change(old: string, passphrase: string): Promise<CryptoKey> {
    const record = await this.#record();
    return (await this.#renew(record, await this.#prove(record, old), passphrase)) ?? this.change(old, passphrase);
  }

  async remove(passphrase: string): Promise<void> {
    const record = await this.#record();
    const unlocked = await relock(record, this.#database, await this.#prove(record, passphrase));
    if (!(await this.#replace(record, unlocked))) return this.remove(passphrase);
  }

  /** prove returns the key of the passphrase. */
  async prove(passphrase: string): Promise<CryptoKey> {
    return this.#prove(await this.#record(), passphrase);
  }

  async #record(): Promise<KeyRecord> {
    const record = globalThis.crypto?.subtle && (await openRecord(this.#database).catch(refuse));
    if (!record) throw new AlcoveError("lock.unsupported", "a passphrase needs HTTPS and a browser that may store data");
    return record;
  }

  async #prove(record: KeyRecord, passphrase: string): Promise<CryptoKey> {
    if (!record.lock) throw new AlcoveError("lock.missing", "there is no passphrase");
    const key = await derive(passphrase, record.lock);
    if (await this.opens(record, key).catch(refuse)) return key;
    throw new AlcoveError("lock.passphrase", "the passphrase is another one", { recoverable: true });
  }

  /** renew returns undefined where another tab has changed the record meanwhile. */
  async #renew(record: KeyRecord, by: CryptoKey | undefined, passphrase: string): Promise<CryptoKey | undefined> {
    if (!passphrase) throw new AlcoveError("call.invalid", "an empty passphrase protects nothing");
    const params = freshParams();
    const key = await derive(passphrase, params);
    const next = await relock(record, this.#database, by, { key, params }).catch(refuse);
    return (await this.#replace(record, next)) ? key : undefined;
  }

  #replace(record: KeyRecord, next: KeyRecord): Promise<boolean | undefined> {
    return replaceRecord(this.#database, record, next).catch(refuse);
  }
}

const codes: Readonly<Record<string, ErrorCode>> = {
  KeysLost: "storage.corrupt",
  VersionError: "storage.newer",
  QuotaExceededError: "storage.quota",
  TimeoutError: "storage.hung",
};

/** refuse throws the error of the keyring as one of the package. */
function refuse(error: unknown): never {
  if (!(error instanceof KeyringError)) throw error;
  const recoverable = !["KeysLost", "VersionError"].includes(error.name);
  throw new AlcoveError(codes[error.name] ?? "storage.closed", error.message, { recoverable });
}
