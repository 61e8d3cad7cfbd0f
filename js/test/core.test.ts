import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { Core } from "../src/core.js";
import type { CoreState } from "../src/core.js";
import { AlcoveError } from "../src/error.js";
import { failure, fakeCores, ready, silent, turns } from "./fakecore.js";
import type { Script } from "./fakecore.js";

function start(t: TestContext, script: Script = {}, mayRestart = (error: AlcoveError) => error.recoverable) {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  const fakes = fakeCores(script);
  const states: CoreState[] = [];
  const visible = { now: true };
  const core = new Core({
    cores: fakes,
    once: new Set(["createRoom"]),
    openParams: () => ({ store: "test" }),
    visible: () => visible.now,
    leads: () => {},
    opened: () => states.push("running"),
    changed: (state) => states.push(state),
    barred: () => {},
    mayRestart,
  });
  core.start();
  t.after(() => core.close());
  return { core, states, visible, ...fakes };
}

test("calls wait until storage is open", async (t) => {
  const { core, last } = start(t, { answers: { profile: () => "me" } });
  assert.equal(await core.call("profile", {}), "me");
  assert.deepEqual(last().names(), ["open", "profile"]);
});

test("a core that dies is started again and is asked what the last one left", async (t) => {
  const script: Script = { answers: { profile: () => silent, send: () => silent } };
  const { core, states, cores, last } = start(t, script);
  const abort = new AbortController();
  const calls = [core.call("send", 1, { signal: abort.signal }), core.call("profile", 2)];
  await turns();
  last().die();
  assert.equal(last().closed, true);
  calls.push(core.call("send", 3));
  assert.equal(cores.length, 1);
  script.answers = { profile: () => "p", send: () => "s" };
  t.mock.timers.tick(400);
  await turns();
  assert.deepEqual(await Promise.all(calls), ["s", "p", "s"]);
  assert.deepEqual(last().called.map((one) => one.params ?? one.call).slice(1), [1, 2, 3], "in the order of the calls");
  assert.deepEqual(states, ["running", "restarting", "running"]);
});

test("a call that must not run twice ends with its core, unless it was not there yet", async (t) => {
  const { core, last } = start(t, { answers: { createRoom: () => silent } });
  const first = core.call("createRoom", {});
  await turns();
  last().die();
  await assert.rejects(first, { code: "core.died", recoverable: true });
  const second = core.call("createRoom", {});
  t.mock.timers.tick(400);
  await turns();
  assert.deepEqual(last().names(), ["open", "createRoom"]);
  last().move();
  await assert.rejects(second, { code: "core.died" });
});

test("two cores die with a call, and no third one", async (t) => {
  const { core, cores, last } = start(t, { answers: { profile: (_, core) => (core.die(), silent), send: () => "sent" } });
  const poison = core.call("profile", {});
  t.mock.timers.tick(0);
  await turns();
  t.mock.timers.tick(1_000);
  await assert.rejects(poison, { code: "core.died" });
  t.mock.timers.tick(2_000);
  assert.equal(await core.call("send", {}), "sent");
  assert.equal(cores.length, 3);
  assert.deepEqual(last().names(), ["open", "send"]);
});

test("a core that moves is followed at once, however often, and no call is blamed", async (t) => {
  const script: Script = { answers: { profile: () => silent } };
  const { core, cores, last, states } = start(t, script);
  const call = core.call("profile", {});
  for (let n = 0; n < 20; n++) {
    await turns();
    last().move();
  }
  script.answers = { profile: () => "me" };
  assert.equal(await call, "me");
  assert.equal(cores.length, 21);
  assert.ok(cores.slice(0, -1).every((one) => one.closed));
  assert.deepEqual(new Set(states), new Set(["running", "restarting"]));
});

test("a fenced core answers for itself where it is alone, and not where another has taken over", async (t) => {
  const fenced = () => {
    throw failure("storage.fenced");
  };
  const script: Script = { answers: { profile: fenced } };
  const { core, last } = start(t, script);
  await assert.rejects(core.call("profile", {}), { code: "storage.fenced" });
  last().shared = true;
  const call = core.call("profile", {});
  await turns(1);
  const first = last();
  script.answers = { profile: () => "me" };
  assert.equal(await call, "me");
  assert.notEqual(last(), first);
});

test("after too many deaths in a row it fails, until it is asked to try again", async (t) => {
  const { core, cores, last, states } = start(t);
  const dies = async (): Promise<void> => {
    await turns();
    last().die();
    t.mock.timers.tick(60_000);
  };
  for (let n = 0; n < 7; n++) await dies();
  await turns();
  assert.equal(states.at(-1), "running");
  await dies();
  assert.equal(states.at(-1), "failed");
  assert.equal(cores.length, 8);
  await assert.rejects(core.call("profile", {}), { code: "core.died", recoverable: false });
  await assert.rejects(core.opened(), { code: "core.died", recoverable: false });
  await core.restart();
  assert.equal(states.at(-1), "running");
  await dies();
  await turns();
  assert.equal(states.at(-1), "running", "and it has as many lives as at first");
});

