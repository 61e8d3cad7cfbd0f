// What the page keeps of an account outside of its database, what it shows of
// the storage, and the way out where the store is beyond help.
import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { startClient } from "../src/client.js";
import type { Client, ClientOptions } from "../src/client.js";
import type { OpenParams, Session, StorageStatus } from "../src/api.js";
import { settled } from "../src/idb.js";
import { openKeys } from "../src/keyring.js";
import { failure, fakeCores, makePage, ready, silent, turns } from "./fakecore.js";
import type { Script } from "./fakecore.js";
import { eventually as until } from "./until.js";

const clients: Client[] = [];
const kept = new Map<string, string>();

/** A page's localStorage, as far as it is used. */
const memory = {
  getItem: (name: string) => kept.get(name) ?? null,
  setItem: (name: string, value: string) => void kept.set(name, value),
  removeItem: (name: string) => void kept.delete(name),
};

function browser(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, { configurable: true, get: () => (value instanceof Error ? assert.fail(value) : value) });
}

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
  kept.clear();
  browser("localStorage", undefined);
});

async function start(script: Script = {}, options: ClientOptions = {}) {
  const fakes = fakeCores(script);
  const client = await startClient({ store: "lost", ...options }, fakes, makePage());
  clients.push(client);
  await until(() => fakes.last().names().includes("storage"));
  return { client, ...fakes };
}

const status = (more: Partial<StorageStatus>): StorageStatus => ({ open: true, full: false, ...more });
const sentinelOf = (params: unknown) => (params as OpenParams).sentinel;

test("what an open database wants kept is kept, and handed to the next core", async () => {
  browser("localStorage", memory);
  const { client, last, cores } = await start();
  assert.equal(sentinelOf(last().called[0]?.params), "");
  last().push("storage", status({ sentinel: "one" }));
  await until(() => kept.get("alcove:lost") === "one");
  last().push("storage", status({ open: false }));
  await until(() => client.storage.getSnapshot()?.open === false);
  assert.equal(kept.get("alcove:lost"), "one", "one that is not open says nothing");
  last().die();
  await until(() => cores.length === 2 && last().names().includes("storage"));
  assert.equal(sentinelOf(last().called[0]?.params), "one");
  last().push("storage", status({}));
  await until(() => !kept.has("alcove:lost"));
  assert.ok(!("sentinel" in (client.storage.getSnapshot() ?? {})), "it is none of the app's business");
});

test("a logout forgets it first, and one that is refused does not", async () => {
  browser("localStorage", memory);
  let outcome: "refused" | "done" = "refused";
  let during: string | undefined;
  const { client, last } = await start({
    answers: {
      logout: () => {
        during = kept.get("alcove:lost");
        if (outcome === "refused") throw failure("session.unsent", true);
        return null;
      },
    },
  });
  last().push("storage", status({ sentinel: "one" }));
  await until(() => kept.has("alcove:lost"));
  await assert.rejects(client.logout(), { code: "session.unsent" });
  assert.equal(during, undefined);
  assert.equal(kept.get("alcove:lost"), "one");
  outcome = "done";
  await client.logout();
  assert.equal(kept.size, 0);
});

for (const [what, value] of Object.entries({
  "is not there": undefined,
  "throws when touched": new Error("SecurityError"),
  "throws when used": { getItem: () => assert.fail(), setItem: () => assert.fail(), removeItem: () => assert.fail() },
})) {
  test(`a localStorage that ${what} keeps nobody from anything`, async () => {
    browser("localStorage", value);
    const { client, last } = await start({ answers: { logout: () => null } });
    assert.equal(sentinelOf(last().called[0]?.params), "");
    last().push("storage", status({ sentinel: "one" }));
    await until(() => client.storage.getSnapshot()?.open);
    await client.logout();
  });
}

test("a list of a lost account is none of the same user's next device", async () => {
  const { client, last } = await start();
  const list = client.rooms.list();
  list.subscribe(() => {});
  const item = { key: "!a", id: "!a", membership: "join", name: "a", named: { from: "name" }, unread: 0, highlights: 0, recency: 1 };
  await until(() => last().names().includes("roomList"));
  last().push("roomList", { ops: [{ op: "reset", index: 0, items: [item] }], total: 1 });
  await until(() => list.getSnapshot().length === 1);
  const lost: Session = { state: "storageLost", sync: "stopped", userId: "@me:x" };
  last().push("session", lost);
  await until(() => list.getSnapshot().length === 0);
  const before = last().names().length;
  last().push("session", { ...ready, deviceId: "E" });
  await until(() => last().names().slice(before).includes("roomList"));
});

