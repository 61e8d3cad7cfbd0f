import type { CryptoReason, EncryptionStatus, EventCrypto } from "alcove";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { encryptionNotice, sayFailure, sayHint, sayShield } from "../src/crypto.js";
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
    assert.equal(sayHint({ state: "failed", ...because }, "verified"), "");
    assert.equal(sayShield({ state: "decrypted", shield: "red", ...because }), t.encryption.timeline.shields.red);
    assert.equal(sayShield({ state: "decrypted", ...because }), undefined);
  }
});

test("who handed a key on is named, unless there is something worse", () => {
  const shared: EventCrypto = { state: "decrypted", shield: "grey", reason: "keyUnproven", sharedBy: "@ann:b" };
  assert.match(sayShield(shared) ?? "", /^@ann:b /);
  assert.equal(sayShield({ ...shared, shield: "red", reason: "identityChanged" }), warnings["identityChanged"]);
});

test("what to do depends on whether this device is verified", () => {
  const hint = (reason: CryptoReason, identity: EncryptionStatus["identity"]) => sayHint({ state: "failed", reason }, identity);
  assert.equal(hint("keyMissing", "unverified"), hints.verify);
  assert.equal(hint("keyMissing", "verified"), hints.wait);
  assert.equal(hint("keyLater", "verified"), hints.restore);
  assert.equal(hint("keyUnverified", "unverified"), hints.verify);
  assert.equal(hint("keyUnverified", "verified"), hints.ask);
  assert.equal(hint("keyBlocked", "unverified"), hints.ask);
  assert.equal(hint("forged", "unverified"), "");
});

test("one thing about encryption is asked of the user, the most pressing one", () => {
  const ready: EncryptionStatus = { available: true, identity: "verified", recovery: true, backup: "on" };
  const cases: readonly (readonly [Partial<EncryptionStatus>, ReturnType<typeof encryptionNotice>])[] = [
    [{}, undefined],
    [{ identity: "unknown", recovery: false, backup: "unknown" }, undefined],
    [{ identity: "none", recovery: false, backup: "none" }, "setUp"],
    [{ recovery: false }, "setUp"],
    [{ backup: "none" }, "setUp"],
    [{ backup: "unknown" }, undefined],
    [{ backup: "off" }, undefined],
    [{ identity: "unverified", backup: "untrusted" }, "unverified"],
    [{ identity: "unverified", conflict: true }, "conflict"],
    [{ available: false, identity: "none" }, undefined],
  ];
  for (const [change, notice] of cases) assert.equal(encryptionNotice({ ...ready, ...change }), notice, JSON.stringify(change));
  assert.equal(encryptionNotice(undefined), undefined);
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

test("the line above what is unread stands above a row, or nowhere", () => {
  const items = ["m.room.message", "m.key.verification.key", "m.key.verification.done", "m.room.message"].map((type, n) =>
    ({ key: `${n}`, kind: "event" as const, ts: n, event: event(type, {}) }));
  const kinds = (upTo: number) => rowsOf(items.slice(0, upTo), "1").map(({ kind }) => kind);
  assert.deepEqual(kinds(3), ["message"]);
  assert.deepEqual(kinds(4), ["message", "readMarker", "message"]);
});
