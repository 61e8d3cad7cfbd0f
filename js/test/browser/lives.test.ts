// The core in a real worker: how it starts warm, dies and comes back.
import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { BrowserContext, Page, Route } from "playwright-core";
import type { Client, RoomList } from "../../src/index.js";
import { browse, Cleanup, folder, install, serve, settled } from "./site.js";

declare const client: Client;
declare const rooms: RoomList;

const cleanup = new Cleanup();
after(() => cleanup.run());

let origin = "";
let profile = "";
let browser: BrowserContext;

before(async () => {
  const web = folder(cleanup);
  cpSync(install("plain", folder(cleanup)), join(web, "app"), { recursive: true });
  origin = await serve(web, cleanup);
  profile = folder(cleanup);
  browser = await browse(profile, cleanup);
});

async function visit(store: string, script = ""): Promise<Page> {
  const page = await browser.newPage();
  await page.addInitScript(script);
  await page.goto(`${origin}/app/index.html?store=${store}`);
  const got = await settled(page);
  assert.equal(got.state, "ready", got.error);
  await page.waitForFunction(() => client.session.getSnapshot().core === "running" && !rooms.stale);
  return page;
}

/** watch notes each state of the core and each moment that the list was empty. */
function watch(page: Page): Promise<void> {
  return page.evaluate(() => {
    const seen: string[] = [];
    const note = (what: string) => seen.at(-1) === what || seen.push(what);
    client.session.subscribe(() => note(client.session.getSnapshot().core));
    rooms.subscribe(() => rooms.getSnapshot().length === 0 && note("empty"));
    Object.assign(globalThis, { seen, first: rooms.getSnapshot()[0] });
  });
}

async function cameBack(page: Page): Promise<void> {
  await page.waitForFunction(() => (globalThis as unknown as { seen: string[] }).seen.at(-1) === "running" && !rooms.stale);
  const { seen, same } = await page.evaluate(() => {
    const { seen, first } = globalThis as unknown as { seen: string[]; first: unknown };
    return { seen, same: rooms.getSnapshot()[0] === first };
  });
  assert.deepEqual(seen, ["restarting", "running"]);
  assert.ok(same, "the list is the same as before");
}

test("a worker that throws is replaced, and calls that waited are told", async () => {
  const page = await visit("throws");
  await watch(page);
  const code = page.evaluate(async () => {
    const sync = "/_matrix/client/v3/sync?timeout=60000&since=";
    const { body } = await client.request("GET", sync);
    const waiting = client.request("GET", sync + (body as { next_batch: string }).next_batch);
    document.body.dataset["waiting"] = "true";
    return waiting.then(() => "answered", (error: { code: string }) => error.code);
  });
  await page.waitForSelector("[data-waiting]");
  await page.workers()[0]?.evaluate(() => {
    setTimeout(() => {
      throw new Error("by the test");
    });
  });
  assert.equal(await code, "core.died");
  await cameBack(page);
  assert.equal(page.workers().length, 1);
  await page.close();
});

test("a worker that hangs is replaced within seconds", async () => {
  const page = await visit("hangs");
  await watch(page);
  await page.workers()[0]?.evaluate(() => {
    setTimeout(() => {
      for (;;);
    });
  });
  await cameBack(page);
  await page.close();
});

test("a worker that closes itself is replaced within seconds", async () => {
  const page = await visit("closes");
  await watch(page);
  await page.workers()[0]?.evaluate(() => self.close());
  await cameBack(page);
  await page.close();
});

