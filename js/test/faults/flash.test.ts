// What a page shows between its first moment and the core's own word, where
// what the last visit left is not what it should show.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Lab } from "./lab.js";
import type { Talk } from "./lab.js";
import { Tab } from "./tab.js";

const lab = new Lab();

/** Seen is one state of all that a page could draw. */
type Seen = { readonly user: string; readonly rooms: string; readonly bodies: string };

/** watch starts the client of a loaded page and notes each state that it could draw, from the first on. */
async function watch(tab: Tab, room: string): Promise<void> {
  await tab.page.evaluate(async ({ store, homeserver, room }) => {
    const seen: Seen[] = [];
    Object.assign(globalThis, { seen });
    globalThis.client = await alcove.createClient({ store, homeserver });
    const rooms = client.rooms.list();
    globalThis.timeline = client.room(room).timeline();
    const note = () => {
      const user = client.session.getSnapshot().userId ?? "";
      const names = rooms.getSnapshot().map(({ name }) => name).join();
      const bodies = timeline.getSnapshot().flatMap(({ event }) => (event?.type === "m.room.message" ? String((event.content as { body?: unknown }).body) : [])).join();
      const now = { user, rooms: names, bodies };
      if (JSON.stringify(now) !== JSON.stringify(seen.at(-1))) seen.push(now);
    };
    note();
    for (const live of [client.session, rooms, timeline]) live.subscribe(note);
    note();
  }, { store: tab.store, homeserver: lab.server.origin, room });
}

const seenBy = ({ page }: Tab): Promise<Seen[]> => page.evaluate(() => (globalThis as unknown as { seen: Seen[] }).seen);

async function reload(tab: Tab): Promise<void> {
  await tab.page.reload();
  await tab.page.waitForFunction(() => "alcove" in globalThis);
}

/** left is a store with a snapshot, whose page is loaded again and has not started. */
async function left(store: string): Promise<Talk> {
  const talk = await lab.talk(store);
  await talk.other.say(talk.room, `said in ${store}`);
  await talk.tab.shows(`said in ${store}`);
  await snapshot(talk.tab);
  await reload(talk.tab);
  return talk;
}

/** snapshot waits until the core has stored what the next start shows. */
async function snapshot(tab: Tab): Promise<void> {
  const before = await views(tab);
  await tab.page.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { configurable: true, value: "hidden" });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  for (;;) {
    const now = await views(tab);
    if (now["timeline"] && now["roomlist"] && now["session"] && JSON.stringify(now) !== JSON.stringify(before)) return;
    await tab.page.waitForTimeout(20);
  }
}

/** views are the stored snapshots, as bytes. */
function views({ page, store }: Tab): Promise<Record<string, number[]>> {
  return page.evaluate(async (name) => {
    const done = <T>(request: IDBRequest<T>) => new Promise<T>((resolve) => (request.onsuccess = () => resolve(request.result)));
    const db = await done(indexedDB.open(name));
    const store = db.transaction("view").objectStore("view");
    const found = await Promise.all(["session", "roomlist", "timeline"].map(async (name) => [name, await done(store.get(new TextEncoder().encode(name)))] as const));
    db.close();
    return Object.fromEntries(found.flatMap(([name, value]) => (value ? [[name, [...(value as Uint8Array)]]] : [])));
  }, `alcove:${store}`);
}

/** put replaces stored snapshots; undefined deletes one. */
function put({ page, store }: Tab, values: Record<string, number[] | undefined>): Promise<void> {
  return page.evaluate(async ({ name, values, names }) => {
    const request = indexedDB.open(name);
    const db = await new Promise<IDBDatabase>((resolve) => (request.onsuccess = () => resolve(request.result)));
    const tx = db.transaction("view", "readwrite");
    for (const view of names) {
      const key = new TextEncoder().encode(view);
      const value = values[view];
      if (value) tx.objectStore("view").put(Uint8Array.from(value), key);
      else tx.objectStore("view").delete(key);
    }
    await new Promise((resolve) => (tx.oncomplete = resolve));
    db.close();
  }, { name: `alcove:${store}`, values, names: Object.keys(values) });
}

test("what the last visit left is there from the first moment", { timeout: 60_000 }, async () => {
  const { tab, me, room } = await left("good");
  await watch(tab, room);
  const [first] = await seenBy(tab);
  assert.deepEqual(first, { user: me.id, rooms: "good", bodies: "said in good" });
  await tab.reaches({ state: "ready", sync: "live" });
  for (const one of await seenBy(tab)) assert.deepEqual(one, first, "it stays, without a flash");
  await tab.page.close();
});

