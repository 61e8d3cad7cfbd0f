// The passphrase in a real browser, with real tabs, reloads and kills.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Profile } from "./chromium.js";
import { Lab } from "./lab.js";
import { Server } from "./server.js";
import { Tab } from "./tab.js";

const lab = new Lab();

const lockOf = ({ page }: Tab) => page.evaluate(() => client.lock.getSnapshot());
const workersOf = ({ page }: Tab) => page.workers().length;

async function reachesLock({ page }: Tab, want: { enabled: boolean; locked: boolean }): Promise<void> {
  await page.waitForFunction((want) => JSON.stringify(client.lock.getSnapshot()) === JSON.stringify(want), want, { polling: 10 });
}

const locked = { enabled: true, locked: true };
const unlocked = { enabled: true, locked: false };
const none = { enabled: false, locked: false };

const setPassphrase = (tab: Tab, passphrase: string) => tab.outcome((passphrase: string) => client.lock.set(passphrase), passphrase);
const unlock = (tab: Tab, passphrase: string) => tab.outcome((passphrase: string) => client.lock.unlock(passphrase), passphrase);

/** begin starts the client of a loaded page, without waiting for its core. */
async function begin(tab: Tab): Promise<void> {
  await tab.page.evaluate(async ({ store, homeserver }) => {
    globalThis.client = await alcove.createClient({ store, homeserver });
  }, { store: tab.store, homeserver: lab.server.origin });
}

async function reload(tab: Tab): Promise<void> {
  await tab.page.reload();
  await tab.page.waitForFunction(() => "alcove" in globalThis);
  await begin(tab);
}

async function another(store: string): Promise<Tab> {
  const tab = await Tab.load(await lab.browser.page(), lab.server, store);
  await begin(tab);
  return tab;
}

/** seen is all that a page could show of an account. */
function seen({ page }: Tab, room: string): Promise<unknown> {
  return page.evaluate((id) => {
    const list = client.rooms.list();
    const room = client.room(id);
    const timeline = room.timeline();
    const { userId, deviceId, state } = client.session.getSnapshot();
    const all = [list, room, timeline];
    for (const one of all) one.subscribe(() => {});
    const shown = all.map((one) => one.getSnapshot() ?? null);
    for (const one of all) one.close();
    return { userId, deviceId, state, shown };
  }, room);
}

const nothing = { userId: undefined, deviceId: undefined, state: "restoring", shown: [[], null, []] };

/** stored waits until there is a snapshot for the next start. */
async function stored({ page, store }: Tab): Promise<void> {
  await page.waitForFunction(async (name) => {
    const done = <T>(request: IDBRequest<T>) => new Promise<T>((resolve) => (request.onsuccess = () => resolve(request.result)));
    const db = await done(indexedDB.open(name));
    const found = await Promise.all(["roomlist", "timeline"].map((name) => done(db.transaction("view").objectStore("view").get(new TextEncoder().encode(name)))));
    db.close();
    return found.every((value) => value !== undefined);
  }, `alcove:${store}`, { polling: 100 });
}

test("K-4: a reload of the only tab shows nothing until the passphrase is entered", { timeout: 60_000 }, async () => {
  const { tab, other, room } = await lab.talk("reload");
  await other.say(room, "before");
  await tab.shows("before");
  assert.deepEqual(await setPassphrase(tab, "correct horse"), { code: "" });
  await stored(tab);
  await reload(tab);
  assert.equal((await tab.session()).core, "locked");
  assert.deepEqual(await lockOf(tab), locked);
  assert.deepEqual(await seen(tab, room), nothing);
  assert.equal(workersOf(tab), 0);
  assert.equal((await unlock(tab, "incorrect horse")).code, "lock.passphrase");
  assert.deepEqual(await seen(tab, room), nothing);
  assert.equal(workersOf(tab), 0);

  assert.deepEqual(await unlock(tab, "correct horse"), { code: "" });
  await tab.reaches({ state: "ready", sync: "live", core: "running" });
  await tab.enter(room);
  assert.deepEqual((await tab.shown()).map(({ body }) => body), ["before"]);
  await tab.write(["after"]);
  await tab.shows("after");
  await tab.page.close();
});

test("K-4, K-5: three tabs have one lock, and a hand-over asks nobody", { timeout: 120_000 }, async () => {
  const { tab: first, other, room } = await lab.talk("three");
  const second = await another("three");
  await second.reaches({ state: "ready", core: "running" });
  assert.deepEqual(await setPassphrase(second, "p"), { code: "" });
  await reachesLock(first, unlocked);
  const third = await another("three");
  await third.reaches({ state: "ready", core: "running" });
  assert.deepEqual(await lockOf(third), unlocked);
  await third.enter(room);

  await first.page.close();
  await other.say(room, "after the hand-over");
  await third.shows("after the hand-over");
  assert.deepEqual(await lockOf(third), unlocked);

  await second.page.evaluate(() => client.lock.lock());
  const fourth = await another("three");
  for (const tab of [second, third, fourth]) {
    await tab.reaches({ core: "locked" });
    assert.deepEqual(await lockOf(tab), locked);
    assert.deepEqual(await seen(tab, room), nothing);
    assert.equal(workersOf(tab), 0);
  }
  assert.deepEqual(await third.shown(), [], "the timeline that was on screen");
  await other.say(room, "while it was locked");

  assert.deepEqual(await unlock(fourth, "p"), { code: "" });
  for (const tab of [second, third, fourth]) await tab.reaches({ state: "ready", core: "running" });
  await third.shows("while it was locked");
  assert.equal([second, third, fourth].reduce((count, tab) => count + workersOf(tab), 0), 1);

  await fourth.page.evaluate(() => client.logout({ force: true }));
  for (const tab of [second, third, fourth]) await reachesLock(tab, none);
  await reload(fourth);
  await fourth.reaches({ state: "signedOut", core: "running" });
  for (const tab of [second, third, fourth]) await tab.page.close();
});

