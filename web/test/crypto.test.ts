import type { CryptoReason, EventCrypto } from "alcove";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { sayFailure, sayHint, sayShield } from "../src/crypto.js";
import { rowsOf } from "../src/rows.js";
import { sayEvent } from "../src/sentences.js";
import { t } from "../src/messages.js";

const { failures, warnings, hints } = t.encryption.timeline;

/** The reasons as the package declares them. */
const declared = [.../export type CryptoReason =([\s\S]*?);/.exec(readFileSync(new URL("../../js/src/api.ts", import.meta.url), "utf8"))?.[1]?.matchAll(/\| "(\w+)"/g) ?? []].map(([, name]) => name as CryptoReason);

test("every reason has words of its own, for either failures or warnings", () => {
  assert.ok(declared.length > 10);
  assert.deepEqual([...Object.keys(failures), ...Object.keys(warnings)].sort(), [...declared].sort());
});

test("a reason that is not known yet falls back on what is", () => {
  for (const reason of [undefined, "later", "constructor"] as (CryptoReason | undefined)[]) {
    const because = reason ? { reason } : {};
    assert.equal(sayFailure({ state: "failed", ...because }), t.encryption.timeline.failed);
    assert.equal(sayHint({ state: "failed", ...because }), "");
    assert.equal(sayShield({ state: "decrypted", shield: "red", ...because }), t.encryption.timeline.shields.red);
    assert.equal(sayShield({ state: "decrypted", ...because }), undefined);
  }
});

test("what to do depends on the reason", () => {
  const hint = (reason: CryptoReason) => sayHint({ state: "failed", reason });
  assert.equal(hint("keyMissing"), hints.wait);
  assert.equal(hint("keyLater"), hints.restore);
  assert.equal(hint("keyBlocked"), hints.ask);
  assert.equal(hint("forged"), "");
});

const event = (type: string, content: object, crypto?: EventCrypto) =>
  ({ sender: { id: "@a:b", name: "Ann" }, type, content: content as Record<string, string>, ...(crypto && { crypto }) });

test("what cannot be read is read out as that, and a request to verify as one", () => {
  assert.equal(sayEvent(event("m.room.encrypted", {}, { state: "failed", reason: "keyMissing" })), failures["keyMissing"]);
  assert.equal(sayEvent(event("m.room.message", { msgtype: "m.key.verification.request", body: "verify me" })), t.encryption.timeline.verification);
});

test("the steps of a verification in a room are no rows", () => {
  const items = ["m.key.verification.start", "m.room.message", "m.key.verification.done"].map((type, n) =>
    ({ key: `k${n}`, kind: "event" as const, ts: n, event: event(type, {}) }));
  assert.deepEqual(rowsOf(items).map(({ key }) => key), ["k1"]);
  assert.deepEqual(rowsOf(items, "k0").map(({ kind }) => kind), ["readMarker", "message"]);
});
