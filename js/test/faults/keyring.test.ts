// The keys in a real browser: what lies in the database, and that it is one
// set of keys however often and where the core starts.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { Lab } from "./lab.js";
import { Tab } from "./tab.js";

const lab = new Lab();

type Found = { readonly kek: string; readonly exported: string; readonly bytes: readonly string[] };

/** record says what any script of the origin can learn of the keys of a store; undefined where there are none. */
function record(page: Page, store: string): Promise<Found | undefined> {
  return page.evaluate(async (name) => {
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const request = indexedDB.open("alcove-keys");
    request.onupgradeneeded = () => request.transaction?.abort();
    const db = await done(request).catch(() => undefined);
    const found = db && (await done(db.transaction("keys").objectStore("keys").get(name)));
    db?.close();
    if (!found) return undefined;
    const { kek, data, view } = found as { kek: CryptoKey; data: Uint8Array; view: Uint8Array };
    return {
      kek: `${kek.type} ${kek.algorithm.name} ${kek.extractable}`,
      exported: await crypto.subtle.exportKey("raw", kek).then(() => "yes", (error: DOMException) => error.name),
      bytes: [data, view].map(String),
    };
  }, `alcove:${store}`);
}

test("keys lie under one that no script can read, and are the same at every start", async () => {
  const tab = await lab.signedOut("keyring");
  const made = await record(tab.page, "keyring");
  assert.deepEqual([made?.kek, made?.exported, made?.bytes.length], ["secret AES-GCM false", "InvalidAccessError", 2]);
  await tab.page.reload();
  await tab.page.waitForFunction(() => "alcove" in globalThis);
  await tab.start();
  assert.deepEqual(await record(tab.page, "keyring"), made);
  await tab.page.close();
});

test("tabs that start at once make one set of keys", async () => {
  const pages = await Promise.all([1, 2, 3].map(() => lab.browser.page()));
  const tabs = await Promise.all(pages.map((page) => Tab.load(page, lab.server, "raced")));
  await Promise.all(tabs.map(({ page }) => page.evaluate(() => void alcove.createClient({ store: "raced" }).catch(() => {}))));
  const [first, ...others] = pages as [Page, ...Page[]];
  let made: Found | undefined;
  while (!(made = await record(first, "raced"))) await first.waitForTimeout(20);
  await Promise.all(tabs.map(({ page }) => page.evaluate(() => alcove.createClient({ store: "raced" }).catch(() => {}))));
  for (const page of others) assert.deepEqual(await record(page, "raced"), made);
  await Promise.all(pages.map((page) => page.close()));
});

/** holders are the stores of which a value has this text. */
function holders({ page, store }: Tab, text: string): Promise<string[]> {
  return page.evaluate(async ({ name, text }) => {
    const done = <T>(request: IDBRequest<T>) => new Promise<T>((resolve) => (request.onsuccess = () => resolve(request.result)));
    const db = await done(indexedDB.open(name));
    const found: string[] = [];
    for (const store of db.objectStoreNames) {
      const values = await done(db.transaction(store).objectStore(store).getAll());
      const latin1 = new TextDecoder("latin1");
      if (values.some((value: unknown) => value instanceof Uint8Array && latin1.decode(value).includes(text))) found.push(store);
    }
    db.close();
    return found.sort();
  }, { name: `alcove:${store}`, text });
}

test("what is said is in no sealed store", { timeout: 60_000 }, async () => {
  const { tab, other, room } = await lab.talk("canary");
  await other.say(room, "heard-canary");
  await tab.shows("heard-canary");
  await lab.server.cutOff();
  await tab.write(["unsent-canary"]);
  await tab.untilAccepted(1);
  // The room list has the last message, and the snapshots have both.
  await tab.page.waitForTimeout(2_500);
  assert.deepEqual(await holders(tab, "unsent-canary"), []);
  // Those that are not sealed show that this finds what is there.
  assert.deepEqual(await holders(tab, "heard-canary"), ["timeline"]);
  await lab.server.clear();
  await tab.page.close();
});