/** Each row spoils what is stored; what is left of it may be shown. */
const spoils: Record<string, { spoil(good: Record<string, number[]>): Record<string, number[] | undefined>; readonly shows: Partial<Seen> | undefined }> = {
  "a room list with a bit flipped": { spoil: ({ roomlist = [] }) => ({ roomlist: roomlist.map((byte, n) => (n === 100 ? byte ^ 1 : byte)) }), shows: { rooms: "" } },
  "half a room list": { spoil: ({ roomlist = [] }) => ({ roomlist: roomlist.slice(0, roomlist.length / 2) }), shows: { rooms: "" } },
  "a timeline that is missing": { spoil: () => ({ timeline: undefined }), shows: { bodies: "" } },
  "views in each other's place": { spoil: ({ roomlist, timeline }) => ({ roomlist: timeline, timeline: roomlist }), shows: { rooms: "", bodies: "" } },
  "a session that is missing": { spoil: () => ({ session: undefined }), shows: undefined },
  "a session of an old version, in plain": {
    spoil: () => ({ session: [...new TextEncoder().encode('{"v":1,"userId":"@somebody:else","deviceId":"D","homeserver":"https://else"}')] }),
    shows: undefined,
  },
};

for (const [what, { spoil, shows }] of Object.entries(spoils)) {
  test(`${what} is not shown, and nothing wrong instead`, { timeout: 60_000 }, async () => {
    const store = what.replaceAll(/\W/g, "").toLowerCase();
    const { tab, me, room } = await left(store);
    await put(tab, spoil(await views(tab)));
    await watch(tab, room);
    const whole = { user: me.id, rooms: store, bodies: `said in ${store}` };
    const [first] = await seenBy(tab);
    if (shows) assert.deepEqual(first, { ...whole, ...shows });
    await tab.reaches({ state: "ready", sync: "live" });
    await tab.shows(`said in ${store}`);
    for (const { user, rooms, bodies } of await seenBy(tab)) {
      assert.ok(["", whole.user].includes(user) && ["", whole.rooms].includes(rooms) && ["", whole.bodies].includes(bodies));
    }
    await tab.page.close();
  });
}

test("of a store whose keys are gone nothing is shown, and the core says so", { timeout: 60_000 }, async () => {
  const { tab } = await left("keyless");
  await tab.page.evaluate(() => new Promise((resolve) => (indexedDB.deleteDatabase("alcove-keys").onsuccess = resolve)));
  const outcome = await tab.outcome(async ({ store }: { store: string }) => {
    const client = await alcove.createClient({ store });
    const { state, error } = client.session.getSnapshot();
    if (client.rooms.list().getSnapshot().length > 0) throw new Error("rooms are shown");
    if (error || state === "storageLost") throw error ?? { code: "storage.lost" };
  }, { store: "keyless" });
  assert.equal(outcome.code, "storage.lost", outcome.message);
  await tab.page.close();
});

test("a tab never shows one account under the name of another", { timeout: 90_000 }, async () => {
  const { tab, me, room } = await left("changes");
  await watch(tab, room);
  await tab.reaches({ state: "ready", sync: "live" });
  const second = await Tab.open(await lab.browser.page(), lab.server, "changes");
  await second.reaches({ state: "ready" });
  assert.deepEqual(await second.outcome("() => client.logout({ force: true })"), { code: "" });
  const next = await lab.server.account("changes-next");
  const theirs = await next.room("theirs");
  assert.deepEqual(await second.login(next), { code: "" });
  await tab.page.waitForFunction((id) => client.session.getSnapshot().userId === id, next.id);
  await tab.page.waitForFunction(() => client.rooms.list().getSnapshot() !== undefined && (globalThis as unknown as { seen: Seen[] }).seen.at(-1)?.rooms === "theirs");
  for (const one of await seenBy(tab)) {
    if (one.user === me.id) assert.ok(["", "changes"].includes(one.rooms), JSON.stringify(one));
    else assert.ok(["", one.user === next.id ? "theirs" : ""].includes(one.rooms) && one.bodies === "", JSON.stringify(one));
  }
  // And from the first moment of the next visit.
  await second.enter(theirs);
  await snapshot(second);
  await reload(tab);
  await watch(tab, room);
  for (const one of await seenBy(tab)) assert.ok(one.rooms !== "changes" && one.bodies === "" && one.user !== me.id, JSON.stringify(one));
  await tab.page.close();
  await second.page.close();
});

test("a logout that is cut off leaves nothing to see", { timeout: 60_000 }, async () => {
  const { tab, room } = await left("cut");
  await watch(tab, room);
  await tab.reaches({ state: "ready", sync: "live" });
  const rule = await lab.server.rule({ method: "POST", path: "^/_matrix/client/v3/logout", act: "hold" });
  await tab.page.evaluate(() => void client.logout({ force: true }));
  await lab.server.held(rule);
  await tab.page.waitForTimeout(500);
  await reload(tab);
  await watch(tab, room);
  for (const one of await seenBy(tab)) assert.deepEqual(one, { user: "", rooms: "", bodies: "" });
  await tab.reaches({ state: "signedOut" });
  await lab.server.clear();
  await tab.page.close();
});
