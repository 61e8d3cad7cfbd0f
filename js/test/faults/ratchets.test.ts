// That what must not happen would be noticed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, none } from "./ratchets.js";
import type { Tapped } from "./server.js";

const message = (session_id: string, index: readonly number[], text: number) =>
  JSON.stringify({ session_id, ciphertext: Buffer.from([3, 8, ...index, 0x12, 1, text]).toString("base64") });
const heard = (path: string, body: string, status = 200): Tapped => ({ path, body, status, answer: "" });
const nothing = { sent: [], shared: [], uploads: [] };

test("a retry, another index and another session are as they should be", () => {
  const sent = [heard("/1", message("a", [5], 1)), heard("/1", message("a", [5], 1)), heard("/2", message("a", [0x85, 1], 2)), heard("/3", message("b", [5], 3))];
  assert.deepEqual(judge({ ...nothing, sent, shared: [heard("/4", "{}")], uploads: [heard("/5", "{}")] }), none);
});

test("an index that encrypts twice, a retry with other bytes and a refused upload are counted", () => {
  const sent = [heard("/1", message("a", [0x85, 1], 1)), heard("/2", message("a", [0x85, 1], 2))];
  assert.deepEqual(judge({ ...nothing, sent }), { ...none, reused: 1 });
  assert.deepEqual(judge({ ...nothing, sent: [heard("/1", message("a", [1], 1)), heard("/1", message("a", [2], 1))] }), { ...none, changed: 1 });
  assert.deepEqual(judge({ ...nothing, shared: [heard("/1", "{}"), heard("/1", "{ }")] }), { ...none, changed: 1 });
  assert.deepEqual(judge({ ...nothing, uploads: [heard("/1", "{}", 400), heard("/1", "{}")] }), { ...none, conflicts: 1 });
});
