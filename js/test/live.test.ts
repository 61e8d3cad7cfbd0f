import assert from "node:assert/strict";
import { test } from "node:test";
import type { ListUpdate, Op } from "../src/api.js";
import { AlcoveError, died } from "../src/error.js";
import { applyOps } from "../src/list.js";
import { ListObject, ValueObject } from "../src/live.js";
import type { Sink } from "../src/live.js";
import { turns } from "./fakecore.js";

type Item = { readonly key: string; readonly text: string };

const item = (key: string, text = key): Item => ({ key, text });
const reset = (...items: Item[]): ListUpdate<Item> => ({ ops: [{ op: "reset", index: 0, items }], total: items.length });
const insert = (index: number, one: Item): ListUpdate<Item> => ({ ops: [{ op: "insert", index, item: one }], total: 0 });

function list(stored?: readonly Item[]) {
  let sink: Sink<ListUpdate<Item>> | undefined;
  let stops = 0;
  const live = new ListObject<Item>((to) => {
    sink = to;
    return () => stops++;
  }, stored && { value: stored, holds: () => true });
  return {
    live,
    sink: (): Sink<ListUpdate<Item>> => sink ?? assert.fail("not started"),
    started: () => sink !== undefined,
    stops: () => stops,
  };
}

test("it starts with the first subscriber, the first diffs or the first wait", () => {
  for (const start of [
    (live: ListObject<Item>) => live.subscribe(() => {}),
    (live: ListObject<Item>) => live.diffs(),
    (live: ListObject<Item>) => live.ready,
  ]) {
    const { live, started } = list();
    live.getSnapshot();
    assert.equal(started(), false);
    start(live);
    assert.equal(started(), true);
  }
});

test("the snapshot is the same object until something changes", () => {
  const { live, sink } = list();
  const snapshots: (readonly Item[])[] = [];
  live.subscribe(() => snapshots.push(live.getSnapshot()));
  sink().next(reset(item("a"), item("b")), true);
  const first = live.getSnapshot();
  assert.equal(live.getSnapshot(), first);
  sink().next(reset(item("a"), item("b")), true);
  assert.equal(live.getSnapshot(), first, "an equal reset changes nothing");
  sink().next({ ops: [{ op: "set", index: 1, item: item("b", "new") }], total: 2 }, false);
  assert.notEqual(live.getSnapshot(), first);
  assert.equal(live.getSnapshot()[0], first[0]);
  assert.equal(snapshots.length, 3);
});

test("getSnapshot and subscribe work without their object", () => {
  const { live, sink } = list();
  const { getSnapshot, subscribe } = live;
  let calls = 0;
  const leave = subscribe(() => calls++);
  sink().next(reset(item("a")), true);
  assert.deepEqual(getSnapshot(), [item("a")]);
  leave();
  leave();
  sink().next(reset(), false);
  assert.equal(calls, 1);
});

test("a listener that throws does not keep the others from hearing", (t) => {
  const reported: unknown[] = [];
  Object.assign(globalThis, { reportError: (error: unknown) => reported.push(error) });
  t.after(() => Reflect.deleteProperty(globalThis, "reportError"));
  const { live, sink } = list();
  let heard = false;
  live.subscribe(() => {
    throw new Error("listener");
  });
  live.subscribe(() => (heard = true));
  sink().next(reset(), true);
  assert.ok(heard);
  assert.equal(reported.length, 1);
});

test("a stored list is stale until the core's is there", async () => {
  const stored = [item("a"), item("b")];
  const { live, sink } = list(stored);
  assert.equal(live.stale, true);
  assert.equal(live.getSnapshot(), stored);
  const ready = live.ready;
  sink().next(reset(item("a"), item("c")), true);
  await ready;
  assert.equal(live.stale, false);
  assert.equal(live.getSnapshot()[0], stored[0]);
});

test("while the core restarts, the last snapshot stays and is stale", () => {
  const { live, sink } = list();
  live.subscribe(() => {});
  sink().next(reset(item("a")), true);
  const before = live.getSnapshot();
  sink().stall(died("the test"));
  assert.equal(live.stale, true);
  assert.equal(live.error?.code, "core.died");
  assert.equal(live.getSnapshot(), before);
  sink().next(reset(item("a")), true);
  assert.equal(live.stale, false);
  assert.equal(live.error, undefined);
  assert.equal(live.getSnapshot(), before);
});