test("the storage shows what the browser says, and why there is no core", async () => {
  let usage = 10;
  browser("navigator", { storage: { estimate: async () => ({ usage: usage++, quota: 100 }), persisted: async () => true } });
  const { client, last } = await start();
  last().push("storage", status({ lost: { rooms: 2, since: 5 } }));
  await until(() => client.storage.getSnapshot()?.quota);
  const { usage: first, ...rest } = client.storage.getSnapshot() ?? {};
  assert.deepEqual(rest, { open: true, full: false, lost: { rooms: 2, since: 5 }, quota: 100, persisted: true });
  last().push("storage", status({ full: true }));
  await until(() => (client.storage.getSnapshot()?.usage ?? 0) > (first ?? 0));
  last().die(Object.assign(new Error("hung"), { code: "storage.hung", recoverable: false }) as never);
  await until(() => client.storage.getSnapshot()?.open === false);
  assert.equal(client.storage.getSnapshot()?.error?.code, "storage.hung");
  assert.equal(client.storage.getSnapshot()?.full, true);
  browser("navigator", undefined);
});

test("the estimate is looked at again only while somebody listens", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  let asked = 0;
  browser("navigator", { storage: { estimate: async () => (asked++, { usage: 1, quota: 2 }) } });
  const { client } = await start();
  t.mock.timers.tick(60_000);
  assert.equal(asked, 0);
  const leave = client.storage.subscribe(() => {});
  t.mock.timers.tick(60_000);
  await turns();
  assert.equal(asked, 1);
  leave();
  t.mock.timers.tick(120_000);
  assert.equal(asked, 1);
  browser("navigator", undefined);
});

/** make makes a database and its keys, as a core would; with a connection that does not let go. */
async function make(name: string): Promise<IDBDatabase> {
  await openKeys(name);
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => request.result.createObjectStore("meta");
  return settled(request);
}

async function listed(): Promise<string[]> {
  return (await indexedDB.databases()).map(({ name }) => name ?? "");
}

async function hasKeys(name: string): Promise<boolean> {
  const db = await settled(indexedDB.open("alcove-keys"));
  const count = await settled(db.transaction("keys").objectStore("keys").count(name));
  db.close();
  return count > 0;
}

test("an erased store leaves nothing, and another core", async () => {
  browser("localStorage", memory);
  const { client, last, cores } = await start();
  last().push("storage", status({ sentinel: "one" }));
  await until(() => kept.has("alcove:lost"));
  const db = await make("alcove:lost");
  db.onversionchange = () => db.close();
  const [first] = cores;
  await client.erase();
  assert.equal(first?.closed, true);
  assert.deepEqual([kept.size, (await listed()).includes("alcove:lost"), await hasKeys("alcove:lost")], [0, false, false]);
  assert.equal(cores.length, 2);
  assert.equal(sentinelOf(last().called[0]?.params), "");
  assert.equal(client.session.getSnapshot().core, "running");
});

test("a store can be erased where no core runs", async () => {
  browser("localStorage", memory);
  let broken = true;
  const script: Script = {
    answers: {
      open: () => {
        if (broken) throw failure("storage.newer");
        return { state: "signedOut", sync: "stopped" };
      },
    },
  };
  const { client, last } = await start({ answers: { ...script.answers, open: () => ready } });
  // The core fails for good.
  last().die(Object.assign(new Error("newer"), { code: "storage.newer", recoverable: false }) as never);
  await until(() => client.session.getSnapshot().core === "failed");
  (await make("alcove:lost")).close();
  broken = false;
  await client.erase();
  assert.equal((await listed()).includes("alcove:lost"), false);
  assert.equal(client.session.getSnapshot().core, "running");
});

test("what cannot be erased is said, and the core goes on", async (t) => {
  const { client, cores } = await start({ answers: { profile: () => silent } });
  const db = await make("alcove:lost");
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const erasing = assert.rejects(client.erase(), { code: "storage.blocked", recoverable: true });
  for (let n = 0; n < 20; n++) {
    await new Promise((resolve) => setImmediate(resolve));
    t.mock.timers.tick(10_000);
  }
  await erasing;
  t.mock.timers.reset();
  db.close();
  await until(() => cores.length === 2 && client.session.getSnapshot().core === "running");
});
