// How long the page's thread is held by one frame. No limit is asserted, since
// machines differ; the sizes at which it would matter are.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ListUpdate } from "../src/api.js";
import { ListObject } from "../src/live.js";
import type { Sink } from "../src/live.js";
import { FramePort } from "../src/port.js";
import { turns } from "./fakecore.js";

type Row = { readonly key: string; readonly [more: string]: unknown };

const row = (n: number): Row => ({
  key: `!room${n}:example.org`,
  id: `!room${n}:example.org`,
  membership: "join",
  name: `Room number ${n}`,
  named: { from: "name" },
  avatar: `mxc://example.org/avatar${n}`,
  unread: n % 7,
  highlights: 0,
  tags: [{ name: "m.favourite", order: 0.5 }],
  last: { eventId: `$event${n}`, sender: { id: `@user${n}:example.org`, name: `User ${n}` }, type: "m.room.message", msgType: "m.text", body: "A line that somebody wrote. ".repeat(4), ts: n },
  recency: n,
});

for (const rows of [1_000, 10_000]) {
  test(`a list of ${rows} rows comes, comes again and changes`, async (t) => {
    let sink!: Sink<ListUpdate<Row>>;
    const live = new ListObject<Row>((to) => {
      sink = to;
      return () => {};
    });
    live.subscribe(() => {});
    const port = new FramePort(() => {}, "hash", () => {});
    const updates = port.stream("s", {});
    const took: Record<string, string> = {};
    let seq = 0;
    const apply = async (what: string, next: ListUpdate<Row>) => {
      const text = JSON.stringify({ id: 1, seq: ++seq, next });
      const waiting = updates.next();
      await turns();
      const start = performance.now();
      port.receive(text);
      sink.next((await waiting).value as ListUpdate<Row>, seq === 1);
      took[what] = `${(performance.now() - start).toFixed(1)} ms for ${(text.length / 1024).toFixed(0)} KiB`;
    };
    const all = Array.from({ length: rows }, (_, n) => row(n));
    const reset: ListUpdate<Row> = { ops: [{ op: "reset", index: 0, items: all }], total: rows };
    await apply("first", reset);
    const before = live.getSnapshot();
    await apply("again", reset);
    assert.equal(live.getSnapshot(), before);
    const moves = Array.from({ length: 100 }, (_, n) => [
      { op: "remove" as const, index: rows - 1 },
      { op: "insert" as const, index: 0, item: row(rows - 1 - n) },
    ]).flat();
    await apply("100 moves", { ops: moves, total: rows });
    assert.equal(live.getSnapshot()[0], before[rows - 100]);
    t.diagnostic(JSON.stringify(took));
  });
}