test("what cannot be loaded or opened is tried for ever", async (t) => {
  const { cores, last, states } = start(t, { mute: true });
  for (let n = 0; n < 20; n++) {
    last().die(new AlcoveError("core.missing", "no network", { recoverable: true }));
    t.mock.timers.tick(60_000);
  }
  assert.equal(cores.length, 21);
  assert.equal(states.at(-1), "restarting");
});

test("deaths in a row are answered ever later, and a sound life forgives them", async (t) => {
  const { core, cores, last } = start(t);
  const delay = async (): Promise<number> => {
    await core.opened();
    last().die();
    const before = cores.length;
    let waited = 0;
    while (cores.length === before) {
      t.mock.timers.tick(10);
      waited += 10;
    }
    return waited;
  };
  const delays: number[] = [];
  for (let n = 0; n < 7; n++) delays.push(await delay());
  delays.forEach((ms, n) => assert.ok(ms > 180 * 2 ** n && ms < 330 * 2 ** n, String(delays)));
  await core.opened();
  for (let n = 0; n < 13; n++) {
    t.mock.timers.tick(5_000);
    await turns();
  }
  assert.ok((await delay()) < 400);
});

test("a core that shows no sign of life for ten seconds is ended", async (t) => {
  const script: Script = {};
  const { core, last, states } = start(t, script);
  await core.opened();
  for (let n = 0; n < 5; n++) {
    t.mock.timers.tick(5_000);
    await turns();
  }
  assert.deepEqual(states, ["running"], "one that answers lives on");
  script.mute = true;
  t.mock.timers.tick(5_000);
  await turns();
  t.mock.timers.tick(5_000);
  await turns();
  t.mock.timers.tick(5_000);
  await turns();
  assert.equal(last().closed, true);
  assert.deepEqual(states, ["running", "restarting"]);
});

test("a hidden page does not judge its core", async (t) => {
  const script: Script = {};
  const { core, visible, states } = start(t, script);
  await core.opened();
  script.mute = true;
  visible.now = false;
  t.mock.timers.tick(60_000);
  await turns();
  assert.deepEqual(states, ["running"]);
});

test("another definition is for good", async (t) => {
  const { core, cores, states } = start(t, { hash: "other" });
  await assert.rejects(core.call("profile", {}), { code: "call.mismatch" });
  t.mock.timers.tick(60_000);
  assert.equal(cores.length, 1);
  assert.deepEqual(states, ["failed"]);
});

test("storage that cannot be opened for good fails the core; for now, starts another", async (t) => {
  let error = failure("storage.blocked", true);
  const { core, cores, states } = start(t, {
    answers: {
      open: () => {
        throw error;
      },
    },
  });
  await turns();
  assert.deepEqual(states, ["restarting"]);
  error = failure("storage.newer");
  t.mock.timers.tick(400);
  await turns();
  assert.equal(cores.length, 2);
  assert.deepEqual(states, ["restarting", "failed"]);
  await assert.rejects(core.call("profile", {}), { code: "storage.newer" });
});

test("a frame that is none ends the core", async (t) => {
  const { core, last, states } = start(t);
  await core.opened();
  last().say("{");
  assert.deepEqual(states, ["running", "restarting"]);
});

test("waiting for a core can be aborted", async (t) => {
  const { core } = start(t, { mute: true });
  const abort = new AbortController();
  const call = core.call("profile", {}, { signal: abort.signal });
  abort.abort();
  await assert.rejects(call, { code: "call.aborted" });
});

test("a lock ends the core, or what would start it, until it opens", async (t) => {
  const { core, cores, states, last } = start(t, { answers: { profile: () => "me" } });
  await core.opened();
  last().die();
  core.lock();
  t.mock.timers.tick(60_000);
  assert.equal(cores.length, 1, "no core starts behind a lock");
  const call = core.call("profile", {});
  core.lock();
  core.unlock();
  core.unlock();
  assert.equal(await call, "me");
  assert.equal(cores.length, 2);
  assert.deepEqual(states, ["running", "restarting", "locked", "starting", "running"]);
  core.lock();
  core.close();
  core.unlock();
  assert.equal(cores.length, 2);
  assert.equal(core.state, "closed");
});

test("a core that failed for good is behind the lock as well, and may be better when it opens", async (t) => {
  let error: unknown = failure("storage.newer");
  const { core, states } = start(t, {
    answers: {
      open: () => {
        if (error) throw error;
        return ready;
      },
      profile: () => "me",
    },
  });
  await assert.rejects(core.call("profile", {}), { code: "storage.newer" });
  core.lock();
  error = undefined;
  core.unlock();
  assert.equal(await core.call("profile", {}), "me");
  assert.deepEqual(states, ["failed", "locked", "starting", "running"]);
});

test("closing answers what waits and starts nothing", async (t) => {
  const { core, cores, last } = start(t, { mute: true });
  const call = core.call("profile", {});
  core.close();
  await assert.rejects(call, { code: "call.aborted" });
  await assert.rejects(core.call("profile", {}), { code: "call.aborted" });
  t.mock.timers.tick(60_000);
  assert.equal(cores.length, 1);
  assert.equal(last().closed, true);
});
