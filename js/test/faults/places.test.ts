// Browsers that keep nothing, are full, or lack what others have: the session
// works as far as it can, and says what it cannot.
import assert from "node:assert/strict";
import { writeFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { Profile } from "./chromium.js";
import { Lab } from "./lab.js";
import type { Talk } from "./lab.js";
import { Server } from "./server.js";
import { Tab } from "./tab.js";

const lab = new Lab();

/** converse proves that a session reads and writes. */
async function converse({ tab, other, room }: Talk): Promise<void> {
  await other.say(room, "to you");
  await tab.shows("to you");
  await tab.write(["from me"]);
  await tab.shows("from me");
  assert.deepEqual((await other.heard(room)).map(({ body }) => body), ["to you", "from me"]);
}

async function signIn(page: Page, server: Server, name: string, prepare = async (_: Page) => {}): Promise<Talk> {
  await prepare(page);
  const me = await server.account(`${name}-me`);
  const other = await server.account(`${name}-other`);
  const room = await other.room(name, me);
  const tab = await Tab.open(page, server, name);
  assert.deepEqual(await tab.login(me), { code: "" });
  await tab.reaches({ state: "ready", sync: "live" });
  await tab.enter(room);
  return { tab, me, other, room };
}

/** Each row is code that runs before the worker's and the page's own. */
const denials: Readonly<Record<string, string>> = {
  "there is no indexedDB": 'Object.defineProperty(globalThis, "indexedDB", { value: undefined });',
  "indexedDB may not be touched": 'Object.defineProperty(globalThis, "indexedDB", { get() { throw new DOMException("denied", "SecurityError"); } });',
  "open() throws": 'IDBFactory.prototype.open = () => { throw new DOMException("denied", "SecurityError"); };',
  "open() fails":
    'IDBFactory.prototype.open = () => { const r = new EventTarget(); r.error = new DOMException("broken", "UnknownError"); setTimeout(() => { r.onerror?.(new Event("error")); r.dispatchEvent(new Event("error")); }); return r; };',
};

for (const [what, code] of Object.entries(denials)) {
  test(`a session lives in memory where ${what}`, async () => {
    const talk = await signIn(await lab.browser.page(), lab.server, what.replaceAll(/\W/g, "").toLowerCase(), async (page) => {
      await page.addInitScript(code);
      await page.route("**/worker.js", async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, body: code + (await response.text()) });
      });
    });
    const storage = await talk.tab.storage();
    assert.deepEqual([storage?.open, storage?.inMemory], [true, true]);
    await converse(talk);
    await talk.tab.page.close();
  });
}

test("a site whose data the user blocks lives in memory", async () => {
  const profile = new Profile();
  mkdirSync(join(profile.path, "Default"));
  const blocked = { profile: { default_content_setting_values: { cookies: 2 } } };
  writeFileSync(join(profile.path, "Default/Preferences"), JSON.stringify(blocked));
  try {
    const browser = await profile.launch();
    const talk = await signIn(await browser.page(), lab.server, "blocked");
    const storage = await talk.tab.storage();
    assert.deepEqual([storage?.open, storage?.inMemory], [true, true]);
    await converse(talk);
  } finally {
    await profile.remove();
  }
});

test("a private window works for as long as it is open", async () => {
  const context = await lab.browser.browser.newContext();
  const talk = await signIn(await context.newPage(), lab.server, "private");
  await converse(talk);
  await talk.tab.page.close();
  const again = await Tab.open(await context.newPage(), lab.server, "private");
  await again.reaches({ state: "ready", sync: "live" });
  await context.close();
});

test("a page without HTTPS has no service worker, no locks and no storage manager, and works", async () => {
  const profile = new Profile("", ["--host-resolver-rules=MAP plain.test 127.0.0.1"]);
  try {
    const browser = await profile.launch();
    const page = await browser.page();
    const plain = lab.server.named("plain.test");
    const talk = await signIn(page, plain, "plain");
    assert.deepEqual(await page.evaluate(() => [isSecureContext, "serviceWorker" in navigator, "storage" in navigator]), [false, false, false]);
    await converse(talk);
    await page.close();
    const again = await Tab.open(await browser.page(), plain, "plain");
    await again.reaches({ state: "ready", sync: "live" });
  } finally {
    await profile.remove();
  }
});

async function used(page: Page, origin: string): Promise<number> {
  await page.goto(origin);
  return page.evaluate(async () => (await navigator.storage.estimate()).usage ?? 0);
}

test("a full disk pauses the sync, refuses new messages and loses nothing", { timeout: 180_000 }, async () => {
  // Before the first write: the browser looks at its quota now and then only.
  const page = await lab.browser.page();
  const cdp = await lab.browser.context.newCDPSession(page);
  const origin = lab.server.origin;
  await cdp.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: (await used(page, origin)) + (3 << 20) });
  const { tab, other, room } = await signIn(page, lab.server, "full");
  await other.say(room, "before");
  await tab.shows("before");
  const early: string[] = [];
  for (let i = 0; (await tab.session()).sync === "live" && i < 100; i++) {
    early.push(`while full ${i} ${"x".repeat(50_000)}`);
    await other.say(room, early.at(-1) ?? "");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await tab.reaches({ state: "ready", sync: "paused", code: "storage.quota", core: "running" });
  assert.equal((await tab.storage())?.full, true);
  const refused = await tab.outcome("async () => { await timeline.send.text('refused'); }");
  assert.equal(refused.code, "storage.quota");
  const kept = (await tab.everything()).map(({ body }) => body);
  assert.deepEqual(kept, ["before", ...early].slice(0, kept.length));
  await tab.page.reload();
  await tab.page.waitForFunction(() => "alcove" in globalThis);
  await tab.start();
  await tab.enter(room);
  assert.deepEqual((await tab.everything()).map(({ body }) => body), kept);
  await tab.reaches({ state: "ready", sync: "paused", code: "storage.quota", core: "running" });

  await cdp.send("Storage.overrideQuotaForOrigin", { origin });
  // Who made room comes back to the page.
  await tab.page.evaluate(() => globalThis.dispatchEvent(new Event("online")));
  await tab.shows(early.at(-1) ?? "", 10_000);
  await tab.reaches({ state: "ready", sync: "live" });
  assert.equal((await tab.storage())?.full, false);
  await tab.write(["after"]);
  await tab.shows("after");
  assert.deepEqual((await other.heard(room)).map(({ body }) => body), ["before", ...early, "after"]);
  assert.deepEqual((await tab.everything()).map(({ body }) => body), ["before", ...early, "after"]);
});
