import { deferred } from "./deferred.js";
import type { Deferred } from "./deferred.js";
import { AlcoveError } from "./error.js";
import { uncover } from "./keyrecord.js";
import type { KeyRecord } from "./keyrecord.js";
import { Latch } from "./latch.js";
import { ValueObject } from "./live.js";
import type { LiveValue, Sink } from "./live.js";
import { lockWordOf } from "./lockwords.js";
import type { LockWord } from "./lockwords.js";
import { viewKey } from "./sealed.js";

/** Whether a passphrase is set, and has to be entered to go on. */
export type LockSnapshot = { readonly enabled: boolean; readonly locked: boolean };

/**
 * The passphrase that what is stored lies under, if the user wants one. It is
 * one lock for all tabs: what is done in one holds for the others. It is open
 * for as long as one of them is.
 */
export interface LiveLock extends LiveValue<LockSnapshot> {
  /** Sets a passphrase. `lock.exists` where there is one. */
  set(passphrase: string): Promise<void>;
  /** Replaces the passphrase. `lock.passphrase` where the old one is wrong. */
  change(old: string, passphrase: string): Promise<void>;
  /** Does without a passphrase from now on. `lock.passphrase` where it is wrong. */
  remove(passphrase: string): Promise<void>;
  /** Opens the lock. `lock.passphrase` where it is wrong. */
  unlock(passphrase: string): Promise<void>;
  /** Closes the lock: the core ends, and lists are empty until it is opened. `lock.missing` where there is no passphrase. */
  lock(): Promise<void>;
}

/** The part of a BroadcastChannel that is used here. */
export type LockChannel = {
  postMessage(message: LockWord): void;
  onmessage: ((event: MessageEvent<unknown>) => void) | null;
  close(): void;
};

/** What the lock is for. */
export type Guarded = {
  /** It is locked: nothing of the account may stay. */
  locked(): void;
  /** It is open again. */
  unlocked(): void;
};

type Offer = { readonly turn: number; readonly key: CryptoKey };

/** How long another tab may take to hand over the key. One that is slower opens the lock later. */
const askMs = 300;

export class LockObject extends ValueObject<LockSnapshot> implements LiveLock {
  readonly #database: string;
  /** To the other tabs, where there can be any. */
  readonly #channel: LockChannel | undefined;
  readonly #latch: Latch;
  readonly #sink: () => Sink<LockSnapshot>;
  /** What the first look finds, and that it is over. */
  #found: Promise<KeyRecord | undefined> = Promise.resolve(undefined);
  #known: Promise<void> = Promise.resolve();
  #guarded: Guarded = { locked() {}, unlocked() {} };
  /** What is under way to compare the lock with what is stored, one after the other. */
  #work: Promise<void> = Promise.resolve();
  /** While other tabs are asked for the key. */
  #asked: { readonly over: Deferred<void>; readonly timer: ReturnType<typeof setTimeout> } | undefined;
  #state: LockSnapshot | undefined;
  #key: CryptoKey | undefined;
  /** Of the last word about the lock that holds. */
  #turn = 0;
  /** The core found the lock closed, and waits to hear what is so. */
  #waiting = false;
  #closed = false;

  constructor(database: string, channel?: LockChannel) {
    let own!: Sink<LockSnapshot>;
    super((sink) => ((own = sink), () => {}));
    this.#sink = () => own;
    this.#database = database;
    this.#channel = channel;
    this.#latch = new Latch(database);
    this.start();
  }

