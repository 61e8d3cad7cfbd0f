// How tabs go, and what is then left of them.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { FakeTab } from "./faketabs.js";
import { leads, made, say, session, world } from "./tabsworld.js";

test("a page that goes away lets go of all, and takes part again when it is brought back", async (t) => {
  const { open, settle } = world(t);
  const [first, second] = [await open(), await open()];
  first.page.leave();
  await settle();
  assert.deepEqual([await leads(first), await leads(second)], [false, true]);
  const call = say(first, "hi");
  first.page.back();
  await settle();
  await call;
  assert.equal((await session(first)).core, "running");
});

for (const [how, letGo] of Object.entries({
  "goes away": (tab: FakeTab): unknown => tab.page.leave(),
  "is closed by its app": async (tab: FakeTab): Promise<unknown> => (await tab.client).close(),
  "finds its core fenced": (tab: FakeTab): unknown => void say(tab, "hi"),
})) {
  test(`W-2: a leader that ${how} ends its worker before it lets the lock go`, async (t) => {
    const { open, settle, site, disk } = world(t);
    const [first, second] = [await open(), await open()];
    const agent = first.worker?.agent;
    assert.ok(agent);
    let holder: unknown;
    const end = agent.end.bind(agent);
    agent.end = () => {
      holder ??= site.holder("alcove:test");
      end();
    };
    if (how === "finds its core fenced") disk.epoch++;
    await letGo(first);
    await settle();
    assert.equal(holder, first.agent);
    assert.equal(site.holder("alcove:test"), second.agent);
    assert.equal(await leads(second), true);
  });
}

test("two clients of one store in one page share a core; two stores have two", async (t) => {
  const { open, settle, disk } = world(t);
  const first = await open();
  const same = await open({ agent: first.agent });
  assert.equal(made([first, same]), 1);
  const call = say(same, "hi");
  await settle();
  await call;
  const other = await open({ agent: first.agent, store: "other" });
  assert.deepEqual([await leads(first), await leads(same), await leads(other)], [true, false, true]);
  assert.equal(disk.messages.length, 1);
  (await first.client).close();
  await settle();
  assert.deepEqual([await leads(same), (await session(same)).core], [true, "running"]);
});

test("W-6: what a tab had open ends with it, however it ends", async (t) => {
  const { open, settle } = world(t);
  const [first, second, third, fourth] = [await open(), await open(), await open(), await open()];
  assert.equal(first.worker?.program?.pages, 4);
  second.crash();
  third.leave();
  (await fourth.client).close();
  await settle();
  assert.equal(first.worker?.program?.pages, 1);
});

test("closing leaves nothing behind", async (t) => {
  const { open, settle, site } = world(t);
  const [first, second] = [await open(), await open()];
  for (const tab of [second, first]) (await tab.client).close();
  await settle();
  assert.equal(site.channels.size, 0);
  assert.deepEqual([...site.locks.values()].filter((lock) => lock.held), []);
  assert.equal(site.agents.size, 2, "the pages, and no worker");
});

test("a page that may have no locks has a core of its own", async (t) => {
  const { open, site } = world(t);
  const agent = site.agent();
  Object.assign(agent, { locks: { request: () => Promise.reject(new DOMException("no", "SecurityError")), query: () => Promise.reject(new Error("no")) } });
  const tab = await open({ agent });
  assert.deepEqual([await leads(tab), (await session(tab)).core], [true, "running"]);
});
