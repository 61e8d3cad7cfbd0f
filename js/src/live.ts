import type { CallOptions, ListUpdate, Op } from "./api.js";
import { diffs } from "./diffs.js";
import type { Reader } from "./diffs.js";
import { deferred } from "./deferred.js";
import { aborted } from "./error.js";
import type { AlcoveError } from "./error.js";
import { applyOps, share } from "./list.js";
import type { Keyed } from "./list.js";

/**
 * A live object: a snapshot that is replaced when it changes, and a way to
 * hear of it. It starts when it is first subscribed to, read with `diffs` or
 * waited for with `ready`, and lives until `close`.
 *
 * `getSnapshot` and `subscribe` fit React's `useSyncExternalStore` and may be
 * passed around without their object.
 */
export interface Live<Snapshot, Diff> {
  /** The present state. The same object until something changes; what did not change in it stays identical. */
  readonly getSnapshot: () => Snapshot;
  /** Calls back after each change of the snapshot, of `stale` or of `error`. Returns the way out. */
  readonly subscribe: (listener: () => void) => () => void;
  /** The present state, then each change. Ends with `close` and with the signal; throws where the object failed. */
  diffs(options?: CallOptions): AsyncIterable<Diff>;
  /** Settles when the first state of the running core is there. */
  readonly ready: Promise<void>;
  /** True while the snapshot is of an earlier time: from the last visit, or from before the core restarted. */
  readonly stale: boolean;
  /** Why there is nothing, or nothing new. */
  readonly error: AlcoveError | undefined;
  /** Ends it. The last snapshot stays. */
  close(): void;
}

/** A live list. Its diffs are operations to apply in order, of which the first is a reset. */
export interface LiveList<T> extends Live<readonly T[], readonly Op<T>[]> {
  /** How many items there are without the window. */
  readonly total: number;
}

/** A live value; undefined until it is known. */
export interface LiveValue<T> extends Live<T | undefined, T> {}

/** Sink is the receiving end of a source that heals itself. */
export type Sink<Update> = {
  /** fresh marks the first update after a start, which is the whole state. */
  next(update: Update, fresh: boolean): void;
  /** Nothing new for now; the source is trying. An update that comes with it is stale. */
  stall(error?: AlcoveError, update?: Update): void;
  /** Nothing new unless the session changes. clear: what was shown is not the user's any more. */
  end(error?: AlcoveError, clear?: boolean): void;
  /** What was shown is not the user's any more; the whole state follows. */
  clear(): void;
};

/** Source starts to feed the sink and returns how to stop. */
export type Source<Update> = (sink: Sink<Update>) => () => void;

type Status = "idle" | "running" | "ended" | "closed";

/** What an object shows before it is fed, for as long as that is the user's. */
export type Stored<T> = { readonly value: T; holds(): boolean };

/** What all live objects share: listeners, readers, start and end. */
export abstract class LiveObject<Snapshot, Diff, Update> implements Live<Snapshot, Diff> {
  readonly #source: Source<Update>;
  readonly #listeners = new Set<() => void>();
  readonly #readers = new Set<Reader<Diff>>();
  #ready = deferred<void>();
  #snapshot: Snapshot;
  #stop: (() => void) | undefined;
  #status: Status = "idle";
  #stale: boolean;
  #filled: boolean;
  #error: AlcoveError | undefined;
  /** Once started, it hears of another account by itself. */
  #holds: (() => boolean) | undefined;

  constructor(source: Source<Update>, snapshot: Snapshot, stored: Pick<Stored<Snapshot>, "holds"> | undefined) {
    this.#source = source;
    this.#snapshot = snapshot;
    this.#holds = stored?.holds;
    this.#stale = this.#filled = stored !== undefined;
    this.#ready.promise.catch(() => {});
  }

  readonly getSnapshot = (): Snapshot => {
    this.#outlive();
    return this.#snapshot;
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    const own = () => listener(); // so that subscribing twice counts twice
    this.#listeners.add(own);
    this.start();
    return () => void this.#listeners.delete(own);
  };

