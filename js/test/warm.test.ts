import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { test } from "node:test";
import { readWarm } from "../src/warm.js";
import { storeViews } from "./views.js";

const session = { v: 1, userId: "@me:x" };
const room = { key: "!a", id: "!a", membership: "join", name: "a", named: { from: "name" }, unread: 0, highlights: 0, recency: 1 };
const names = async () => (await indexedDB.databases()).map((one) => one.name);

test("a database that does not exist is not made", async () => {
  assert.equal(await readWarm("none"), undefined);
  assert.deepEqual(await names(), []);
});

test("what the core stored is read, at any version, and the database let go of", async () => {
  await storeViews("full", { session, roomlist: { v: 1, rooms: [room] } }, 7);
  const warm = await readWarm("full");
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
    assert.equal(await readWarm(store), undefined);
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
    assert.deepEqual(await readWarm(store), { session: { userId: "@me:x" }, rooms: undefined, timeline: undefined });
  });
}

test("without IndexedDB there is nothing", async (t) => {
  const idb = globalThis.indexedDB;
  t.after(() => Object.assign(globalThis, { indexedDB: idb }));
  Object.assign(globalThis, { indexedDB: undefined });
  assert.equal(await readWarm("any"), undefined);
});

test("storage that hangs does not hold up the start", async (t) => {
  const idb = globalThis.indexedDB;
  t.after(() => Object.assign(globalThis, { indexedDB: idb }));
  Object.assign(globalThis, { indexedDB: { open: () => ({}) } });
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const reading = readWarm("hangs");
  t.mock.timers.tick(1_000);
  assert.equal(await reading, undefined);
});
