import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { TestContext } from "node:test";
import { IDBFactory } from "fake-indexeddb";
import { completed, openOrMake, settled } from "../src/idb.js";
import { deleteKeys, keyDatabase, keyStore, openKeys } from "../src/keyring.js";
import type { KeyRecord } from "../src/keyrecord.js";

beforeEach(() => void Object.assign(globalThis, { indexedDB: new IDBFactory() }));

/** replace stands in for something of the browser until the end of the test. */
function replace(t: TestContext, on: object, name: string, value: unknown): void {
  const before = Object.getOwnPropertyDescriptor(on, name);
  Object.defineProperty(on, name, { configurable: true, writable: true, value });
  t.after(() => (before ? Object.defineProperty(on, name, before) : Reflect.deleteProperty(on, name)));
}

async function stored(database: string): Promise<unknown> {
  const db = await openOrMake(keyDatabase, keyStore);
  const value: unknown = await settled(db.transaction(keyStore).objectStore(keyStore).get(database));
  db.close();
  return value;
}

async function store(database: string, value: unknown): Promise<void> {
  const db = await openOrMake(keyDatabase, keyStore);
  const tx = db.transaction(keyStore, "readwrite");
  tx.objectStore(keyStore).put(value, database);
  await completed(tx);
  db.close();
}

test("keys are made once, differ, and lie wrapped by a key that no script can read", async () => {
  const keys = await openKeys("alcove:a");
  assert.deepEqual([keys.data.length, keys.view.length, keys.protected, keys.memory], [32, 32, true, false]);
  assert.notDeepEqual(keys.data, keys.view);
  assert.deepEqual(await openKeys("alcove:a"), keys);
  const other = await openKeys("alcove:b");
  assert.notDeepEqual(other.data, keys.data);

  const { kek, data, view, ...rest } = (await stored("alcove:a")) as KeyRecord;
  assert.deepEqual(rest, { v: 1 });
  assert.equal(kek?.extractable, false);
  await assert.rejects(crypto.subtle.exportKey("raw", kek as CryptoKey));
  for (const wrapped of [data, view]) {
    for (const key of [keys.data, keys.view]) assert.equal(Buffer.from(wrapped).includes(Buffer.from(key)), false);
  }
});

test("K-1: tabs that start at once get the same keys", async () => {
  const all = await Promise.all(Array.from({ length: 20 }, () => openKeys("alcove:raced")));
  for (const keys of all) assert.deepEqual(keys, all[0]);
  assert.deepEqual(await openKeys("alcove:raced"), all[0]);
});

test("a tab that cannot store a CryptoKey takes over the keys of one that can, and the other way round", async (t) => {
  const first = await openKeys("alcove:mixed");
  refuseKeys(t);
  assert.deepEqual(await openKeys("alcove:mixed"), first);
  const [one, two] = await Promise.all([openKeys("alcove:mixed2"), openKeys("alcove:mixed2")]);
  assert.deepEqual(one, two);
});

test("what is deleted comes back as other keys", async () => {
  const before = await openKeys("alcove:gone");
  const other = await openKeys("alcove:stays");
  await deleteKeys("alcove:gone");
  assert.equal(await stored("alcove:gone"), undefined);
  const after = await openKeys("alcove:gone");
  assert.notDeepEqual(after.data, before.data);
  assert.notDeepEqual(after.view, before.view);
  assert.deepEqual(await openKeys("alcove:stays"), other);
  await deleteKeys("alcove:never");
});

/** refuseKeys is WebKit in lockdown mode. */
function refuseKeys(t: TestContext): void {
  const add = IDBObjectStore.prototype.add;
  replace(t, IDBObjectStore.prototype, "add", function (this: IDBObjectStore, value: { kek?: unknown }, key: IDBValidKey) {
    if (value.kek) throw new DOMException("The object can not be cloned.", "DataCloneError");
    return add.call(this, value, key);
  });
}

