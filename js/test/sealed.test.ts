import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { openView, viewKey } from "../src/sealed.js";

/** The core's own examples: one sealed form for both sides. */
type Vector = { readonly [Key in "kind" | "key" | "store" | "recordKey" | "plain" | "sealed"]: string };

const vectors = JSON.parse(readFileSync(new URL("../../wasm/seal/testdata/vectors.json", import.meta.url), "utf8")) as Vector[];
const views = vectors.filter(({ kind, store }) => kind === "view" && store === "view");
const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"));

test("there are examples of both sides", () => {
  assert.ok(views.length > 1);
});

for (const { recordKey, sealed, plain, key } of views) {
  test(`${Buffer.from(recordKey, "hex")} (${plain.length / 2} bytes) opens, and nothing else does`, async () => {
    const opener = await viewKey(bytes(key));
    assert.deepEqual(await openView(opener, bytes(recordKey), bytes(sealed)), bytes(plain));
    const good = bytes(sealed);
    for (let at = 0; at < good.length; at++) {
      const bad = Uint8Array.from(good);
      bad[at] = (bad[at] ?? 0) ^ (1 << at % 8);
      await assert.rejects(openView(opener, bytes(recordKey), bad));
    }
    for (let length = 0; length < good.length; length++) await assert.rejects(openView(opener, bytes(recordKey), good.slice(0, length)));
    await assert.rejects(openView(opener, bytes(`${recordKey}00`), good), "the value of another record");
    await assert.rejects(openView(await viewKey(new Uint8Array(32)), bytes(recordKey), good), "another key");
  });
}

test("what is sealed with the other key, or not at all, is none", async () => {
  const opener = await viewKey(new Uint8Array(32));
  const data = vectors.find(({ kind }) => kind === "data");
  for (const value of [bytes(data?.sealed ?? ""), new TextEncoder().encode('{"v":1}'), '{"v":1}', null, undefined, {}, new Uint8Array()]) {
    await assert.rejects(openView(opener, new TextEncoder().encode("session"), value));
  }
});

test("the bytes of a key are gone when it has been made", async () => {
  const raw = crypto.getRandomValues(new Uint8Array(32));
  const key = await viewKey(raw);
  assert.deepEqual(raw, new Uint8Array(32));
  assert.equal(key.extractable, false);
});
