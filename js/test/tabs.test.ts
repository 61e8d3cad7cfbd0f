// One core for all tabs, and how it moves from one to the next.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { FakeTab } from "./faketabs.js";
import { leads, made, say, session, watch, world } from "./tabsworld.js";

test("W-1: three tabs have one core, and all hear all", async (t) => {
  const { open, settle, disk } = world(t);
  const tabs = [await open(), await open(), await open()];
  assert.equal(made(tabs), 1);
  assert.deepEqual(await Promise.all(tabs.map(leads)), [true, false, false]);
  const lists = await Promise.all(tabs.map(async (tab) => watch(await tab.client)));
  const sends = tabs.map((tab, n) => say(tab, `from ${n}`));
  await settle();
  await Promise.all(sends);
  assert.equal(disk.messages.length, 3);
  for (const { said } of lists) assert.deepEqual(said(), disk.messages.map(({ body }) => body));
  const [, second] = tabs;
  const logout = (await second?.client)?.logout();
  await settle();
  await logout;
  for (const tab of tabs) assert.equal((await session(tab)).state, "signedOut");
});

for (const [how, end] of Object.entries({
  closed: (tab: FakeTab) => tab.leave(),
  "closed by its app": async (tab: FakeTab) => (await tab.client).close(),
  crashed: (tab: FakeTab) => tab.crash(),
})) {
  test(`W-3, W-4: a leader that is ${how} hands over: calls go on, lists stay as they are`, async (t) => {
    const { open, settle, disk } = world(t);
    const [first, second, third] = [await open(), await open(), await open()];
    const lists = await Promise.all([second, third].map(async (tab) => watch(await tab.client)));
    const told = say(second, "before");
    await settle();
    await told;
    const shown = lists.map(({ list, states }) => (states.splice(0), list.getSnapshot()));
    const calls = [say(second, "b1"), say(third, "c1"), say(second, "b2")];
    await end(first);
    await settle();
    await Promise.all(calls);
    assert.deepEqual([await leads(second), await leads(third)], [true, false]);
    assert.equal(disk.epoch, 2);
    assert.deepEqual(disk.messages.map(({ body }) => body).sort(), ["b1", "b2", "before", "c1"]);
    lists.forEach(({ said, states, list }, n) => {
      assert.deepEqual(said(), disk.messages.map(({ body }) => body));
      assert.equal(list.getSnapshot()[0], shown[n]?.[0], "what is the same stays identical");
      assert.ok(states.every((state) => state.includes("before") && !state.includes("core.died")), String(states));
      assert.equal(list.stale, false);
    });
  });
}

test("W-3: a call that must not run twice says that it may have happened, when its leader goes", async (t) => {
  const { open, settle, site } = world(t);
  const [first, second] = [await open(), await open()];
  const rejected = assert.rejects((await second.client).rooms.create({ name: "r" }), { code: "core.died", recoverable: true });
  await Promise.resolve();
  for (let n = 0; n < 2; n++) await site.step(() => 0);
  first.crash();
  await settle();
  await rejected;
});

test("a core that dies is replaced in the same tab, and followers find the new one", async (t) => {
  const { open, settle, pass } = world(t);
  const [first, second] = [await open(), await open()];
  first.worker?.die();
  const call = say(second, "hi");
  await settle();
  await pass(1);
  await call;
  assert.deepEqual([await leads(first), await leads(second)], [true, false]);
  assert.deepEqual([first.workers.length, second.workers.length], [2, 0]);
});

test("W-3: a call of which cores die is not asked for ever, and costs its tab nothing else", async (t) => {
  const { open, settle, pass } = world(t);
  const [first, second] = [await open(), await open()];
  const poison = (await second.client).profile("@poison:x");
  const rejected = assert.rejects(poison, { code: "core.died" });
  await settle();
  await pass(3);
  await rejected;
  assert.equal(first.workers.length, 3);
  const call = say(second, "hi");
  await settle();
  await call;
});

test("a leader whose cores keep dying gives up, and lets the next tab try", async (t) => {
  const { open, settle, pass } = world(t);
  const [first, second] = [await open(), await open()];
  for (let n = 0; n < 8; n++) {
    first.worker?.die();
    await settle();
    await pass(30);
  }
  assert.deepEqual((await session(first)).core, "failed");
  assert.deepEqual([await leads(first), await leads(second)], [false, true]);
  assert.equal((await session(second)).core, "running");
  const again = (await first.client).restart();
  await settle();
  await again;
  assert.deepEqual([(await session(first)).core, await leads(first)], ["running", false]);
});

test("a follower waits patiently while the leader waits before its next core", async (t) => {
  const { open, settle, pass } = world(t);
  const [first, second] = [await open(), await open()];
  for (let n = 0; n < 7; n++) {
    first.worker?.die();
    await settle();
    await pass(n < 6 ? 30 : 10);
  }
  assert.deepEqual([await leads(first), (await session(second)).core], [true, "restarting"]);
  await pass(20);
  assert.deepEqual([await leads(first), (await session(second)).core], [true, "running"]);
});
