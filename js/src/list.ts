import type { Op } from "./api.js";

/** Keyed is an item that a list can tell from others. */
export type Keyed = { readonly key: string };

/** Event contents nest as deep as their sender likes; comparing stops here. */
const maxDepth = 64;

/**
 * share returns prev where next says the same, and else next with those parts
 * of prev that stayed the same in it. It owns next and changes it.
 */
export function share<T>(prev: unknown, next: T, depth = 0): T {
  if (Object.is(prev, next) || !isTree(prev) || !isTree(next) || depth > maxDepth) return next;
  if (Array.isArray(prev) !== Array.isArray(next)) return next;
  const keys = Object.keys(next);
  let same = keys.length === Object.keys(prev).length;
  for (const key of keys) {
    const before = Object.hasOwn(prev, key) ? prev[key] : undefined;
    const after = share(before, next[key], depth + 1);
    if (after !== before) same = false;
    // An own member already, so even "__proto__" from JSON stays a plain one.
    else (next as Record<string, unknown>)[key] = after;
  }
  return same ? (prev as T) : next;
}

function isTree(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/**
 * applyOps returns the list after the operations, and the operations with
 * their items replaced by equal ones that the list had before. It throws a
 * RangeError where an index is outside the list.
 */
export function applyOps<T extends Keyed>(before: readonly T[], ops: readonly Op<T>[]): Applied<T> {
  const step = new Step(before);
  const done = ops.map((op) => step.apply(op));
  return { items: step.items, ops: done };
}

export type Applied<T> = { items: readonly T[]; ops: readonly Op<T>[] };

/** Step is one batch of operations on its way into a copy of the list. */
class Step<T extends Keyed> {
  items: T[];
  /** What was touched in this batch, as it was before: a move is a remove and an insert. */
  readonly #touched = new Map<string, T>();

  constructor(before: readonly T[]) {
    this.items = before.slice();
  }

  apply(op: Op<T>): Op<T> {
    switch (op.op) {
      case "reset":
        return this.#reset(op.items ?? []);
      case "insert": {
        const item = this.#known(this.#need(op.item));
        this.#check(op.index, this.items.length);
        this.items.splice(op.index, 0, item);
        return { op: "insert", index: op.index, item };
      }
      case "set": {
        this.#touch(this.#at(op.index));
        const item = this.#known(this.#need(op.item));
        this.items[op.index] = item;
        return { op: "set", index: op.index, item };
      }
      case "remove": {
        this.#touch(this.#at(op.index));
        this.items.splice(op.index, 1);
        return { op: "remove", index: op.index };
      }
    }
  }

  #reset(items: readonly T[]): Op<T> {
    for (const item of this.items) this.#touch(item);
    this.items = items.map((item) => this.#known(item));
    return { op: "reset", index: 0, items: this.items.slice() };
  }

  #touch(item: T): void {
    if (!this.#touched.has(item.key)) this.#touched.set(item.key, item);
  }

  #known(item: T): T {
    return share(this.#touched.get(item.key), item);
  }

  #at(index: number): T {
    this.#check(index, this.items.length - 1);
    return this.#need(this.items[index]);
  }

  #check(index: number, last: number): void {
    if (!(index >= 0 && index <= last)) throw new RangeError(`no item ${index} in a list of ${last + 1}`);
  }

  #need(item: T | undefined): T {
    if (!item) throw new RangeError("an operation without its item");
    return item;
  }
}