test("a list that fails says so; what belongs to nobody signed in is cleared", async () => {
  const { live, sink } = list();
  const ready = live.ready;
  sink().next(reset(item("a")), true);
  await ready;
  sink().end(new AlcoveError("session.missing", ""), true);
  assert.deepEqual(live.getSnapshot(), []);
  assert.equal(live.error?.code, "session.missing");
  sink().next(reset(item("b")), true);
  assert.equal(live.error, undefined);
  await live.ready;
});

test("ready rejects where the object fails or is closed first", async () => {
  const failed = list();
  const waiting = failed.live.ready;
  failed.sink().end(new AlcoveError("room.unknown", ""));
  await assert.rejects(waiting, { code: "room.unknown" });
  const closed = list();
  const ready = closed.live.ready;
  closed.live.close();
  await assert.rejects(ready, { code: "call.aborted" });
});

test("close stops the source once, and is the last that is heard", () => {
  const { live, sink, stops } = list();
  let calls = 0;
  live.subscribe(() => calls++);
  sink().next(reset(item("a")), true);
  live.close();
  live.close();
  assert.equal(stops(), 1);
  assert.deepEqual(live.getSnapshot(), [item("a")]);
  assert.equal(calls, 2);
});

test("diffs give the whole list and then each change", async () => {
  const { live, sink } = list();
  const got: (readonly Op<Item>[])[] = [];
  const reading = (async () => {
    for await (const ops of live.diffs()) got.push(ops);
  })();
  await turns();
  assert.equal(got.length, 0, "nothing is known yet");
  sink().next(reset(item("a")), true);
  await turns();
  sink().next(insert(0, item("b")), false);
  await turns();
  assert.deepEqual(got.map((ops) => ops.map((op) => op.op)), [["reset"], ["insert"]]);
  live.close();
  await reading;
});

test("a slow reader gets changes squashed and ends up with the same list", async () => {
  const { live, sink } = list();
  const reader = live.diffs()[Symbol.asyncIterator]();
  const first = reader.next();
  await turns();
  sink().next(reset(item("a")), true);
  let mine: readonly Item[] = applyOps<Item>([], (await first).value as Op<Item>[]).items;
  for (let n = 0; n < 5; n++) sink().next(insert(0, item(`few${n}`)), false);
  const read = async () => ((await reader.next()).value ?? []) as readonly Op<Item>[];
  const few = await read();
  assert.equal(few.length, 5);
  mine = applyOps(mine, few).items;
  assert.deepEqual(mine, live.getSnapshot());
  for (let n = 0; n < 500; n++) sink().next({ ops: [{ op: "set", index: 2, item: item(`many${n}`) }], total: 0 }, false);
  const many = await read();
  assert.equal(many[0]?.op, "reset");
  mine = applyOps(mine, many).items;
  assert.deepEqual(mine, live.getSnapshot());
  await reader.return?.();
});

test("diffs end with their signal, and throw what the object failed with", async () => {
  const { live, sink } = list();
  const abort = new AbortController();
  const quiet = (async () => {
    for await (const _ of live.diffs({ signal: abort.signal }));
  })();
  const loud = (async () => {
    for await (const _ of live.diffs());
  })();
  await turns();
  abort.abort();
  await quiet;
  sink().end(new AlcoveError("room.unknown", ""));
  await assert.rejects(loud, { code: "room.unknown" });
});

test("a live value keeps what did not change in it", () => {
  type Value = { room: { name: string }; typing: string[] };
  let sink: Sink<Value> | undefined;
  const live = new ValueObject<Value>((to) => {
    sink = to;
    return () => {};
  });
  live.subscribe(() => {});
  assert.equal(live.getSnapshot(), undefined);
  sink?.next({ room: { name: "a" }, typing: [] }, true);
  const before = live.getSnapshot();
  sink?.next({ room: { name: "a" }, typing: [] }, false);
  assert.equal(live.getSnapshot(), before);
  sink?.next({ room: { name: "a" }, typing: ["b"] }, false);
  assert.notEqual(live.getSnapshot(), before);
  assert.equal(live.getSnapshot()?.room, before?.room);
});