const withoutCover: Record<string, (t: TestContext) => void> = {
  "a CryptoKey cannot be stored": refuseKeys,
  "a CryptoKey is refused later"(t) {
    const add = IDBObjectStore.prototype.add;
    replace(t, IDBObjectStore.prototype, "add", function (this: IDBObjectStore, value: { kek?: unknown }, key: IDBValidKey) {
      if (!value.kek) return add.call(this, value, key);
      const request = {} as { onerror(event: unknown): void; error: DOMException };
      request.error = new DOMException("The object can not be cloned.", "DataCloneError");
      // After another request, so that the transaction is alive.
      this.get(key).onsuccess = () => request.onerror({ preventDefault() {} });
      return request;
    });
  },
  "what holds a CryptoKey reads as null"(t) {
    const add = IDBObjectStore.prototype.add;
    replace(t, IDBObjectStore.prototype, "add", function (this: IDBObjectStore, value: { kek?: unknown }, key: IDBValidKey) {
      return add.call(this, value.kek ? null : value, key);
    });
  },
  "there is no HTTPS"(t) {
    replace(t, crypto, "subtle", undefined);
    replace(t, globalThis, "CryptoKey", undefined);
  },
};
for (const [what, prepare] of Object.entries(withoutCover)) {
  test(`where ${what}, keys are stored as they are, and said to be unprotected`, async (t) => {
    prepare(t);
    const keys = await openKeys("alcove:bare");
    assert.deepEqual([keys.protected, keys.memory], [false, false]);
    assert.deepEqual(await openKeys("alcove:bare"), keys);
    assert.deepEqual(await stored("alcove:bare"), { v: 1, data: keys.data, view: keys.view });
  });
}

const withoutDatabase: Record<string, (t: TestContext) => void> = {
  "there is no indexedDB": (t) => replace(t, globalThis, "indexedDB", undefined),
  "indexedDB may not be touched"(t) {
    const before = indexedDB;
    Object.defineProperty(globalThis, "indexedDB", {
      configurable: true,
      get: () => {
        throw new DOMException("denied", "SecurityError");
      },
    });
    t.after(() => Object.defineProperty(globalThis, "indexedDB", { configurable: true, writable: true, value: before }));
  },
  "open throws": (t) =>
    replace(t, indexedDB, "open", () => {
      throw new DOMException("denied", "SecurityError");
    }),
  "open fails": (t) => replace(t, indexedDB, "open", () => failing("UnknownError")),
};
for (const [what, prepare] of Object.entries(withoutDatabase)) {
  test(`where ${what}, keys live in memory`, async (t) => {
    const name = `alcove:memory ${what}`;
    prepare(t);
    const keys = await openKeys(name);
    assert.deepEqual([keys.data.length, keys.view.length, keys.protected, keys.memory], [32, 32, false, true]);
    assert.deepEqual(await openKeys(name), keys);
    await deleteKeys(name);
    assert.notDeepEqual((await openKeys(name)).data, keys.data);
  });
}

function failing(name: string): IDBOpenDBRequest {
  const request = { error: new DOMException("by the test", name) } as { error: DOMException; onerror?(event: unknown): void };
  queueMicrotask(() => request.onerror?.({ preventDefault() {} }));
  return request as unknown as IDBOpenDBRequest;
}

for (const name of ["VersionError", "QuotaExceededError", "AbortError"]) {
  test(`an open that fails with ${name} is no reason for other keys`, async (t) => {
    replace(t, indexedDB, "open", () => failing(name));
    await assert.rejects(openKeys("alcove:no"), { name });
    await assert.rejects(deleteKeys("alcove:no"), { name });
  });
}

test("a disk that is full makes no keys, and has them when there is room", async (t) => {
  const { add } = IDBObjectStore.prototype;
  replace(t, IDBObjectStore.prototype, "add", function (this: IDBObjectStore, value: unknown, key: IDBValidKey) {
    const request = add.call(this, value, key);
    const error = new DOMException("full", "QuotaExceededError");
    Object.defineProperty(this.transaction, "error", { get: () => error, set() {} });
    request.addEventListener("success", () => this.transaction.abort());
    return request;
  });
  await assert.rejects(openKeys("alcove:full"), { name: "QuotaExceededError" });
  Object.assign(IDBObjectStore.prototype, { add });
  assert.equal(await stored("alcove:full"), undefined);
  assert.equal((await openKeys("alcove:full")).protected, true);
});

