import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import type { Client } from "../src/client.js";
import { fakeClock } from "./clock.js";
import { Disk } from "./fakeprogram.js";
import { Site } from "./fakesite.js";
import { FakeTab } from "./faketabs.js";

function world(t: TestContext) {
  const clock = fakeClock(t);
  const site = new Site();
  const disk = new Disk();
  const tabs: FakeTab[] = [];
  const open = async (options?: ConstructorParameters<typeof FakeTab>[2]): Promise<FakeTab> => {
    const tab = new FakeTab(site, disk, options);
    tabs.push(tab);
    await site.settle();
    return tab;
  };
  /** pass lets time pass. */
  const pass = async (seconds: number): Promise<void> => {
    for (let n = 0; n < seconds; n++) {
      clock.tick(1_000);
      await site.settle();
    }
  };
  t.after(async () => {
    for (const tab of tabs) await tab.client.then((client) => client.close(), () => {});
  });
  return { site, disk, open, pass, settle: () => site.settle() };
}

const session = async (tab: FakeTab) => (await tab.client).session.getSnapshot();
const leads = async (tab: FakeTab) => (await session(tab)).leader;
const say = async (tab: FakeTab, body: string) => (await tab.client).room("!a").send.text(body);
const made = (tabs: readonly FakeTab[]) => tabs.reduce((sum, tab) => sum + tab.workers.length, 0);

/** watch is a live list of what was said, as a tab has it. */
function watch(client: Client) {
  const list = client.rooms.list();
  const states: string[] = [];
  list.subscribe(() => states.push(`${list.stale ? "stale " : ""}${list.error?.code ?? ""}${list.getSnapshot().map((room) => room.name)}`));
  return { list, states, said: () => list.getSnapshot().map((room) => room.name) };
}

test("three tabs have one core, and all hear all", async (t) => {
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
  test(`a leader that is ${how} hands over: calls go on, lists stay as they are`, async (t) => {
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

test("a call that must not run twice says that it may have happened, when its leader goes", async (t) => {
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

test("a call of which cores die is not asked for ever, and costs its tab nothing else", async (t) => {
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

test("a leader that does not answer is deposed by a tab that is looked at, and becomes a follower", async (t) => {
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

test("tabs that all wait for a silent leader do not depose one another", async (t) => {
  const { open, pass } = world(t);
  const tabs = [await open(), await open(), await open(), await open()];
  tabs[0]?.freeze();
  await pass(16);
  assert.equal(made(tabs), 2);
});

test("a worker that outlives its page's lock says nothing to tabs that come", async (t) => {
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

test("of two versions the one that was loaded last wins, once", async (t) => {
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

test("what a tab had open ends with it, however it ends", async (t) => {
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
