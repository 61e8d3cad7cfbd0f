// The browser is killed, or the tab closed, at any moment of a logout. The
// account is there whole afterwards, or not at all.
//
// LOGOUTS is the number of cases, SEED the moments.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { randomFrom } from "../random.js";
import { Profile } from "./chromium.js";
import { Server } from "./server.js";
import { Tab } from "./tab.js";

const cases = Number(process.env["LOGOUTS"] || 8);
const seed = Number(process.env["SEED"] || 1);

const profile = new Profile();
const server = await Server.start();
const me = await server.account("me");
const room = await me.room("room");

after(async () => {
  await profile.remove();
  await server.close();
});

/** left is what lies there: the page's note, and all records as text. Messages are not sealed. */
function left(tab: Tab): Promise<string> {
  return tab.page.evaluate(async (name) => {
    const settled = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const db = await settled(indexedDB.open(name));
    const values = await Promise.all([...db.objectStoreNames].map((store) => settled(db.transaction(store).objectStore(store).getAll())));
    db.close();
    const text = values.flat().map((value: unknown) => (value instanceof Uint8Array ? new TextDecoder().decode(value) : ""));
    return [localStorage.getItem(name), ...text].join(" ");
  }, `alcove:${tab.store}`);
}

for (let number = 0; number < cases; number++) {
  test(`a logout cut off, case ${number} of seed ${seed}`, { timeout: 90_000 }, async (t) => {
    const random = randomFrom(seed * 10_000 + number);
    const store = `logout-${number}`;
    let browser = await profile.launch();
    let tab = await Tab.open(await browser.page(), server, store);
    assert.equal((await tab.login(me)).code, "");
    await tab.reaches({ state: "ready", sync: "live" });
    await tab.enter(room);
    await me.say(room, `secret ${number}`);
    await tab.shows(`secret ${number}`);
    if (number % 4 > 1) await server.rule({ path: "/logout$", act: "delay", ms: random(150) });
    const asked = tab.page.evaluate(() => void client.logout().catch(() => {})).catch(() => {});
    await sleep(random(number % 4 > 1 ? 200 : 8));
    if (number % 2 === 0) await browser.kill();
    else await tab.page.close();
    await asked;
    await server.clear();
    if (number % 2 === 0) browser = await profile.launch();
    tab = await Tab.load(await browser.page(), server, store);
    await tab.start();
    await tab.page.waitForFunction(() => {
      const { core, state, sync } = client.session.getSnapshot();
      return core === "running" && (state !== "ready" || sync === "live");
    });
    const { state } = await tab.session();
    t.diagnostic(state);
    assert.ok(state === "ready" || state === "signedOut", state);
    assert.equal((await tab.rooms().catch(() => [])).length > 0, state === "ready");
    assert.equal((await left(tab)).includes(`secret ${number}`), state === "ready");
    assert.equal((await left(tab)).includes(me.id), state === "ready");
    if (state === "signedOut") {
      assert.deepEqual(await tab.login(me), { code: "" });
    }
    await tab.reaches({ state: "ready", sync: "live", code: "" });
    await tab.enter(room);
    await tab.shows(`secret ${number}`);
    await browser.kill();
  });
}
