// What a logout leaves of an account in the browser: nothing, whichever of its
// tabs asked for it and whichever looks.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { Lab } from "./lab.js";
import { Tab } from "./tab.js";

const lab = new Lab();

type Left = {
  readonly databases: readonly (string | undefined)[];
  /** Records of every database of the origin, as text, by database and store. The epoch is no record of the account. */
  readonly records: Readonly<Record<string, string>>;
  readonly caches: readonly string[];
  readonly local: readonly string[];
  readonly session: readonly string[];
};

function left(page: Page): Promise<Left> {
  return page.evaluate(async () => {
    const settled = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const text = (value: unknown): string =>
      value instanceof ArrayBuffer || ArrayBuffer.isView(value) ? new TextDecoder().decode(value) : JSON.stringify(value);
    const records: Record<string, string> = {};
    for (const { name } of await indexedDB.databases()) {
      const db = await settled(indexedDB.open(name ?? ""));
      for (const store of [...db.objectStoreNames].filter((store) => store !== "_epoch")) {
        const objects = db.transaction(store).objectStore(store);
        const [keys, values] = await Promise.all([settled(objects.getAllKeys()), settled(objects.getAll())]);
        for (const [i, key] of keys.entries()) records[`${name} ${store} ${text(key)}`] = text(values[i]);
      }
      db.close();
    }
    const databases = (await indexedDB.databases()).map(({ name }) => name);
    return { databases, records, caches: await caches.keys(), local: Object.entries(localStorage).flat(), session: Object.entries(sessionStorage).flat() };
  });
}

test("a logout in one of three tabs leaves nothing of the account in any", { timeout: 90_000 }, async () => {
  const { tab, me, other, room } = await lab.talk("left");
  const others = [];
  for (let i = 0; i < 2; i++) {
    const another = await Tab.open(await lab.browser.page(), lab.server, "left");
    await another.reaches({ state: "ready" });
    await another.enter(room);
    others.push(another);
  }
  await other.say(room, "to be forgotten");
  for (const each of [tab, ...others]) await each.shows("to be forgotten");
  const tabs = [tab, ...others];
  // That this finds what is there: messages are not sealed.
  assert.ok(Object.values((await left(tab.page)).records).some((text) => text.includes("to be forgotten")));
  assert.deepEqual(await others[0]?.outcome("() => client.logout()"), { code: "" });
  for (const each of tabs) await each.reaches({ state: "signedOut", core: "running" });
  for (const each of tabs) {
    const found = await left(each.page);
    const all = JSON.stringify(found);
    for (const secret of [me.id, other.id, room, "to be forgotten"]) assert.ok(!all.includes(secret), `${secret} is left: ${all}`);
    assert.deepEqual([found.databases, found.records, found.caches, found.local, found.session], [["alcove-keys"], {}, [], [], []]);
  }
});