const hangs: Record<string, (t: TestContext) => void> = {
  open: (t) => replace(t, indexedDB, "open", () => ({})),
  get: (t) => replace(t, IDBObjectStore.prototype, "get", () => ({})),
};
for (const [what, prepare] of Object.entries(hangs)) {
  test(`a request of ${what} that never settles is given up`, async (t) => {
    await openKeys("alcove:hangs");
    prepare(t);
    t.mock.timers.enable({ apis: ["setTimeout"] });
    let settled = false;
    const opening = openKeys("alcove:hangs").finally(() => (settled = true));
    opening.catch(() => {});
    t.mock.timers.tick(60_000); // as after a sleep: all that is due fires, and what hung gets as long again
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(settled, false);
    for (let n = 0; n < 10 && !settled; n++) {
      t.mock.timers.tick(10_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await assert.rejects(opening, { name: "TimeoutError" });
  });
}

/** Each makes another record of one that was good. */
const spoiled: Record<string, (good: KeyRecord) => unknown> = {
  null: () => null,
  "a text": () => "keys",
  "bytes instead": ({ data }) => data,
  "no version": ({ v: _, ...rest }) => rest,
  "no key of keys, which then are none": ({ kek: _, ...rest }) => rest,
  "a key of keys that is no CryptoKey": (good) => ({ ...good, kek: { type: "secret" } }),
  "no view key": ({ view: _, ...rest }) => rest,
  "a data key that is text": (good) => ({ ...good, data: "x" }),
  "an empty data key": (good) => ({ ...good, data: new Uint8Array() }),
  "keys in each other's place": (good) => ({ ...good, data: good.view, view: good.data }),
};
for (const [what, spoil] of Object.entries(spoiled)) {
  test(`K-1, K-2: a record with ${what} is an error and stays as it is`, async () => {
    await openKeys("alcove:spoiled");
    const bad = spoil((await stored("alcove:spoiled")) as KeyRecord);
    await store("alcove:spoiled", bad);
    await assert.rejects(openKeys("alcove:spoiled"), { name: "KeysLost" });
    assert.deepEqual(await stored("alcove:spoiled"), bad);
  });
}

test("K-2: any bit of a wrapped key that flips is an error", async () => {
  await openKeys("alcove:bits");
  const good = (await stored("alcove:bits")) as KeyRecord;
  for (const key of ["data", "view"] as const) {
    for (let n = 0; n < good[key].length; n++) {
      const bytes = Uint8Array.from(good[key]);
      bytes[n] = (bytes[n] ?? 0) ^ (1 << n % 8);
      await store("alcove:bits", { ...good, [key]: bytes });
      await assert.rejects(openKeys("alcove:bits"), { name: "KeysLost" });
    }
  }
  await store("alcove:bits", good);
  await openKeys("alcove:bits");
});

test("K-2: the record of another database is an error", async () => {
  await openKeys("alcove:one");
  await openKeys("alcove:two");
  await store("alcove:two", await stored("alcove:one"));
  await assert.rejects(openKeys("alcove:two"), { name: "KeysLost" });
});

test("a record of a later version is told from a broken one", async () => {
  await store("alcove:later", { v: 2, anything: 1 });
  await assert.rejects(openKeys("alcove:later"), { name: "VersionError" });
  assert.deepEqual(await stored("alcove:later"), { v: 2, anything: 1 });
});

test("a database that somebody made by looking for it gets its store", async () => {
  await settled(indexedDB.open(keyDatabase)).then((db) => db.close());
  const [keys, same] = await Promise.all([openKeys("alcove:any"), openKeys("alcove:any")]);
  assert.equal(keys.protected, true);
  assert.deepEqual(keys, same);
});

test("nothing stays open", async () => {
  await openKeys("alcove:open");
  await deleteKeys("alcove:open");
  await new Promise<void>((resolve, reject) => {
    const request = indexedDB.deleteDatabase(keyDatabase);
    request.onsuccess = () => resolve();
    request.onblocked = () => reject(new Error("it is open"));
  });
});