test("a warm start shows the rooms before the program is there", async () => {
  const first = await visit("warm");
  const names = (await settled(first)).rooms;
  await stored(first, "warm");
  await first.close();

  let release = (_: Route) => {};
  const held = new Promise<Route>((resolve) => (release = resolve));
  const page = await browser.newPage();
  await page.route("**/alcove.wasm", (route) => release(route));
  await page.goto(`${origin}/app/index.html?store=warm`);
  const got = await settled(page);
  assert.equal(got.state, "ready", got.error);
  assert.deepEqual(got.rooms, names);
  assert.deepEqual(await page.evaluate(() => [rooms.stale, client.session.stale, client.session.getSnapshot().core, client.session.getSnapshot().userId?.startsWith("@alice:")]), [true, true, "starting", true]);
  await page.evaluate(() => Object.assign(globalThis, { first: rooms.getSnapshot()[0] }));
  await (await held).continue();
  await page.waitForFunction(() => !rooms.stale && client.session.getSnapshot().core === "running");
  assert.ok(await page.evaluate(() => rooms.getSnapshot()[0]?.id === (globalThis as unknown as { first: { id: string } }).first.id));
  await page.close();
});

/** stored waits until the core has written the snapshot for the next start. */
async function stored(page: Page, store: string): Promise<void> {
  const read = (name: string): Promise<number> =>
    page.evaluate(async (name) => {
      const done = <T>(request: IDBRequest<T>) => new Promise<T>((resolve) => (request.onsuccess = () => resolve(request.result)));
      const db = await done(indexedDB.open(`alcove:${name}`));
      const found = await done(db.transaction("view").objectStore("view").get(new TextEncoder().encode("roomlist")));
      db.close();
      return found?.byteLength ?? 0;
    }, name);
  while ((await read(store)) < 500) await page.waitForTimeout(100); // it is sealed; without rooms it is much shorter
}

test("where tabs have no locks, a second one takes the database over, and the first does not fight for it", async () => {
  const lockless = 'Object.defineProperty(navigator, "locks", { value: undefined });';
  const first = await visit("tabs", lockless);
  const second = await visit("tabs", lockless);
  assert.deepEqual(await Promise.all([first, second].map((page) => page.evaluate(() => client.session.getSnapshot().leader))), [true, true]);
  await second.evaluate(() => client.room(rooms.getSnapshot().find((room) => room.membership === "join")?.id ?? "").send.text("from the second tab"));
  await first.waitForFunction(() => client.session.getSnapshot().error?.code === "storage.fenced");
  await second.waitForTimeout(1_000);
  assert.equal(await first.evaluate(() => client.session.getSnapshot().error?.code), "storage.fenced");
  assert.equal(await second.evaluate(() => client.session.getSnapshot().core), "running");
  await first.close();
  await second.close();
});

test("messages go out, come back and are the same item all along", async () => {
  const page = await visit("sends");
  const got = await page.evaluate(async () => {
    const id = rooms.getSnapshot().find((room) => room.name === "Sunday hike")?.id ?? "";
    const timeline = client.room(id).timeline();
    await timeline.ready;
    const handle = await timeline.send.text("hello **you**", { mentions: {} });
    const echo = () => timeline.getSnapshot().find((item) => item.key === handle.key);
    const eventId = await handle.sent;
    while (echo()?.event?.id !== eventId) await new Promise((resolve) => timeline.subscribe(() => resolve(0)));
    const before = timeline.getSnapshot().length;
    const { loaded } = await timeline.paginate("back", 20);
    while (timeline.getSnapshot().length === before) await new Promise((resolve) => timeline.subscribe(() => resolve(0)));
    return { eventId, body: echo()?.event?.content, loaded };
  });
  assert.match(got.eventId, /^\$/);
  assert.deepEqual(got.body, { msgtype: "m.text", body: "hello **you**", "m.mentions": {} });
  assert.ok(got.loaded > 0);
  await page.close();
});

test("closing ends the worker", async () => {
  const page = await visit("closed");
  assert.equal(page.workers().length, 1);
  await page.evaluate(async () => {
    await client.storage.ready;
    client.close();
  });
  assert.equal(await page.evaluate(() => client.storage.getSnapshot()?.open), true);
  await page.waitForFunction(() => client.session.getSnapshot().core === "closed");
  await page.waitForTimeout(100);
  assert.equal(page.workers().length, 0);
  await page.close();
});