  diffs(options?: CallOptions): AsyncIterable<Diff> {
    this.start();
    return diffs<Diff>({
      readers: this.#readers,
      whole: () => (this.#filled ? this.whole(this.#snapshot) : undefined),
      squash: (a, b) => this.squash(a, b),
      ended: () => (this.#status === "closed" ? true : this.#status === "ended" ? (this.#error ?? true) : false),
      signal: options?.signal,
    });
  }

  get ready(): Promise<void> {
    this.start();
    return this.#ready.promise;
  }

  get stale(): boolean {
    this.#outlive();
    return this.#stale;
  }

  get error(): AlcoveError | undefined {
    return this.#error;
  }

  close(): void {
    if (this.#status === "closed") return;
    this.#status = "closed";
    this.#stop?.();
    this.#ready.reject(aborted());
    this.#tell();
    this.#listeners.clear();
  }

  /** heard says whether anybody listens. */
  protected get heard(): boolean {
    return this.#listeners.size > 0 || this.#readers.size > 0;
  }

  /** started says whether anybody asked for updates yet. */
  protected get started(): boolean {
    return this.#stop !== undefined;
  }

  /** fed waits until what is shown is of the running core. */
  protected async fed(signal?: AbortSignal): Promise<void> {
    for await (const _ of this.diffs({ signal })) if (!this.#stale) return;
    throw aborted(signal);
  }

  protected start(): void {
    if (this.#status !== "idle") return;
    this.#outlive();
    this.#holds = undefined;
    this.#status = "running";
    const stop = this.#source({
      next: (update, fresh) => this.#next(update, fresh),
      stall: (error, update) => this.#stall(error, update),
      end: (error, clear) => this.#end(error, clear ?? false),
      clear: () => this.#clear(),
    });
    if ((this.#status as Status) === "closed") stop();
    else this.#stop = stop;
  }

  /** apply returns the state after the update, and the diff that leads there. */
  protected abstract apply(update: Update, before: Snapshot, fresh: boolean): { after: Snapshot; diff: Diff };
  /** whole says the whole state as a diff. */
  protected abstract whole(snapshot: Snapshot): Diff | undefined;
  /** squash puts two diffs into one; undefined where the whole state is shorter. */
  protected abstract squash(a: Diff, b: Diff): Diff | undefined;
  /** empty is the state that shows nothing. */
  protected abstract empty(): Snapshot;

  /** outlive drops what was stored of another account than the present one. */
  #outlive(): void {
    if (!this.#holds || this.#holds()) return;
    this.#holds = undefined;
    this.#clear();
  }

  #next(update: Update, fresh: boolean): void {
    this.#show(update, fresh);
    if (this.#status === "ended") this.#ready = deferred();
    this.#status = "running";
    this.#stale = false;
    this.#error = undefined;
    this.#ready.resolve();
    this.#tell();
  }

  #show(update: Update, fresh: boolean): void {
    const { after, diff } = this.apply(update, this.#snapshot, fresh);
    this.#snapshot = after;
    this.#filled = true;
    for (const reader of this.#readers) reader.push(diff);
  }

  #stall(error?: AlcoveError, update?: Update): void {
    if (update !== undefined) this.#show(update, false);
    this.#stale = this.#filled;
    this.#error = error;
    this.#tell();
  }

  #end(error: AlcoveError | undefined, clear: boolean): void {
    this.#status = "ended";
    this.#error = error;
    if (clear) this.#clear();
    if (error) this.#ready.reject(error);
    else this.#ready.resolve();
    this.#tell();
  }

  #clear(): void {
    this.#snapshot = this.empty();
    this.#filled = this.#stale = false;
    this.#tell();
  }

  #tell(): void {
    for (const reader of this.#readers) reader.wake();
    for (const listener of [...this.#listeners]) {
      try {
        listener();
      } catch (error) {
        reportError(error);
      }
    }
  }
}

export class ListObject<T extends Keyed>
  extends LiveObject<readonly T[], readonly Op<T>[], ListUpdate<T>>
  implements LiveList<T>
{
  #total: number;

  constructor(source: Source<ListUpdate<T>>, stored?: Stored<readonly T[]>) {
    super(source, stored?.value ?? [], stored);
    this.#total = stored?.value.length ?? 0;
  }

  get total(): number {
    this.getSnapshot();
    return this.#total;
  }

  protected override apply(update: ListUpdate<T>, before: readonly T[]) {
    const { items, ops } = applyOps(before, update.ops);
    this.#total = update.total;
    return { after: sameItems(before, items) ? before : items, diff: ops };
  }

  protected override whole(items: readonly T[]): readonly Op<T>[] {
    return [{ op: "reset", index: 0, items }];
  }

  protected override squash(a: readonly Op<T>[], b: readonly Op<T>[]) {
    const longer = a.length + b.length > Math.max(100, this.getSnapshot().length);
    return longer || b.some((op) => op.op === "reset") ? undefined : [...a, ...b];
  }

  protected override empty(): readonly T[] {
    this.#total = 0;
    return [];
  }
}

function sameItems<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

export class ValueObject<T> extends LiveObject<T | undefined, T, T> implements LiveValue<T> {
  constructor(source: Source<T>) {
    super(source, undefined, undefined);
  }

  protected override apply(update: T, before: T | undefined) {
    const after = share(before, update);
    return { after, diff: after };
  }

  protected override whole(value: T | undefined): T | undefined {
    return value;
  }

  protected override squash(_: T, b: T): T {
    return b;
  }

  protected override empty(): undefined {
    return undefined;
  }
}
