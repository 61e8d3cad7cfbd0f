// Leaders that must not lead any more: silent ones, late ones, old ones.
import assert from "node:assert/strict";
import { test } from "node:test";
import { leads, made, say, session, world } from "./tabsworld.js";

test("W-5: a leader that does not answer is deposed by a tab that is looked at, and becomes a follower", async (t) => {
  const { open, pass, settle, disk } = world(t);
  const [first, second, third] = [await open(), await open(), await open()];
  second.page.set({ visible: false });
  first.freeze();
  await pass(9);
  assert.equal(made([second, third]), 0);
  const call = say(second, "hi");
  await pass(7);
  await call;
  assert.deepEqual([await leads(second), await leads(third)], [false, true]);
  const lost = first.worker;
  first.thaw();
  await settle();
  assert.deepEqual([await leads(first), (await session(first)).core], [false, "running"]);
  assert.equal(lost?.agent.lanes.size, 0, "its worker is gone");
  const late = say(first, "late");
  await settle();
  await late;
  assert.ok(disk.messages.every(({ epoch }) => epoch === 2));
});

test("a page that is frozen while its worker goes on need not be deposed", async (t) => {
  const { open, pass } = world(t);
  const [first, second] = [await open(), await open()];
  first.freeze(false);
  await pass(60);
  const call = say(second, "hi");
  await pass(1);
  await call;
  assert.equal(made([second]), 0);
});

test("W-5: tabs that all wait for a silent leader do not depose one another", async (t) => {
  const { open, pass } = world(t);
  const tabs = [await open(), await open(), await open(), await open()];
  tabs[0]?.freeze();
  await pass(16);
  assert.equal(made(tabs), 2);
});

test("W-1: a worker that outlives its page's lock says nothing to tabs that come", async (t) => {
  const { open, pass, settle, site } = world(t);
  const [first, second] = [await open(), await open()];
  first.freeze();
  await pass(16);
  assert.equal(await leads(second), true);
  if (first.worker) first.worker.agent.frozen = false;
  const clients: unknown[] = [];
  const ear = site.agent().channel("alcove:test");
  ear.onmessage = ({ data }) => clients.push((data as { leader: { client: string } }).leader.client);
  ear.postMessage({ who: true });
  await settle();
  ear.close();
  assert.deepEqual(clients, [second.agent.client]);
  const third = await open();
  await settle();
  assert.equal((await session(third)).core, "running");
  assert.equal(made([third]), 0);
  second.leave();
  await settle();
  assert.equal(await leads(third), true);
  assert.equal(site.holder("alcove:test"), third.agent);
});

test("W-5: of two versions the one that was loaded last wins, once", async (t) => {
  const { open, pass, settle } = world(t);
  const [old, older] = [await open({ hash: "old" }), await open({ hash: "old" })];
  const next = await open({ hash: "new" });
  await pass(1);
  assert.deepEqual([await leads(next), (await session(next)).core], [true, "running"]);
  for (const tab of [old, older]) {
    const { core, error } = await session(tab);
    assert.deepEqual([core, error?.code], ["failed", "call.mismatch"]);
  }
  await pass(60);
  assert.equal(await leads(next), true);
  next.leave();
  await settle();
  assert.equal(made([old, older, next]), 2, "none of the old ones comes back by itself");
});
