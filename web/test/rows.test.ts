import type { Change, ChangeKind, EventItem, TimelineItem } from "alcove";
import assert from "node:assert/strict";
import { test } from "node:test";
import { rowsOf } from "../src/rows.js";
import { sayBody, sayChange, textOf } from "../src/sentences.js";

let keys = 0;
const item = (sender: string, minute: number, rest: Partial<EventItem> = {}): TimelineItem => ({
  key: `k${keys++}`, kind: "event", ts: minute * 60_000,
  event: { sender: { id: sender, name: sender }, type: "m.room.message", content: {}, ...rest },
});
const joined = (sender: string, minute: number) => item(sender, minute, { type: "m.room.member", change: { kind: "joined" } });

test("messages of one sender within five minutes share a heading", () => {
  const rows = rowsOf([item("a", 0), item("a", 4), item("a", 10), item("b", 11), { key: "d", kind: "day" }, item("b", 12)]);
  assert.deepEqual(rows.map((row) => row.kind === "message" && row.lead), [true, false, true, true, false, true]);
});

test("changes in a row are one row, with the key of its first", () => {
  const items = [item("a", 0), joined("b", 1), joined("c", 2), item("a", 3), joined("d", 4)];
  const rows = rowsOf(items);
  assert.deepEqual(rows.map((row) => row.kind), ["message", "changes", "message", "changes"]);
  assert.equal(rows[1]?.key, items[1]?.key);
});

test("the line above what was unread stays when the core's own is gone", () => {
  const items = [item("a", 0), joined("b", 1), joined("c", 2), item("a", 3)];
  const marked = [...items.slice(0, 2), { key: "m", kind: "readMarker" as const }, ...items.slice(2)];
  const kinds = ["message", "changes", "readMarker", "changes", "message"];
  assert.deepEqual(rowsOf(marked, items[2]?.key).map((row) => row.kind), kinds);
  assert.deepEqual(rowsOf(items, items[2]?.key).map((row) => row.kind), kinds);
  assert.deepEqual(rowsOf(items, "gone").map((row) => row.kind), ["message", "changes", "message"]);
});

test("every kind of change has a sentence, one that is not known too", () => {
  const kinds: ChangeKind[] = ["joined", "left", "invited", "profileName", "roomName", "roomTopic", "alias", "joinRules", "historyVisibility", "guestAccess", "serverACL", "otherState"];
  for (const kind of [...kinds, "later" as ChangeKind]) {
    for (const change of [{ kind }, { kind, after: "constructor", before: "", reason: "why" }] satisfies Change[]) {
      const sentence = sayChange({ id: "@a:b", name: "Ann" }, change);
      assert.ok(sentence.includes("Ann") || kind === "profileName", sentence);
      assert.ok(!sentence.includes("undefined") && !sentence.includes("native code"), sentence);
    }
  }
});

test("contents of any shape become text", () => {
  for (const content of [null, 1, "x", [], {}, { body: 1 }, { msgtype: {}, body: ["x"] }]) assert.equal(textOf(content).body, "");
  assert.equal(sayBody("m.room.message", "constructor", "x"), "x");
  assert.equal(sayBody("m.room.message", "m.image", "a.jpg"), "Image: a.jpg");
});
