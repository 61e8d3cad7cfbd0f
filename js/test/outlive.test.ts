// What a page asked for outlives the core that it asked.
import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { startClient } from "../src/client.js";
import { AlcoveError } from "../src/error.js";
import { failure, fakeCores, makePage, ready, silent } from "./fakecore.js";
import type { FakeCore, Script } from "./fakecore.js";
import { until } from "./until.js";

let stores = 0;

async function start(t: TestContext, script: Script) {
  const fakes = fakeCores(script);
  const client = await startClient({ store: `outlive-${++stores}` }, fakes, makePage());
  t.after(() => client.close());
  return { client, ...fakes };
}

/** asked waits until the last core was asked this. */
async function asked(last: () => FakeCore, name: string): Promise<void> {
  while (!last().names().includes(name)) await new Promise(setImmediate);
}

const signedOut = { state: "signedOut", sync: "stopped" } as const;
const credentials = { user: "me", password: "secret" };
const dies = (_: unknown, core: FakeCore) => (core.die(), silent);
const missing = () => {
  throw failure("session.missing");
};

test("a sign-in that was stored before its core died has worked", async (t) => {
  let signedIn = false;
  const session = () => (signedIn ? ready : signedOut);
  const { client, cores } = await start(t, {
    answers: {
      open: session,
      session: (_, core) => core.push("session", session()),
      loginPassword: (_, core) => ((signedIn = true), core.die(), silent),
    },
  });
  assert.deepEqual(await client.login.password(credentials), ready);
  const logins = cores.flatMap((core) => core.names()).filter((name) => name === "loginPassword");
  assert.equal(logins.length, 1);
});

test("one that was not stored has not, and says that it may be tried again", async (t) => {
  const { client } = await start(t, {
    answers: { open: () => signedOut, session: (_, core) => core.push("session", signedOut), loginPassword: dies },
  });
  await assert.rejects(client.login.password(credentials), { code: "core.died", recoverable: true });
});

test("a logout whose session is gone is done, whoever did it; without a session it is an error", async (t) => {
  let asks = 0;
  const script: Script = { answers: { logout: (_, core) => (asks++ ? missing() : (core.die(), silent)) } };
  const { client, last } = await start(t, script);
  await client.logout();
  assert.equal(asks, 2);
  last().push("session", signedOut);
  await until(client.session, (session) => session.state === "signedOut");
  await assert.rejects(client.logout(), { code: "session.missing" });
});

test("a timeline that moves to another core loads on there, where it left off", async (t) => {
  let asks = 0;
  const item = (n: number) => ({ key: `k${n}`, kind: "event", event: { sender: { id: "@a:x", name: "a" }, type: "t", content: {} } });
  const fill = { ops: [{ op: "reset", index: 0, items: [item(1), item(2)] }], total: 2 };
  const { client, last } = await start(t, {
    answers: {
      paginate({ view }: { view: string }, core) {
        if (asks++ === 0) return silent;
        const open = core.called.some(({ call, params }) => call === "timeline" && (params as { view: string }).view === view);
        if (!open || asks > 3) throw failure("view.unknown");
        return { loaded: 1, start: true };
      },
    },
  });
  const timeline = client.room("!a").timeline();
  await (timeline.subscribe(() => {}), asked(last, "timeline"));
  last().push("timeline", fill);
  await timeline.ready;
  const shown = timeline.getSnapshot();
  const loading = timeline.paginate("back", 1);
  await asked(last, "paginate");
  last().move();
  assert.deepEqual([timeline.stale, timeline.error], [false, undefined], "nothing flashes");
  await asked(last, "timeline");
  assert.deepEqual([timeline.stale, timeline.error], [true, undefined]);
  last().push("timeline", structuredClone(fill));
  assert.deepEqual(await loading, { loaded: 1, start: true });
  assert.equal(asks, 3);
  assert.equal(timeline.getSnapshot(), shown, "the snapshot is the same object");
  assert.equal(timeline.stale, false);
  await assert.rejects(timeline.paginate("back", 1), { code: "view.unknown" }, "an error for no such reason is one");
});

test("a core that failed can be started again, and the lists go on", async (t) => {
  const script: Script = {};
  const { client, last, cores } = await start(t, script);
  const list = client.rooms.list();
  list.subscribe(() => {});
  await asked(last, "roomList");
  last().die(new AlcoveError("storage.newer", "by the test"));
  assert.equal(client.session.getSnapshot().core, "failed");
  await assert.rejects(client.profile("@a:x"), { code: "storage.newer" });
  await client.restart();
  assert.equal(cores.length, 2);
  await asked(last, "roomList");
  assert.equal(client.session.getSnapshot().core, "running");
  await client.restart();
  assert.equal(cores.length, 2, "nothing to do");
});
