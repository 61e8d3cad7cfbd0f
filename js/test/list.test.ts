import assert from "node:assert/strict";
import { test } from "node:test";
import type { Op } from "../src/api.js";
import { applyOps, share } from "../src/list.js";
import { randomFrom } from "./random.js";

type Item = { readonly key: string; readonly body: { readonly n: number; readonly tags: readonly string[] } };

const item = (key: number, n: number): Item => ({ key: `k${key}`, body: { n, tags: ["a", `t${n}`] } });

/** wire is a value as it comes from JSON: equal, never identical. */
const wire = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** naive is the operation as its definition says, on a list of its own. */
function naive(list: Item[], op: Op<Item>): void {
  if (op.op === "reset") list.splice(0, list.length, ...(op.items ?? []));
  else if (op.op === "remove") list.splice(op.index, 1);
  else list.splice(op.index, op.op === "set" ? 1 : 0, op.item as Item);
}

/** randomOp makes a valid operation whose keys stay unique, as the core's do. */
function randomOp(list: readonly Item[], gone: Item[], pick: (below: number) => number, fresh: () => number): Op<Item> {
  const kind = pick(10);
  if (kind === 0) return { op: "reset", index: 0, items: wire(list.filter(() => pick(4) > 0)) };
  if (kind < 5 || list.length === 0) {
    const back = kind === 1 ? gone.pop() : undefined;
    return { op: "insert", index: pick(list.length + 1), item: wire(back ?? item(fresh(), pick(3))) };
  }
  const index = pick(list.length);
  if (kind < 7) {
    gone.push(list[index] as Item);
    return { op: "remove", index };
  }
  const old = list[index] as Item;
  if (kind === 7) return { op: "set", index, item: item(fresh(), 0) };
  return { op: "set", index, item: wire({ ...old, body: item(0, pick(3)).body }) };
}

test("any operations give the list that their definition gives, and keep what did not change", () => {
  for (let seed = 0; seed < 300; seed++) {
    const pick = randomFrom(seed);
    let keys = 0;
    const model: Item[] = [];
    let list: readonly Item[] = [];
    for (let step = 0; step < 20; step++) {
      const before = list;
      const copy = before.slice();
      const gone: Item[] = [];
      const ops: Op<Item>[] = [];
      for (let n = pick(6); n >= 0; n--) {
        const op = randomOp(model, gone, pick, () => ++keys);
        naive(model, wire(op));
        ops.push(op);
      }
      list = applyOps(before, ops).items;
      assert.deepEqual(list, model, `seed ${seed}`);
      assert.deepEqual(before, copy, `seed ${seed}: the list before is left alone`);
      for (const old of before) {
        const same: Item | undefined = list.find((now) => now.key === old.key && now.body.n === old.body.n);
        if (same) assert.equal(same, old, `seed ${seed}: ${old.key} lost its identity`);
      }
    }
  }
});

test("the operations that come out lead to the same list", () => {
  const pick = randomFrom(7);
  let keys = 0;
  const model: Item[] = [];
  let list: readonly Item[] = [];
  const replayed: Item[] = [];
  for (let step = 0; step < 200; step++) {
    const op = randomOp(model, [], pick, () => ++keys);
    naive(model, wire(op));
    const applied = applyOps(list, [op]);
    list = applied.items;
    for (const one of applied.ops) naive(replayed, one);
    assert.ok(replayed.every((one, index) => one === list[index]));
    assert.equal(replayed.length, list.length);
  }
});

test("a move keeps the item", () => {
  const list = [item(1, 1), item(2, 2)];
  const { items } = applyOps(list, [
    { op: "remove", index: 1 },
    { op: "insert", index: 0, item: wire(list[1]) as Item },
  ]);
  assert.equal(items[0], list[1]);
  assert.equal(items[1], list[0]);
});

test("a changed item keeps its unchanged parts", () => {
  const old = { key: "k", event: { content: { body: "hi" }, receipts: [{ id: "a" }] } };
  const next = { key: "k", event: { content: { body: "hi" }, receipts: [{ id: "a" }, { id: "b" }] } };
  const shared = share(old, next);
  assert.notEqual(shared, old);
  assert.equal(shared.event.content, old.event.content);
  assert.equal(shared.event.receipts[0], old.event.receipts[0]);
});

test("operations outside of the list are refused", () => {
  const one = item(1, 1);
  const bad: Op<Item>[] = [
    { op: "remove", index: 1 },
    { op: "remove", index: -1 },
    { op: "remove", index: 0.5 },
    { op: "set", index: 1, item: one },
    { op: "insert", index: 2, item: one },
    { op: "insert", index: 0 },
  ];
  for (const op of bad) assert.throws(() => applyOps([one], [op]), RangeError, JSON.stringify(op));
});

test("hostile content is compared without harm", () => {
  const evil = '{"key":"k","content":{"__proto__":{"polluted":1},"constructor":{"prototype":{}}}}';
  const shared = share(JSON.parse(evil), JSON.parse(evil) as { content: object });
  assert.equal(Object.getPrototypeOf(shared.content), Object.prototype);
  assert.equal(({} as { polluted?: number }).polluted, undefined);
  const changed = share(JSON.parse(evil), JSON.parse(evil.replace("1", "2")) as { content: object });
  assert.equal(Object.getPrototypeOf(changed.content), Object.prototype);

  const deep = "[".repeat(20_000) + "]".repeat(20_000);
  assert.ok(share(JSON.parse(deep), JSON.parse(deep)));
});

test("share agrees with equality", () => {
  const pick = randomFrom(3);
  const value = (depth: number): unknown => {
    const kind = pick(depth > 3 ? 4 : 6);
    if (kind === 0) return null;
    if (kind === 1) return pick(3);
    if (kind === 2) return "text".slice(pick(3));
    if (kind === 3) return pick(2) === 1;
    if (kind === 4) return Array.from({ length: pick(4) }, () => value(depth + 1));
    return Object.fromEntries(Array.from({ length: pick(4) }, () => ["abc__proto__"[pick(3)] as string, value(depth + 1)]));
  };
  for (let n = 0; n < 5_000; n++) {
    const a = value(0);
    const b = pick(2) ? wire(a) : value(0);
    const text = JSON.stringify(b);
    const equal = isEqual(a, b);
    const shared = share(a, b);
    assert.equal(JSON.stringify(shared) === text || equal, true);
    if (equal) assert.equal(shared, a);
  }
});

function isEqual(a: unknown, b: unknown): boolean {
  try {
    assert.deepStrictEqual(a, b);
    return true;
  } catch {
    return false;
  }
}
