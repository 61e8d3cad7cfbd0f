// Live objects without a core.
import type { Live, LiveList, Op } from "alcove";

export class Box<S, D = S> implements Live<S, D> {
  readonly ready = Promise.resolve();
  error: Live<S, D>["error"] = undefined;
  stale = false;
  #value: S;
  readonly #listeners = new Set<() => void>();

  constructor(value: S) {
    this.#value = value;
  }

  readonly getSnapshot = (): S => this.#value;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  async *diffs(): AsyncIterable<D> {
    throw new Error("the fake client has no diffs");
  }

  put(value: S): void {
    this.#value = value;
    this.#tell();
  }

  setStale(stale: boolean): void {
    this.stale = stale;
    this.#tell();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  close(): void {
    this.#listeners.clear();
  }
}

export class ListBox<T> extends Box<readonly T[], readonly Op<T>[]> implements LiveList<T> {
  total: number;

  constructor(items: readonly T[], total = items.length) {
    super(items);
    this.total = total;
  }
}