  /** guard begins to look how the lock is, and tells what it is for. */
  guard(guarded: Guarded): void {
    this.#guarded = guarded;
    if (this.#channel) this.#channel.onmessage = ({ data }) => void this.#heard(lockWordOf(data));
    const found = this.#latch.read();
    this.#found = found.catch(() => undefined);
    this.#known = this.#check(undefined, found);
  }

  /** key is the passphrase's, while the lock is open. */
  get key(): CryptoKey | undefined {
    return this.#key;
  }

  /** viewKey opens the snapshots of this start, unless it starts locked. */
  async viewKey(): Promise<CryptoKey | undefined> {
    const record = await this.#found;
    if (!record || !globalThis.crypto?.subtle) return undefined;
    if (record.lock) await this.#known;
    return viewKey(await uncover(record, this.#database, "view", this.#key));
  }

  /** wait is called by a core that found the lock closed: it will hear that it is locked, or unlocked. */
  wait(): void {
    this.#waiting = true;
    void this.#check();
  }

  async set(passphrase: string): Promise<void> {
    await this.#open(await this.#latch.set(passphrase));
  }

  async change(old: string, passphrase: string): Promise<void> {
    await this.#open(await this.#latch.change(old, passphrase));
  }

  async unlock(passphrase: string): Promise<void> {
    const key = await this.#latch.prove(passphrase).catch(async (error: unknown) => {
      await this.#check(); // a tab that was closed may have removed the passphrase
      throw error;
    });
    await this.#open(key);
  }

  async remove(passphrase: string): Promise<void> {
    await this.#latch.remove(passphrase);
    await this.look();
  }

  /** look has all tabs look at what is stored, which changed. */
  look(): Promise<void> {
    this.#say({ changed: true });
    return this.#check();
  }

  async lock(): Promise<void> {
    if (!this.#state?.enabled) await this.#check();
    if (!this.#state?.enabled) throw new AlcoveError("lock.missing", "there is no passphrase");
    this.#turn = this.#nextTurn();
    this.#show({ enabled: true, locked: true });
    this.#say({ turn: this.#turn });
  }

  override close(): void {
    this.#closed = true;
    this.#channel?.close();
    clearTimeout(this.#asked?.timer);
    this.#key = undefined;
    super.close();
  }

  /** open takes over a key that opens the lock, and hands it to the other tabs. */
  #open(key: CryptoKey): Promise<void> {
    this.#turn = this.#nextTurn();
    this.#show({ enabled: true, locked: false }, key);
    this.#say({ turn: this.#turn, key });
    return this.#check();
  }

  /** nextTurn is higher than all that this tab heard of, and than a tab's that it did not hear of. */
  #nextTurn(): number {
    return Math.max(Date.now(), this.#turn + 1);
  }

  async #heard(word: LockWord | undefined): Promise<void> {
    if (!word) return;
    if ("ask" in word) return this.#answer();
    if ("changed" in word) return this.#check();
    const { turn, key } = word;
    if (key) return this.#check({ turn, key });
    const known = turn === this.#turn && this.#state?.locked;
    if (turn < this.#turn || known) return;
    this.#turn = turn;
    if (this.#asked || this.#state?.enabled) this.#show({ enabled: true, locked: true });
    await this.#check();
  }

  /** A tab that found the lock closed because nobody answered knows nothing that others do not. */
  async #answer(): Promise<void> {
    await this.#work;
    if (this.#state?.enabled && this.#turn > 0) this.#say({ turn: this.#turn, ...(this.#key && { key: this.#key }) });
  }

  /**
   * check compares the lock with what is stored. offer is a key from another
   * tab. It settles when it is known how the lock is.
   */
  async #check(offer?: Offer, reading?: Promise<KeyRecord | undefined>): Promise<void> {
    this.#work = this.#work.then(() => this.#compare(offer, reading ?? this.#latch.read()));
    await this.#work;
    await this.#asked?.over.promise;
  }

  async #compare(offer: Offer | undefined, reading: Promise<KeyRecord | undefined>): Promise<void> {
    const record = await reading.catch(() => null);
    if (!record?.lock) {
      if (record === null && this.#waiting) this.#show({ enabled: true, locked: true });
      else if (record !== null || !this.#state) this.#show({ enabled: false, locked: false });
      return;
    }
    const own = this.#key;
    const [ownOpens, offerOpens] = await Promise.all([this.#opens(record, own), this.#opens(record, offer?.key)]);
    if (own && own === this.#key && !ownOpens) this.#turn = 0; // who handed it over did not know of the present one
    if (offer && offerOpens && offer.turn > this.#turn) {
      this.#turn = offer.turn;
      this.#show({ enabled: true, locked: false }, offer.key);
    } else if (own && own === this.#key && ownOpens) {
      this.#show({ enabled: true, locked: false }, own);
    } else if (this.#state?.locked) {
      this.#show({ enabled: true, locked: true });
    } else {
      this.#ask();
    }
  }

  async #opens(record: KeyRecord, key: CryptoKey | undefined): Promise<boolean> {
    return key !== undefined && this.#latch.opens(record, key).catch(() => false);
  }

  /** ask asks the other tabs for the key. Where nobody has it, the user must be asked. */
  #ask(): void {
    if (this.#asked || this.#closed) return;
    const none = () => this.#show({ enabled: true, locked: true });
    this.#asked = { over: deferred(), timer: setTimeout(none, this.#channel ? askMs : 0) };
    this.#say({ ask: true });
  }

  #say(word: LockWord): void {
    if (this.#closed) return;
    try {
      this.#channel?.postMessage(word);
    } catch {
      // A browser that does not pass keys on: the other tabs ask the user.
    }
  }

  #show(state: LockSnapshot, key?: CryptoKey): void {
    if (this.#closed) return;
    const before = this.#state;
    this.#state = state;
    this.#key = key;
    clearTimeout(this.#asked?.timer);
    this.#asked?.over.resolve();
    this.#asked = undefined;
    const moved = this.#waiting || (before?.locked ?? false) !== state.locked;
    this.#waiting = false;
    if (moved && state.locked) this.#guarded.locked();
    else if (moved) this.#guarded.unlocked();
    if (before?.enabled !== state.enabled || before.locked !== state.locked) this.#sink().next(state, false);
  }
}
