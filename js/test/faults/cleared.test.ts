// The user clears the site's data under tabs that are open. Nobody is signed in
// then, in all of them alike, and they go on together.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Lab } from "./lab.js";
import { Tab } from "./tab.js";

const lab = new Lab();

async function clear(): Promise<void> {
  const page = await lab.browser.page();
  const session = await lab.browser.context.newCDPSession(page);
  await session.send("Storage.clearDataForOrigin", { origin: lab.server.origin, storageTypes: "all" });
  await page.close();
}

/** ended waits for the state that a tab is in without its data. What is left of a page's note when a core looks decides which. */
async function ended(tab: Tab): Promise<string> {
  await tab.page.waitForFunction(() => {
    const { core, state } = client.session.getSnapshot();
    return core === "running" && (state === "signedOut" || state === "storageLost");
  }, undefined, { timeout: 8_000, polling: 20 });
  return (await tab.session()).state;
}

for (const who of [0, 1, 2]) {
  test(`after the site's data was cleared under two tabs, ${["one", "the other", "a new one"][who]} signs in for all`, { timeout: 90_000 }, async () => {
    const { tab, me, other, room } = await lab.talk(`cleared-${who}`);
    const tabs = [tab, await Tab.open(await lab.browser.page(), lab.server, tab.store)];
    for (const each of tabs) await each.reaches({ state: "ready", sync: "live" });
    await clear();
    const states = await Promise.all(tabs.map(ended));
    assert.equal(states[0], states[1]);
    tabs.push(await Tab.open(await lab.browser.page(), lab.server, tab.store));
    assert.equal((await tabs.at(-1)?.session())?.state, states[0]);
    assert.deepEqual(await tabs[who]?.login(me), { code: "" });
    await other.say(room, "after");
    let leaders = 0;
    for (const each of tabs) {
      await each.reaches({ state: "ready", core: "running", sync: "live", code: "" });
      await each.knows(room);
      await each.enter(room);
      await each.shows("after");
      if ((await each.session()).leader) leaders++;
    }
    assert.equal(leaders, 1);
    for (const each of tabs) await each.page.close();
  });
}
