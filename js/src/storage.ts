import type { StorageStatus } from "./api.js";
import { ValueObject } from "./live.js";
import type { LiveValue, Sink, Source } from "./live.js";

/** The database, and whether the browser promised to keep it. */
export type StorageSnapshot = StorageStatus & {
  /** False where the browser may clear it when space is short; absent where it does not say. */
  readonly persisted?: boolean;
};

/** The live state of what is stored. */
export interface LiveStorage extends LiveValue<StorageSnapshot> {
  /** Asks the browser to keep what is stored; resolves with its answer. Done at sign-in already. */
  persist(): Promise<boolean>;
}

export class StorageObject extends ValueObject<StorageSnapshot> implements LiveStorage {
  readonly #answer: (persisted: boolean) => void;

  constructor(source: Source<StorageStatus>) {
    const merge = new Merge();
    super((sink) => merge.start(sink, source));
    this.#answer = (persisted) => merge.answer(persisted);
  }

  async persist(): Promise<boolean> {
    const kept = (await globalThis.navigator?.storage?.persist?.().catch(() => false)) ?? false;
    this.#answer(kept);
    return kept;
  }
}

/** Merge adds the browser's answer to what the core says. */
class Merge {
  #sink: Sink<StorageSnapshot> | undefined;
  #status: StorageStatus | undefined;
  #persisted: boolean | undefined;

  start(sink: Sink<StorageSnapshot>, source: Source<StorageStatus>): () => void {
    this.#sink = sink;
    globalThis.navigator?.storage?.persisted?.().then((kept) => this.answer(kept), () => {});
    return source({
      next: (status) => {
        this.#status = status;
        this.#show();
      },
      stall: (error) => sink.stall(error),
      end: (error, clear) => sink.end(error, clear),
      clear: () => sink.clear(),
    });
  }

  answer(persisted: boolean): void {
    this.#persisted = persisted;
    this.#show();
  }

  #show(): void {
    if (!this.#status) return;
    const persisted = this.#persisted === undefined ? {} : { persisted: this.#persisted };
    this.#sink?.next({ ...this.#status, ...persisted }, false);
  }
}
