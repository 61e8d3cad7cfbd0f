import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { Core } from "../src/core.js";
import type { CoreState } from "../src/core.js";
import { AlcoveError } from "../src/error.js";
import { failure, fakeCores, silent, turns } from "./fakecore.js";
import type { Script } from "./fakecore.js";

function start(t: TestContext, script: Script = {}, mayRestart = (error: AlcoveError) => error.recoverable) {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  const fakes = fakeCores(script);
  const states: CoreState[] = [];
  const visible = { now: true };
  const core = new Core({
    connect: fakes.connect,
    openParams: () => ({ store: "test" }),
    visible: () => visible.now,
    opened: () => states.push("running"),
    changed: (state) => states.push(state),
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

test("a core that dies is started again, and what waited is told", async (t) => {
  const { core, states, cores, last } = start(t, { answers: { profile: () => silent } });
  const call = core.call("profile", {});
  await turns();
  last().die();
  await assert.rejects(call, { code: "core.died", recoverable: true });
  assert.equal(last().closed, true);
  const next = core.call("profile", {});
  next.catch(() => {});
  assert.equal(cores.length, 1);
  t.mock.timers.tick(400);
  await turns();
  assert.equal(cores.length, 2);
  assert.deepEqual(last().names(), ["open", "profile"], "it is opened first, then what came meanwhile");
  assert.deepEqual(states, ["running", "restarting", "running"]);
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
  for (let n = 0; n < 9; n++) delays.push(await delay());
  const [first = 0, second = 0, third = 0] = delays;
  assert.ok(first < 400 && second > 350 && third > 700, String(delays));
  assert.ok((delays.at(-1) ?? 0) > 22_000 && (delays.at(-1) ?? 0) < 38_000, String(delays));
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
