// A browser that clears the site's data gives new locks to all that comes after
// that, and leaves the old ones to the pages that are there.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { FakeTab } from "./faketabs.js";
import { leads, say, session, world } from "./tabsworld.js";

async function agree(tabs: readonly FakeTab[], messages: readonly { body: string }[]): Promise<void> {
  const leaders = [];
  for (const tab of tabs) {
    assert.equal((await session(tab)).core, "running");
    if (await leads(tab)) leaders.push(tab);
  }
  assert.equal(leaders.length, 1);
  const before = messages.length;
  for (const [n, tab] of tabs.entries()) await say(tab, `${before} ${n}`);
  assert.deepEqual(messages.slice(before).map(({ body }) => body), tabs.map((_, n) => `${before} ${n}`));
}

test("W-7: tabs whose site was cleared find each other again at once, and those that come", async (t) => {
  const { open, pass, settle, site, disk } = world(t);
  const tabs = [await open(), await open(), await open()];
  for (let n = 0; n < 2; n++) {
    site.clear();
    tabs[0]?.worker?.die(); // its database was closed
    tabs.push(await open()); // it sees no lock, and leads
    await pass(2);
    const said = agree(tabs, disk.messages);
    await settle();
    await said;
    assert.equal(await leads(tabs.at(-1)!), true);
    tabs.reverse();
  }
});

test("W-7: a page that gets no other locks has a core of its own", async (t) => {
  const { open, pass, site } = world(t);
  const agent = site.agent();
  Object.assign(agent, { renew: undefined });
  const tab = await open({ agent });
  site.clear();
  tab.worker?.die();
  await pass(2);
  assert.deepEqual([(await session(tab)).core, (await session(tab)).leader], ["running", true]);
});
