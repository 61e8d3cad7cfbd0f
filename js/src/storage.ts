import type { StorageStatus } from "./api.js";
import { errorInfo } from "./error.js";
import type { AlcoveError } from "./error.js";
import { ValueObject } from "./live.js";
import type { LiveValue, Sink, Source } from "./live.js";

/** The database, and what the browser says of the site's storage. */
export type StorageSnapshot = Omit<StorageStatus, "sentinel"> & {
  /** False where the browser may clear it when space is short; absent where it does not say. */
  readonly persisted?: boolean;
  /**
   * About how many bytes the whole site uses, and how many it may. Browsers
   * round both, and a disk may be full long before. Looked at now and then
   * while somebody listens; absent where the browser does not say.
   */
  readonly usage?: number;
  readonly quota?: number;
};

/** The live state of what is stored. */
export interface LiveStorage extends LiveValue<StorageSnapshot> {
  /** Asks the browser to keep what is stored; resolves with its answer. Done at sign-in already. */
  persist(): Promise<boolean>;
}

const estimateMs = 60_000;

export type StorageOptions = {
  readonly source: Source<StorageStatus>;
  /** Takes what is to be kept outside of the database. */
  keep(sentinel: string): void;
};

/** StorageObject runs as long as the client does, because what it keeps for the core must not be missed. */
export class StorageObject extends ValueObject<StorageSnapshot> implements LiveStorage {
  readonly #merge: Merge;

  constructor(options: StorageOptions) {
    const merge = new Merge(options, () => this.heard);
    super((sink) => merge.start(sink));
    this.#merge = merge;
    this.start();
  }

  /** failed shows that there is no core because of its storage. */
  failed(error: AlcoveError | undefined): void {
    if (error?.code.startsWith("storage.")) this.#merge.add({ failure: error });
  }

  async persist(): Promise<boolean> {
    const persisted = (await globalThis.navigator?.storage?.persist?.().catch(() => false)) ?? false;
    this.#merge.add({ persisted });
    return persisted;
  }
}

type Known = { persisted?: boolean; usage?: number; quota?: number; failure?: AlcoveError };

/** Merge adds what the browser says to what the core says. */
class Merge {
  readonly #options: StorageOptions;
  readonly #heard: () => boolean;
  #sink: Sink<StorageSnapshot> | undefined;
  #status: StorageStatus | undefined;
  #known: Known = {};

  constructor(options: StorageOptions, heard: () => boolean) {
    this.#options = options;
    this.#heard = heard;
  }

  start(sink: Sink<StorageSnapshot>): () => void {
    this.#sink = sink;
    globalThis.navigator?.storage?.persisted?.().then((persisted) => this.add({ persisted }), () => {});
    const timer = setInterval(() => this.#heard() && this.#estimate(), estimateMs);
    const stop = this.#options.source({
      next: (status) => this.#next(status),
      stall: (error) => sink.stall(error),
      end: (error, clear) => sink.end(error, clear),
      clear: () => sink.clear(),
    });
    return () => {
      clearInterval(timer);
      stop();
    };
  }

  add(known: Known): void {
    this.#known = { ...this.#known, ...known };
    this.#show();
  }

  #next(status: StorageStatus): void {
    // One that is not open says nothing of what was in it.
    if (status.open) this.#options.keep(status.sentinel ?? "");
    this.#status = status;
    delete this.#known.failure;
    this.#show();
    this.#estimate();
  }

  #estimate(): void {
    globalThis.navigator?.storage?.estimate?.().then(({ usage, quota }) => {
      this.add({ ...(usage !== undefined && { usage }), ...(quota !== undefined && { quota }) });
    }, () => {});
  }

  #show(): void {
    const { failure, ...known } = this.#known;
    if (failure) {
      const { full = false, lost } = this.#status ?? {};
      this.#sink?.next({ open: false, full, ...(lost && { lost }), ...known, error: errorInfo(failure) }, false);
    } else if (this.#status) {
      const { sentinel: _, ...status } = this.#status;
      this.#sink?.next({ ...status, ...known }, false);
    }
  }
}
