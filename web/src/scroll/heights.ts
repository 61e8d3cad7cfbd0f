// How tall the rows of a long list are: measured where they were rendered,
// estimated elsewhere. Pure; it never touches the DOM.

export type Range = { readonly start: number; readonly end: number };

export class Heights {
  readonly #measured = new Map<string, number>();
  #keys: readonly string[] = [];
  #tops = new Float64Array(1);
  #dirtyFrom = 0;
  #sum = 0;

  readonly #initial: number;

  /** @param initial the height of a row of which nothing is known */
  constructor(initial: number) {
    this.#initial = initial;
  }

  /** Replaces the rows. Heights of keys that stay are kept. */
  setKeys(keys: readonly string[]): void {
    this.#keys = keys;
    this.#tops = new Float64Array(keys.length + 1);
    this.#dirtyFrom = 0;
  }

  get length(): number {
    return this.#keys.length;
  }

  /** Records a measured height; returns whether it differs from what was known. */
  measure(index: number, height: number): boolean {
    const key = this.#keys[index];
    if (key === undefined) return false;
    const before = this.#measured.get(key);
    if (before !== undefined && Math.abs(before - height) < 0.5) return false;
    this.#sum += height - (before ?? 0);
    this.#measured.set(key, height);
    this.#dirtyFrom = Math.min(this.#dirtyFrom, index);
    return true;
  }

  /** Distance from the top of the list to the top of a row; of the whole list for `length`. */
  top(index: number): number {
    this.#compute();
    return this.#tops[Math.max(0, Math.min(index, this.length))] ?? 0;
  }

  get total(): number {
    return this.top(this.length);
  }

  /** The row at a distance from the top. */
  at(distance: number): number {
    this.#compute();
    let low = 0;
    let high = this.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#tops[middle] ?? 0) <= distance) low = middle;
      else high = middle - 1;
    }
    return Math.max(0, low);
  }

  /** The rows that meet a stretch of the list. */
  range(from: number, to: number): Range {
    if (this.length === 0) return { start: 0, end: 0 };
    return { start: this.at(Math.max(0, from)), end: this.at(Math.max(0, to)) + 1 };
  }

  #compute(): void {
    if (this.#dirtyFrom >= this.length) return;
    const guess = this.#measured.size ? this.#sum / this.#measured.size : this.#initial;
    let top = this.#tops[this.#dirtyFrom] ?? 0;
    for (let i = this.#dirtyFrom; i < this.length; i++) {
      this.#tops[i] = top;
      top += this.#measured.get(this.#keys[i] ?? "") ?? guess;
    }
    this.#tops[this.length] = top;
    this.#dirtyFrom = this.length;
  }
}
