// The database is taken away under a client that runs, by another version of
// the app, by a logout that somebody is in the way of, or by the user who
// clears the site's data.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Disk, Holder } from "./disk.js";
import { Lab } from "./lab.js";
import { Tab } from "./tab.js";

const lab = new Lab();
const timeout = 120_000;

const versionOf = async (tab: Tab): Promise<number> => {
  const version = await tab.page.evaluate(async (name) => (await indexedDB.databases()).find((db) => db.name === name)?.version, `alcove:${tab.store}`);
  return version ?? 0;
};

test("a newer version takes the database over: the old one lets go, says so and does not come back", { timeout }, async () => {
  const { tab, other, room } = await lab.talk("outdated");
  await other.say(room, "before");
  await tab.shows("before");
  const newer = (await versionOf(tab)) + 1;
  const holder = await Holder.of(await lab.browser.page(), lab.server, "alcove:outdated", newer);
  await tab.reaches({ sync: "paused", code: "storage.outdated" });
  assert.deepEqual([(await tab.storage())?.open, (await tab.storage())?.error?.code], [false, "storage.outdated"]);
  const refused = await tab.outcome("async () => { await timeline.send.text('refused'); }");
  assert.equal(refused.code, "storage.outdated");
  await holder.letGo();
  assert.deepEqual([await versionOf(tab), await tab.page.evaluate(() => workers.length)], [newer, 1]);
  await tab.page.close();
});

test("a database of a newer version is refused with that reason, and left as it is", { timeout }, async () => {
  await Holder.of(await lab.browser.page(), lab.server, "alcove:newer", 7);
  const tab = await Tab.load(await lab.browser.page(), lab.server, "newer");
  assert.equal((await tab.outcome(`() => alcove.createClient({ store: "newer" })`)).code, "storage.newer");
  assert.equal(await versionOf(tab), 7);
  await tab.page.close();
});

test("an upgrade that an old page blocks says so, and goes on by itself when that page lets go", { timeout }, async () => {
  const page = await lab.browser.page();
  const disk = await Disk.below(page);
  const { tab, other, room } = await lab.talk("blocked", page);
  await other.say(room, "before");
  await tab.shows("before");
  const holder = await Holder.of(await lab.browser.page(), lab.server, "alcove:blocked");
  const old = await versionOf(tab);
  disk.newer();
  await page.evaluate(() => workers.at(-1)?.terminate());
  await tab.reaches({ core: "restarting", code: "storage.blocked" }, 30_000);
  await holder.letGo();
  await tab.reaches({ state: "ready", sync: "live", core: "running", code: "" }, 30_000);
  await tab.shows("before");
  assert.equal(await versionOf(tab), old + 1);
  await page.close();
});

test("a logout that somebody is in the way of takes all away, and the database when they let go", { timeout }, async () => {
  const { tab, me, room } = await lab.talk("hindered");
  const holder = await Holder.of(await lab.browser.page(), lab.server, "alcove:hindered");
  assert.equal((await tab.outcome("() => client.logout()")).code, "");
  await tab.reaches({ state: "signedOut", core: "running", code: "" });
  assert.equal(await holder.records(), 0);
  await holder.letGo();
  assert.deepEqual(await tab.login(me), { code: "" });
  await tab.reaches({ state: "ready", sync: "live" });
  await tab.enter(room);
  await tab.page.close();
});

test("who signs in behind a logout that somebody is in the way of is told so", { timeout }, async () => {
  const { tab, me, room } = await lab.talk("behind");
  const holder = await Holder.of(await lab.browser.page(), lab.server, "alcove:behind");
  assert.equal((await tab.outcome("() => client.logout()")).code, "");
  assert.equal((await tab.login(me)).code, "storage.blocked");
  await tab.reaches({ state: "signedOut", core: "running" });
  await holder.letGo();
  assert.deepEqual(await tab.login(me), { code: "" });
  await tab.reaches({ state: "ready", sync: "live" });
  await tab.enter(room);
  await tab.page.close();
});

test("a delete that somebody is in the way of holds up the core, which says so and goes on when they let go", { timeout }, async () => {
  const { tab, me, room } = await lab.talk("queued");
  const holder = await Holder.of(await lab.browser.page(), lab.server, "alcove:queued");
  await holder.deletes("alcove:queued");
  await tab.reaches({ core: "restarting", code: "storage.blocked" });
  await holder.letGo();
  await tab.reaches({ core: "running", state: "storageLost", code: "storage.lost" }, 40_000);
  assert.deepEqual(await tab.login(me), { code: "" });
  await tab.reaches({ state: "ready", sync: "live" });
  await tab.enter(room);
  await tab.page.close();
});

test("who starts behind a delete that somebody is in the way of is told so", { timeout }, async () => {
  const holder = await Holder.of(await lab.browser.page(), lab.server, "alcove:waiting");
  await holder.deletes("alcove:waiting");
  const tab = await Tab.load(await lab.browser.page(), lab.server, "waiting");
  assert.equal((await tab.outcome(`() => alcove.createClient({ store: "waiting" })`)).code, "storage.blocked");
  await holder.letGo();
  await tab.start();
  await tab.reaches({ state: "signedOut", core: "running", code: "" });
  await tab.page.close();
});

test("who clears the site's data signs in again", { timeout }, async () => {
  const { tab, me, other, room } = await lab.talk("cleared");
  await other.say(room, "before");
  await tab.shows("before");
  const cdp = await lab.browser.context.newCDPSession(tab.page);
  await cdp.send("Storage.clearDataForOrigin", { origin: lab.server.origin, storageTypes: "all" });
  // What is left of the page's own note decides whether it counts as a loss.
  await tab.page.waitForFunction(() => {
    const { core, state } = client.session.getSnapshot();
    return core === "running" && (state === "signedOut" || state === "storageLost");
  });
  assert.deepEqual(await tab.login(me), { code: "" });
  await tab.reaches({ state: "ready", core: "running", sync: "live" });
  await tab.enter(room);
  await tab.shows("before");
  await other.say(room, "after");
  await tab.shows("after");
});
