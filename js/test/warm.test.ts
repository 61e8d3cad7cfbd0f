import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { test } from "node:test";
import { openKeys } from "../src/keyring.js";
import { readWarm } from "../src/warm.js";
import type { Warm } from "../src/warm.js";
import { keyOf, sealView, storeViews } from "./views.js";

const session = { v: 1, userId: "@me:x" };
const room = { key: "!a", id: "!a", membership: "join", name: "a", named: { from: "name" }, unread: 0, highlights: 0, recency: 1 };
const nothing = { session: { userId: "@me:x" }, rooms: undefined, timeline: undefined };

/** read opens what a store has with its own key. */
async function read(store: string): Promise<Warm | undefined> {
  return readWarm(store, keyOf(store));
}

const names = async () => (await indexedDB.databases()).map((one) => one.name);

test("a database that does not exist is not made", async () => {
  assert.equal(await readWarm("none", Promise.resolve(undefined)), undefined);
  assert.deepEqual(await names(), []);
});

test("what the core stored is read, at any version, and the database let go of", async () => {
  await storeViews("full", { session, roomlist: { v: 1, rooms: [room] } }, 7);
  const warm = await read("full");
  assert.deepEqual(warm, { session: { userId: "@me:x" }, rooms: [room], timeline: undefined });
  await new Promise<void>((resolve, reject) => {
    const request = indexedDB.deleteDatabase("alcove:full");
    request.onsuccess = () => resolve();
    request.onblocked = () => reject(new Error("it is still open"));
  });
});

const odd: [string, Record<string, unknown>][] = [
  ["no session", { roomlist: { v: 1, rooms: [room] } }],
  ["a session of a later version", { session: { ...session, v: 2 } }],
  ["a session of nobody", { session: { v: 1 } }],
  ["a session that is text", { session: "text" }],
  ["a session that is no JSON", { session: new Uint8Array([123, 255]) }],
  ["a session that is null", { session: null }],
];
for (const [what, views] of odd) {
  test(`${what} counts as nothing`, async () => {
    const store = `odd ${what}`;
    await storeViews(store, views);
    assert.equal(await read(store), undefined);
  });
}

const oddRooms: [string, unknown][] = [
  ["no list", { v: 1, rooms: {} }],
  ["a null among rooms", { v: 1, rooms: [room, null] }],
  ["a room without name", { v: 1, rooms: [{ ...room, name: 4 }] }],
  ["a room without key", { v: 1, rooms: [{ ...room, key: "" }] }],
  ["a later version", { v: 2, rooms: [room] }],
];
for (const [what, roomlist] of oddRooms) {
  test(`${what}: the session counts, the rooms do not`, async () => {
    const store = `rooms ${what}`;
    await storeViews(store, { session, roomlist, timeline: { v: 1, roomId: "!a", items: [{ key: "k", kind: "event" }] } });
    assert.deepEqual(await read(store), nothing);
  });
}

test("without IndexedDB there is nothing", async (t) => {
  const idb = globalThis.indexedDB;
  t.after(() => Object.assign(globalThis, { indexedDB: idb }));
  Object.assign(globalThis, { indexedDB: undefined });
  assert.equal(await readWarm("any", Promise.resolve(undefined)), undefined);
});

test("storage that hangs does not hold up the start", async (t) => {
  const idb = globalThis.indexedDB;
  t.after(() => Object.assign(globalThis, { indexedDB: idb }));
  Object.assign(globalThis, { indexedDB: { open: () => ({}) } });
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const reading = readWarm("hangs", new Promise(() => {}));
  t.mock.timers.tick(1_000);
  assert.equal(await reading, undefined);
});

test("what was never sealed is ignored", async () => {
  const plain = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  await storeViews("plain", { session: plain(session), roomlist: plain({ v: 1, rooms: [room] }) });
  assert.equal(await read("plain"), undefined);
  await storeViews("half", { session, roomlist: plain({ v: 1, rooms: [room] }) });
  assert.deepEqual(await read("half"), nothing);
});

test("views in each other's place count as none", async () => {
  const { view } = await openKeys("alcove:swapped");
  const roomlist = await sealView(view, "roomlist", new TextEncoder().encode(JSON.stringify({ ...session, rooms: [room] })));
  await storeViews("swapped", { session, timeline: roomlist });
  assert.deepEqual(await read("swapped"), nothing);
  await storeViews("swapped", { session: roomlist });
  assert.equal(await read("swapped"), undefined);
});

test("K-6: the views of another account, or of the one before, do not open", async () => {
  await storeViews("before", { session, roomlist: { v: 1, rooms: [room] } });
  assert.equal(await readWarm("before", keyOf("after")), undefined);
  assert.equal(await readWarm("before", Promise.resolve(undefined)), undefined);
  assert.equal(await readWarm("before", Promise.reject(new Error("there are no keys"))), undefined);
});
