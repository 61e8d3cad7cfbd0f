// The form of the stored record, made here with another library: what earlier
// versions stored must open for ever.
import assert from "node:assert/strict";
import { createCipheriv, pbkdf2Sync, randomBytes } from "node:crypto";
import { test } from "node:test";
import { relock, uncover, understand } from "../src/keyrecord.js";
import type { KeyRecord } from "../src/keyrecord.js";
import { derive } from "../src/passphrase.js";

const database = "alcove:form";

function wrapped(by: Buffer, key: Buffer, purpose: string): Buffer {
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", by, iv);
  cipher.setAAD(Buffer.from(`alcove-keys\0${database}\0${purpose}`));
  return Buffer.concat([iv, cipher.update(key), cipher.final(), cipher.getAuthTag()]);
}

const keys = { data: randomBytes(32), view: randomBytes(32) };
const kekBytes = randomBytes(32);
const salt = randomBytes(16);
const iterations = 210_000;
const passphraseKey = pbkdf2Sync("Zo\u00eb's", salt, iterations, 32, "sha512");
const lock = { kdf: "PBKDF2", hash: "SHA-512", iterations, salt: new Uint8Array(salt) } as const;

const layers: Record<string, (key: Buffer, purpose: string) => Buffer> = {
  bare: (key) => key,
  "under kek": (key, purpose) => wrapped(kekBytes, key, purpose),
  "under a passphrase": (key, purpose) => wrapped(passphraseKey, key, purpose),
  "under a passphrase, and that under kek": (key, purpose) => wrapped(kekBytes, wrapped(passphraseKey, key, purpose), purpose),
};

for (const [what, layer] of Object.entries(layers)) {
  test(`a record ${what} opens`, async () => {
    const kek = await crypto.subtle.importKey("raw", kekBytes, "AES-GCM", false, ["encrypt", "decrypt"]);
    const of = (purpose: "data" | "view") => new Uint8Array(layer(keys[purpose], purpose));
    const record = understand({ v: 1, ...(what.includes("kek") && { kek }), ...(what.includes("passphrase") && { lock }), data: of("data"), view: of("view") });
    const by = record.lock && (await derive("Zoe\u0308's", record.lock));
    for (const purpose of ["data", "view"] as const) {
      assert.deepEqual(Buffer.from(await uncover(record, database, purpose, by)), keys[purpose]);
      if (by) await assert.rejects(uncover(record, database, purpose), { name: "KeysLocked" });
    }
    const without = await relock(record, database, by);
    assert.deepEqual([without.lock, without.kek], [undefined, record.kek]);
    assert.deepEqual(Buffer.from(await uncover(without, database, "data")), keys.data);
  });
}

test("what is wrong with a passphrase is told from what is wrong with the record", async () => {
  const kek = await crypto.subtle.importKey("raw", kekBytes, "AES-GCM", false, ["encrypt", "decrypt"]);
  const layer = layers["under a passphrase, and that under kek"] as (typeof layers)[string];
  const good = layer(keys.view, "view");
  const record = (view: Buffer, more: Partial<KeyRecord> = {}) => ({ v: 1, kek, lock, data: view, view, ...more }) as KeyRecord;
  const other = await derive("another", { ...lock });
  await assert.rejects(uncover(record(good), database, "view", other), { name: "KeysLocked" });
  good[20] = (good[20] ?? 0) ^ 1;
  await assert.rejects(uncover(record(good), database, "view", other), { name: "KeysLost" });
});

const params: Record<string, object | null> = {
  null: null,
  "another way to derive": { ...lock, kdf: "argon2" },
  "another hash": { ...lock, hash: "SHA-1" },
  "one iteration": { ...lock, iterations: 1 },
  "iterations for a year": { ...lock, iterations: 2 ** 40 },
  "half an iteration": { ...lock, iterations: 300_000.5 },
  "iterations in words": { ...lock, iterations: "300000" },
  "a short salt": { ...lock, salt: new Uint8Array(8) },
  "no salt": { ...lock, salt: undefined },
};
for (const [what, odd] of Object.entries(params)) {
  test(`a passphrase with ${what} makes no record`, () => {
    assert.throws(() => understand({ v: 1, lock: odd, data: new Uint8Array(60), view: new Uint8Array(60) }), { name: "KeysLost" });
  });
}