test("what was asked while it was locked is done when it opens, once", { timeout: 60_000 }, async () => {
  const { tab, other, room } = await lab.talk("waits");
  await setPassphrase(tab, "p");
  await tab.page.evaluate(() => client.lock.lock());
  await tab.page.evaluate((id) => void client.room(id).send.text("written behind the lock"), room);
  await tab.page.waitForTimeout(200);
  assert.deepEqual(await other.heard(room), []);
  await unlock(tab, "p");
  await tab.shows("written behind the lock");
  assert.deepEqual((await other.heard(room)).map(({ body }) => body), ["written behind the lock"]);
  await tab.page.close();
});

test("a strict content security policy is no obstacle", { timeout: 60_000 }, async () => {
  const page = await lab.browser.page();
  await page.route(lab.server.origin + "/", async (route) => {
    const response = await route.fetch();
    const [, script = ""] = /<script type="module">(.*)<\/script>/s.exec(await response.text()) ?? [];
    const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'";
    const headers = { ...response.headers(), "content-security-policy": policy };
    await route.fulfill({ response, headers, body: '<!doctype html><script type="module" src="./inline.js"></script>' });
    await page.route("**/inline.js", (inline) => inline.fulfill({ contentType: "text/javascript", body: script }));
  });
  const errors: string[] = [];
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  const me = await lab.server.account("strict");
  const tab = await Tab.open(page, lab.server, "strict");
  assert.deepEqual(await tab.login(me), { code: "" });
  assert.deepEqual(await setPassphrase(tab, "p"), { code: "" });
  await reload(tab);
  assert.deepEqual(await lockOf(tab), locked);
  await unlock(tab, "p");
  await tab.reaches({ state: "ready", sync: "live" });
  assert.deepEqual(errors.filter((text) => /policy/i.test(text)), []);
  await page.close();
});

/** acts are what may be killed in its middle: from a state, to another. */
const acts: Record<string, { readonly before?: string; act(): Promise<void>; readonly after: readonly (string | undefined)[] }> = {
  set: { act: () => client.lock.set("new"), after: [undefined, "new"] },
  change: { before: "old", act: () => client.lock.change("old", "new"), after: ["old", "new"] },
  remove: { before: "old", act: () => client.lock.remove("old"), after: ["old", undefined] },
};

for (const [what, { before, act, after }] of Object.entries(acts)) {
  test(`K-3: a kill in the middle of ${what} leaves one of the two, and never what cannot be read`, { timeout: 240_000 }, async () => {
    const profile = new Profile();
    const server = await Server.start();
    try {
      const me = await server.account("kill");
      for (let n = 0; n < 4; n++) {
        const store = `${what}${n}`;
        let browser = await profile.launch();
        const tab = await Tab.open(await browser.page(), server, store);
        assert.deepEqual(await tab.login(me), { code: "" });
        if (before !== undefined) await setPassphrase(tab, before);
        await tab.page.evaluate((act) => void (0, eval)(`(${act})()`), String(act));
        await tab.page.waitForTimeout(Math.random() * 600);
        await browser.kill();

        browser = await profile.launch();
        const again = await Tab.load(await browser.page(), server, store);
        await again.page.evaluate(async (store) => {
          globalThis.client = await alcove.createClient({ store });
        }, store);
        const { enabled } = (await lockOf(again)) ?? {};
        const opens: (string | undefined)[] = [];
        if (!enabled) opens.push(undefined);
        else for (const passphrase of ["old", "new"]) if ((await unlock(again, passphrase)).code === "") opens.push(passphrase);
        assert.equal(opens.length, 1, JSON.stringify(opens));
        assert.ok(after.includes(opens[0]), `${what}: ${opens[0]}`);
        const session = await again.reaches({ state: "ready", core: "running" });
        assert.equal(session.userId, me.id);
        await browser.kill();
      }
    } finally {
      await profile.remove();
      await server.close();
    }
  });
}

test("without HTTPS there is no passphrase, and that is said", { timeout: 60_000 }, async () => {
  const profile = new Profile("", ["--host-resolver-rules=MAP plain.test 127.0.0.1"]);
  try {
    const browser = await profile.launch();
    const tab = await Tab.open(await browser.page(), lab.server.named("plain.test"), "plain");
    assert.equal((await setPassphrase(tab, "p")).code, "lock.unsupported");
    assert.deepEqual(await lockOf(tab), none);
  } finally {
    await profile.remove();
  }
});

