// Tabs of one browser: what they share, and what they do not.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { API_HASH } from "../../src/api.js";
import { Group } from "./group.js";
import { Lab } from "./lab.js";
import { Tab } from "./tab.js";

const lab = new Lab();

test("a sign-in and a logout are everybody's, and a tab that comes in between sees what there is", async () => {
  const me = await lab.server.account("everybody");
  const [first, second] = [await lab.signedOut("everybody"), await lab.signedOut("everybody")];
  assert.deepEqual(await second.login(me), { code: "" });
  for (const tab of [first, second]) await tab.reaches({ state: "ready", sync: "live" });
  const third = await Tab.open(await lab.browser.page(), lab.server, "everybody");
  assert.equal((await third.session()).userId, me.id);
  assert.deepEqual(await third.outcome(async () => client.logout({ force: true })), { code: "" });
  for (const tab of [first, second, third]) await tab.reaches({ state: "signedOut" });
  assert.deepEqual(await first.login(me), { code: "" });
  for (const tab of [second, third]) await tab.reaches({ state: "ready", sync: "live" });
  const made = await Promise.all([first, second, third].map((tab) => tab.page.evaluate(() => workers.length)));
  assert.deepEqual(made, [1, 0, 0], "one program was started in all");
  await Promise.all([first, second, third].map((tab) => tab.page.close()));
});

test("two accounts are side by side in one page, each with a core of its own", async () => {
  const one = await lab.talk("side-a");
  const page = one.tab.page;
  const other = await lab.server.account("side-b-me");
  const seen = await page.evaluate(async ({ user, password }) => {
    const second = await alcove.createClient({ store: "side-b", homeserver: location.origin });
    await second.login.password({ user, password });
    const same = await alcove.createClient({ store: "side-a", homeserver: location.origin });
    const sessions = [client, second, same].map(({ session }) => session.getSnapshot());
    same.close();
    second.close();
    return sessions.map(({ userId, leader }) => [userId, leader]);
  }, { user: other.name, password: other.password });
  assert.deepEqual(seen, [[one.me.id, true], [other.id, true], [one.me.id, false]]);
  assert.equal(await page.evaluate(() => workers.length), 2);
  await one.tab.write(["still here"]);
  await one.tab.shows("still here");
  await page.close();
});

/** lines is how many pages a store's core serves besides its own, as the browser's locks tell. */
function lines(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const { held = [], pending = [] } = await navigator.locks.query();
    const names = [...held, ...pending].flatMap(({ name }) => (name?.startsWith("alcove-line:") ? [name] : []));
    return new Set(names).size;
  });
}

test("whatever becomes of a tab, the core lets go of what it had open", async () => {
  const group = await Group.gather(lab, "lines", 4);
  const [leader, closed, crashed, left] = group.tabs.map(({ page }) => page);
  assert.ok(leader && closed && crashed && left);
  assert.equal(await lines(leader), 3);
  await closed.close();
  await lab.crash(crashed);
  await left.evaluate(() => client.close());
  while ((await lines(leader)) > 0) await leader.waitForTimeout(20);
  await left.close();
  await leader.evaluate(() => client.close());
  const locks = await leader.evaluate(async () => (await navigator.locks.query()).held?.map(({ name }) => name));
  assert.deepEqual(locks, [], "a client that is closed holds nothing");
  await leader.close();
});

/** renamed makes a page that is of another version: its files have another definition of the API. */
async function renamed(page: Page): Promise<Page> {
  const other = `${API_HASH.slice(0, -1)}${API_HASH.endsWith("0") ? "1" : "0"}`;
  for (const file of ["**/index.js", "**/alcove.wasm"]) {
    await page.route(file, async (route) => {
      const response = await route.fetch();
      const body = (await response.body()).toString("latin1").replaceAll(API_HASH, other);
      await route.fulfill({ response, body: Buffer.from(body, "latin1") });
    });
  }
  return page;
}

test("of two versions the one loaded last goes on, and the tabs of the other say that they must be loaded again", async () => {
  const group = await Group.gather(lab, "versions", 2);
  const next = await Tab.open(await renamed(await lab.browser.page()), lab.server, "versions");
  await next.reaches({ state: "ready", core: "running", sync: "live" });
  assert.equal((await next.session()).leader, true);
  for (const tab of group.tabs) {
    await tab.reaches({ core: "failed", code: "call.mismatch" });
    assert.equal((await tab.outcome(async () => client.profile("@a:b"))).code, "call.mismatch");
  }
  await next.enter(group.room);
  await next.write(["from the next version"]);
  await next.shows("from the next version");
  await Promise.all([next, ...group.tabs].map((tab) => tab.page.close()));
});

test("a tab that the browser keeps to go back to lets go of the core, and takes part again", async () => {
  const group = await Group.gather(lab, "back", 2);
  const { leader, followers: [other] } = group;
  assert.ok(other);
  await leader.page.evaluate(() => addEventListener("pageshow", ({ persisted }) => Object.assign(globalThis, { persisted })));
  await leader.page.goto(`${lab.server.origin}/sw.js`);
  await other.page.waitForFunction(() => client.session.getSnapshot().leader, undefined, { polling: 20 });
  await other.write(["meanwhile"]);
  await other.shows("meanwhile");
  await leader.page.goBack({ waitUntil: "commit" });
  await leader.page.waitForFunction(() => "persisted" in globalThis, undefined, { polling: 20 });
  assert.equal(await leader.page.evaluate(() => (globalThis as { persisted?: boolean }).persisted), true);
  await leader.shows("meanwhile");
  assert.equal(await group.leads(), other);
  await Promise.all(group.tabs.map((tab) => tab.page.close()));
});

test("with a service worker all is the same", async () => {
  const page = await lab.browser.page();
  await page.goto(lab.server.origin);
  await page.evaluate(async () => {
    await navigator.serviceWorker.register("sw.js");
    await navigator.serviceWorker.ready;
    if (!navigator.serviceWorker.controller) await new Promise((resolve) => (navigator.serviceWorker.oncontrollerchange = resolve));
  });
  const group = await Group.gather(lab, "sw");
  assert.ok(await group.leader.page.evaluate(() => navigator.serviceWorker.controller !== null));
  await group.writeAll("a", 20);
  const { leader } = group;
  group.gone(leader);
  await leader.page.close();
  await group.agree(await group.finish(20));
  await group.leads();
  await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.unregister());
});
