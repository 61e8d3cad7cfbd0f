import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { startClient } from "../src/client.js";
import type { Client, ClientOptions } from "../src/client.js";
import type { Room } from "../src/api.js";
import { AlcoveError } from "../src/error.js";
import { LockObject } from "../src/lock.js";
import { failure, fakeCores, makePage, ready, silent } from "./fakecore.js";
import type { Script } from "./fakecore.js";
import { eventually as until } from "./until.js";
import { storeViews } from "./views.js";

const open: Client[] = [];
afterEach(() => {
  for (const client of open.splice(0)) client.close();
});

let stores = 0;

async function start(script: Script = {}, options: ClientOptions = {}) {
  const fakes = fakeCores(script);
  const page = makePage();
  const client = await startClient({ store: `client-${++stores}`, ...options }, fakes, page);
  open.push(client);
  return { client, page, ...fakes };
}

const room = (key: string, more: Partial<Room> = {}): Room => ({
  key,
  id: key,
  membership: "join",
  name: key,
  named: { from: "name" },
  unread: 0,
  highlights: 0,
  recency: 1,
  ...more,
});

const rooms = (...items: Room[]) => ({ ops: [{ op: "reset", index: 0, items }], total: items.length });

test("a cold start opens the store with the page's zone, and tells what the page is", async () => {
  const { client, last } = await start({}, { store: "main", homeserver: "x" });
  const params = last().called[0]?.params as { store: string; homeserver: string; timeZone: unknown[] };
  assert.equal(params.store, "main");
  assert.equal(params.homeserver, "x");
  assert.ok(params.timeZone.length > 0);
  assert.equal(client.session.getSnapshot().core, "running");
  assert.equal(client.session.getSnapshot().userId, "@me:x");
  await until(() => last().names().includes("setPage"));
  await client.ready;
});

test("the core hears of each change of the page", async () => {
  const { page, last } = await start();
  page.set({ online: false });
  page.set({ visible: false });
  await until(() => last().called.filter((one) => one.call === "setPage").length === 3);
  assert.deepEqual(last().called.at(-1)?.params, { online: false, visible: false });
});

test("a cold start that fails rejects and ends the core", async () => {
  const script: Script = {
    answers: {
      open: () => {
        throw failure("storage.unavailable");
      },
    },
  };
  const fakes = fakeCores(script);
  await assert.rejects(startClient({ store: "fails" }, fakes, makePage()), { code: "storage.unavailable" });
  assert.equal(fakes.last().closed, true);
});

test("a cold start whose core dies at once rejects", async () => {
  const fakes = fakeCores({ answers: { open: (_, core) => (core.die(), silent) } });
  await assert.rejects(startClient({ store: "dies" }, fakes, makePage()), { code: "core.died" });
  assert.equal(fakes.cores.length, 1);
});

test("a start can be given up", async () => {
  const fakes = fakeCores({ mute: true });
  const abort = new AbortController();
  const starting = startClient({ store: "aborted", signal: abort.signal }, fakes, makePage());
  setTimeout(() => abort.abort(), 5);
  await assert.rejects(starting, { code: "call.aborted" });
  assert.equal(fakes.last().closed, true);
  await assert.rejects(startClient({ signal: AbortSignal.abort() }, fakes, makePage()), { code: "call.aborted" });
});

test("a warm start shows what was stored, marked stale, before the core is up", async () => {
  const store = "warm";
  await storeViews(store, {
    session: { v: 1, userId: "@me:x", deviceId: "D", homeserver: "https://x" },
    roomlist: { v: 1, rooms: [room("!a"), room("!b", { unread: 2 }), room("!s", { type: "m.space" })] },
    timeline: { v: 1, roomId: "!a", items: [{ key: "d", kind: "day", ts: 1 }] },
  });
  const script: Script = { mute: true };
  const { client, last } = await start(script, { store });
  assert.deepEqual({ ...client.session.getSnapshot() }, {
    state: "restoring",
    sync: "stopped",
    core: "starting",
    leader: true,
    userId: "@me:x",
    deviceId: "D",
    homeserver: "https://x",
  });
  assert.equal(client.session.stale, true);
  const list = client.rooms.list();
  assert.deepEqual(list.getSnapshot().map((one) => one.id), ["!a", "!b"]);
  assert.equal(list.stale, true);
  const before = list.getSnapshot()[0];
  const unread = client.rooms.list({ filter: { unread: true } });
  assert.deepEqual(unread.getSnapshot().map((one) => one.id), ["!b"]);
  assert.equal(client.room("!a").timeline().getSnapshot()[0]?.key, "d");
  assert.deepEqual(client.room("!b").timeline().getSnapshot(), []);

  list.subscribe(() => {});
  last().die();
  script.mute = false;
  await client.ready;
  await until(() => last().names().includes("roomList"));
  last().push("roomList", rooms(room("!a"), room("!c")));
  await until(() => !list.stale);
  assert.deepEqual(list.getSnapshot().map((one) => one.id), ["!a", "!c"]);
  assert.equal(list.getSnapshot()[0], before);
  assert.deepEqual(client.rooms.list().getSnapshot(), [], "the snapshot is let go of once the core is up");
});

test("K-6: what a snapshot showed is gone when another account is there, also where nobody listened", async () => {
  const store = "other";
  await storeViews(store, {
    session: { v: 1, userId: "@before:x" },
    roomlist: { v: 1, rooms: [room("!a")] },
    timeline: { v: 1, roomId: "!a", items: [{ key: "d", kind: "day", ts: 1 }] },
  });
  const script: Script = { mute: true };
  const { client, last } = await start(script, { store });
  const list = client.rooms.list();
  const heard = client.rooms.list();
  heard.subscribe(() => {});
  const entered = client.room("!a");
  const timeline = entered.timeline();
  assert.deepEqual([list, heard, timeline].map((one) => one.getSnapshot().length), [1, 1, 1]);
  last().die();
  script.mute = false;
  await client.ready;
  assert.equal(client.session.getSnapshot().userId, "@me:x");
  for (const one of [list, heard, timeline, entered.timeline()]) {
    assert.deepEqual(one.getSnapshot(), []);
    assert.equal(one.stale, false);
  }
  const seen: number[] = [];
  list.subscribe(() => seen.push(list.getSnapshot().length));
  assert.deepEqual(list.getSnapshot(), []);
  assert.equal(list.total, 0);
});

test("K-6: who hears of another account finds nothing of the last one", async () => {
  const { client, last } = await start();
  const list = client.rooms.list();
  list.subscribe(() => {});
  await until(() => last().names().includes("roomList") && last().names().includes("session"));
  last().push("roomList", rooms(room("!a")));
  await until(() => list.getSnapshot().length === 1);
  const seen: unknown[] = [];
  client.session.subscribe(() => seen.push([client.session.getSnapshot().userId, list.getSnapshot().length]));
  last().push("session", { state: "signedOut", sync: "stopped" });
  await until(() => seen.length > 0);
  assert.deepEqual(seen, [[undefined, 0]]);
});

test("a timeline that is opened once the core is up does not begin with the last visit", async () => {
  const store = "later";
  await storeViews(store, {
    session: { v: 1, userId: "@me:x", deviceId: "D" },
    timeline: { v: 1, roomId: "!a", items: [{ key: "d", kind: "day", ts: 1 }] },
  });
  const script: Script = { mute: true };
  const { client, last } = await start(script, { store });
  const entered = client.room("!a");
  const early = entered.timeline();
  last().die();
  script.mute = false;
  await client.ready;
  assert.equal(early.getSnapshot().length, 1);
  assert.deepEqual(entered.timeline().getSnapshot(), []);
});

test("K-4: a lock that closes leaves nothing to see and no core; calls wait until it opens", async () => {
  const { client, cores, last } = await start({ answers: { profile: () => ({ id: "@p:x" }) } });
  await client.lock.set("passphrase");
  assert.deepEqual(client.lock.getSnapshot(), { enabled: true, locked: false });
  const list = client.rooms.list();
  list.subscribe(() => {});
  await until(() => last().names().includes("roomList"));
  last().push("roomList", rooms(room("!a")));
  await until(() => list.getSnapshot().length === 1);
  const seen: unknown[] = [];
  client.lock.subscribe(() => seen.push([client.session.getSnapshot().core, client.session.getSnapshot().userId, list.getSnapshot().length]));

  await client.lock.lock();
  assert.deepEqual(seen, [["locked", undefined, 0]], "all is gone when the page hears of it");
  assert.equal(last().closed, true);
  assert.deepEqual({ ...client.session.getSnapshot() }, { state: "restoring", sync: "stopped", core: "locked", leader: false });
  const profile = client.profile("@p:x");
  await assert.rejects(client.lock.unlock("wrong"), { code: "lock.passphrase" });
  assert.equal(cores.length, 1);

  await client.lock.unlock("passphrase");
  assert.deepEqual(await profile, { id: "@p:x" });
  assert.equal(cores.length, 2);
  await until(() => last().names().includes("roomList"));
  last().push("roomList", rooms(room("!a")));
  await until(() => list.getSnapshot().length === 1);
  assert.equal(client.session.getSnapshot().userId, "@me:x");
});

/** locked makes a store that takes a passphrase, with a snapshot. */
async function locked(store: string, passphrase: string): Promise<void> {
  await storeViews(store, { session: { v: 1, userId: "@me:x" }, roomlist: { v: 1, rooms: [room("!a")] } });
  const lock = new LockObject(`alcove:${store}`);
  await lock.set(passphrase);
  lock.close();
}

test("K-4: a start that takes the passphrase shows that, and nothing else", async () => {
  await locked("locked", "p");
  const bars: Script = { mute: true };
  const { client, cores } = await start(bars, { store: "locked" });
  assert.deepEqual({ ...client.session.getSnapshot() }, { state: "restoring", sync: "stopped", core: "locked", leader: false });
  assert.deepEqual(client.lock.getSnapshot(), { enabled: true, locked: true });
  assert.deepEqual(client.rooms.list().getSnapshot(), []);
  assert.ok(cores.every((core) => core.closed));
  bars.mute = false;
  await client.lock.unlock("p");
  await client.ready;
  assert.equal(client.session.getSnapshot().userId, "@me:x");
});

test("a core that finds the lock closed first is no failure", async () => {
  await locked("found", "p");
  const fakes = fakeCores({ answers: { open: (_, core) => (core.die(new AlcoveError("lock.locked", "by the test")), silent) } });
  const client = await startClient({ store: "found" }, fakes, makePage());
  open.push(client);
  assert.equal(client.session.getSnapshot().core, "locked");
  assert.equal(fakes.cores.length, 1);
});

test("a core that started before the key was there starts again with it", async () => {
  const { client, cores, last } = await start();
  await client.lock.set("p");
  const states: string[] = [];
  client.session.subscribe(() => states.push(client.session.getSnapshot().core));
  last().die(new AlcoveError("lock.locked", "by the test"));
  await until(() => cores.length === 2 && client.session.getSnapshot().core === "running");
  assert.ok(!states.includes("locked"));
});

test("a live list comes back with the core that follows", async () => {
  const { client, cores, last } = await start();
  const list = client.rooms.list({ window: 10 });
  const states: string[] = [];
  client.session.subscribe(() => states.push(client.session.getSnapshot().core));
  list.subscribe(() => {});
  await until(() => last().names().includes("roomList"));
  last().push("roomList", rooms(room("!a"), room("!b")));
  await until(() => list.getSnapshot().length === 2);
  await list.more();
  await list.setFilter({ text: "x" });
  assert.deepEqual(last().called.filter((one) => one.call === "roomListChange").map((one) => one.params), [
    { view: (last().called.find((one) => one.call === "roomList")?.params as { view: string }).view, window: 20 },
    { view: (last().called.find((one) => one.call === "roomList")?.params as { view: string }).view, filter: { text: "x" } },
  ]);
  const first = list.getSnapshot()[0];
  last().die();
  assert.equal(client.session.getSnapshot().core, "restarting");
  assert.equal(client.session.getSnapshot().error?.code, "core.died");
  await until(() => list.stale);
  assert.equal(list.getSnapshot()[0], first);
  await until(() => cores.length === 2 && last().names().includes("roomList"));
  const params = last().called.find((one) => one.call === "roomList")?.params as { window: number; filter: object };
  assert.equal(params.window, 20);
  assert.deepEqual(params.filter, { text: "x" });
  last().push("roomList", rooms(room("!a")));
  await until(() => !list.stale);
  assert.equal(list.getSnapshot()[0], first);
  assert.equal(client.session.getSnapshot().core, "running");
  assert.equal(client.session.getSnapshot().error, undefined);
});

test("a list asks anew after a gap", async () => {
  const { client, last } = await start();
  const list = client.rooms.list();
  list.subscribe(() => {});
  await until(() => last().names().includes("roomList"));
  last().push("roomList", rooms(room("!a")));
  await until(() => list.getSnapshot().length === 1);
  const lost = last().stream("roomList");
  lost.seq++;
  last().push("roomList", { ops: [{ op: "remove", index: 0 }], total: 0 });
  await until(() => last().names().filter((name) => name === "roomList").length === 2);
  assert.ok(last().aborted.includes(lost.id));
  last().push("roomList", rooms(room("!b")));
  await until(() => list.getSnapshot()[0]?.id === "!b");
});

test("what belongs to nobody waits for the next sign-in", async () => {
  const signedOut = { state: "signedOut", sync: "stopped" };
  let user = "";
  const { client, last } = await start({
    answers: {
      open: () => signedOut,
      session: (_, core) => core.push("session", signedOut),
      roomList: () => {
        if (!user) throw failure("session.missing");
      },
      loginPassword: (params: { user: string }) => {
        user = params.user;
        return { ...ready, userId: user };
      },
    },
  });
  const list = client.rooms.list();
  list.subscribe(() => {});
  await until(() => list.error?.code === "session.missing");
  const session = await client.login.password({ user: "@new:x", password: "secret" });
  assert.equal(session.userId, "@new:x");
  assert.equal(client.session.getSnapshot().state, "ready");
  await until(() => last().names().filter((name) => name === "roomList").length === 2);
  last().push("roomList", rooms(room("!a")));
  await until(() => list.getSnapshot().length === 1 && !list.error);
});

test("signing out clears what was shown, and the next account fills it", async () => {
  const { client, last } = await start();
  const list = client.rooms.list();
  const reading = list.diffs()[Symbol.asyncIterator]();
  const kinds: string[] = [];
  const read = async () => kinds.push(...(((await reading.next()).value ?? []) as { op: string }[]).map(({ op }) => op));
  const first = read();
  await until(() => last().names().includes("roomList"));
  last().push("roomList", rooms(room("!secret")));
  await first;
  const stream = last().stream("roomList");
  last().push("session", { state: "signedOut", sync: "stopped" });
  await until(() => list.getSnapshot().length === 0);
  assert.equal(list.stale, false);
  await until(() => last().aborted.includes(stream.id));
  last().push("session", { ...ready, userId: "@other:x" });
  await until(() => last().names().filter((name) => name === "roomList").length === 3);
  const views = last().called.filter((one) => one.call === "roomList").map((one) => (one.params as { view: string }).view);
  assert.equal(new Set(views).size, 3, "each opening has a view of its own");
  const next = read();
  last().push("roomList", rooms(room("!other")));
  await next;
  assert.deepEqual(kinds, ["reset", "reset"]);
  assert.deepEqual(list.getSnapshot().map((one) => one.id), ["!other"]);
  await reading.return?.();
});

test("the session of a core that came back is never mixed with that of the one before", async () => {
  let opened = 0;
  const { client, last } = await start({ answers: { open: () => (opened++ ? { state: "signedOut", sync: "stopped" } : ready), session: silently } });
  const seen: string[] = [];
  client.session.subscribe(() => {
    const { core, state } = client.session.getSnapshot();
    seen.push(`${core} ${state}${client.session.stale ? " stale" : ""}`);
  });
  last().die();
  await until(() => client.session.getSnapshot().core === "running");
  assert.deepEqual([...new Set(seen)], ["restarting ready stale", "running signedOut"]);
});

function silently(): void {}

test("a core that another tab fenced is not started again", async () => {
  const { client, cores, last } = await start();
  last().push("session", { ...ready, sync: "paused", error: failure("storage.fenced") });
  await until(() => client.session.getSnapshot().error?.code === "storage.fenced");
  last().die();
  assert.equal(client.session.getSnapshot().core, "failed");
  await new Promise((resolve) => setTimeout(resolve, 400));
  assert.equal(cores.length, 1);
});

test("a message goes out once, over the death of a core", async () => {
  let deaths = 1;
  const { client, cores, last } = await start({
    answers: {
      send: (params: { txnId: string }, core) => {
        if (deaths-- > 0) return core.die(), silent;
        return { key: "k", txnId: params.txnId };
      },
    },
  });
  const handle = await client.room("!a").send.text("hi", { html: "<b>hi</b>", mentions: { users: ["@a:x"] } });
  const sends = cores.flatMap((core) => core.called.filter((one) => one.call === "send").map((one) => one.params));
  assert.equal(sends.length, 2);
  assert.deepEqual(sends[0], sends[1]);
  assert.deepEqual(sends[0], {
    roomId: "!a",
    txnId: handle.txnId,
    type: "m.room.message",
    content: {
      msgtype: "m.text",
      body: "hi",
      format: "org.matrix.custom.html",
      formatted_body: "<b>hi</b>",
      "m.mentions": { user_ids: ["@a:x"] },
    },
  });
  const sent = handle.sent;
  await until(() => last().names().includes("sendStatus"));
  last().push("sendStatus", { state: "sending" });
  last().push("sendStatus", { state: "sent", eventId: "$e" });
  last().say({ id: last().stream("sendStatus").id, ok: null });
  assert.equal(await sent, "$e");
});

test("who sends again after an error names the message as before", async () => {
  const names: string[] = [];
  const { client } = await start({
    answers: {
      send: ({ txnId }: { txnId: string }) => {
        names.push(txnId);
        if (names.length === 1) throw failure("storage.hung");
        return { key: "k", txnId };
      },
    },
  });
  const { send } = client.room("!a");
  await assert.rejects(send.text("hi", { txnId: "mine" }), { code: "storage.hung" });
  assert.equal((await send.text("hi", { txnId: "mine" })).txnId, "mine");
  assert.equal((await send.event("m.sticker", {}, { txnId: "other" })).txnId, "other");
  await send.text("hi");
  assert.deepEqual(names.slice(0, -1), ["mine", "mine", "other"]);
  assert.notEqual(names.at(-1), "mine");
});

test("a refused message rejects, and retrying gives another promise", async () => {
  const { client, last } = await start({
    answers: {
      send: (params: { txnId: string }) => ({ key: "k", txnId: params.txnId }),
      retrySend: (_, core) => {
        core.push("sendStatus", { state: "queued" });
        return null;
      },
      cancelSend: (_, core) => {
        core.push("sendStatus", { state: "cancelled" });
        return null;
      },
    },
  });
  const handle = await client.room("!a").send.notice("hi");
  const first = handle.sent;
  await until(() => last().names().includes("sendStatus"));
  last().push("sendStatus", { state: "failed", error: failure("send.forbidden") });
  await assert.rejects(first, { code: "send.forbidden" });
  await handle.retry();
  const second = handle.sent;
  assert.notEqual(second, first);
  await until(() => last().names().filter((name) => name === "sendStatus").length === 2);
  await handle.cancel();
  await assert.rejects(second, { code: "call.aborted" });
});

test("pagination waits for its timeline, and a new core is asked for as much as was shown", async () => {
  const { client, last, cores } = await start({ answers: { paginate: () => ({ loaded: 2, start: true }) } });
  const timeline = client.room("!a").timeline({ limit: 1 });
  const loading = timeline.paginate("back", 2);
  await until(() => last().names().includes("timeline"));
  assert.equal(last().names().includes("paginate"), false);
  const item = (n: number) => ({ key: `k${n}`, kind: "event", event: { sender: { id: "@a:x", name: "a" }, type: "t", content: {} } });
  last().push("timeline", { ops: [{ op: "reset", index: 0, items: [item(1), item(2), item(3)] }], total: 3 });
  assert.deepEqual(await loading, { loaded: 2, start: true });
  last().die();
  await until(() => cores.length === 2 && last().names().includes("timeline"));
  assert.equal((last().called.find((one) => one.call === "timeline")?.params as { limit: number }).limit, 3);
});

test("7-15: a thread's timeline sends into the thread, below the last message that the server has", async () => {
  const { client, last } = await start({ answers: { send: (params: { txnId: string }) => ({ key: "k", txnId: params.txnId }) } });
  const timeline = client.room("!a").timeline({ thread: "$root" });
  const relations = async () => {
    await timeline.send.text("hi", { mentions: { users: ["@me:x", "@a:x"] } });
    await timeline.send.event("m.sticker", {});
    const contents = last().called.filter((one) => one.call === "send").map((one) => (one.params as { content: Record<string, unknown> }).content);
    assert.deepEqual(contents.at(-2)?.["m.mentions"], { user_ids: ["@a:x"] });
    return contents.slice(-2).map((content) => content["m.relates_to"]);
  };
  const thread = { rel_type: "m.thread", event_id: "$root", is_falling_back: true };
  const below = (id: string) => ({ ...thread, "m.in_reply_to": { event_id: id } });
  assert.deepEqual(await relations(), [below("$root"), below("$root")]);
  const event = (more: object) => ({ sender: { id: "@a:x", name: "a" }, type: "m.room.message", content: {}, ...more });
  const items = [{ key: "$2", kind: "event", event: event({ id: "$2" }) }, { key: "~t", kind: "event", event: event({ own: true, txnId: "t", send: { state: "queued" } }) }];
  void timeline.ready;
  await until(() => last().names().includes("timeline"));
  assert.equal((last().called.find((one) => one.call === "timeline")?.params as { thread: string }).thread, "$root");
  last().push("timeline", { ops: [{ op: "reset", index: 0, items }], total: 2 });
  await timeline.ready;
  assert.deepEqual(await relations(), [below("$2"), below("$2")]);
});

test("aborting reaches the core", async () => {
  const { client, last } = await start({ answers: { profile: () => silent } });
  const abort = new AbortController();
  const asking = client.profile("@a:x", { signal: abort.signal });
  await until(() => last().names().includes("profile"));
  abort.abort();
  await assert.rejects(asking, (error) => error instanceof AlcoveError && error.code === "call.aborted");
  const id = last().called.find((one) => one.call === "profile")?.id as number;
  await until(() => last().aborted.includes(id));
});

test("the calls say what they are asked", async () => {
  const event = () => ({ eventId: "$e" });
  const join = () => ({ roomId: "!a" });
  const none = () => null;
  const answers = { joinRoom: join, knockRoom: join, createRoom: join, leaveRoom: none, forgetRoom: none, setMembership: none, setState: event, setSpaceChild: none, moveSpaceChild: none, moveSpace: none, setPinned: none, setAccess: none, setPower: none, setLevels: none, setAlias: none, roomAddresses: () => ({ local: [], listed: false }), setListed: none, setTyping: none, markRead: none, setTag: none, setMarkedUnread: none, setDirect: none, setIgnored: none, setInvitePermission: none, setProfile: none, setPushRule: none, setKeyword: none, setRoomNotifications: none, explainUnread: () => ({ unread: 1 }), accountData: () => ({ content: { a: 1 } }), setAccountData: none, request: () => ({ status: 404, body: {} }), logout: none };
  const { client, last } = await start({ answers });
  const asked = async (call: Promise<unknown>): Promise<unknown> => {
    await call;
    const { call: name, params } = last().called.at(-1) as { call: string; params: object };
    return [name, params];
  };
  const room = client.room("!a");
  assert.deepEqual(await asked(room.invite("@b:x", { reason: "hi" })), ["setMembership", { roomId: "!a", userId: "@b:x", action: "invite", reason: "hi" }]);
  assert.deepEqual(await asked(room.kick("@b:x")), ["setMembership", { roomId: "!a", userId: "@b:x", action: "kick" }]);
  assert.deepEqual(await asked(room.ban("@b:x")), ["setMembership", { roomId: "!a", userId: "@b:x", action: "ban" }]);
  assert.deepEqual(await asked(room.unban("@b:x")), ["setMembership", { roomId: "!a", userId: "@b:x", action: "unban" }]);
  assert.deepEqual(await asked(room.join({ via: ["x"] })), ["joinRoom", { room: "!a", via: ["x"] }]);
  assert.deepEqual(await asked(room.knock({ reason: "please" })), ["knockRoom", { room: "!a", reason: "please" }]);
  assert.deepEqual(await asked(room.leave()), ["leaveRoom", { roomId: "!a" }]);
  assert.deepEqual(await asked(room.forget()), ["forgetRoom", { roomId: "!a" }]);
  assert.deepEqual(await asked(room.setName("n")), ["setState", { roomId: "!a", type: "m.room.name", stateKey: "", content: { name: "n" } }]);
  assert.deepEqual(await asked(room.setTopic("t")), ["setState", { roomId: "!a", type: "m.room.topic", stateKey: "", content: { topic: "t" } }]);
  assert.deepEqual(await asked(room.setAvatar("mxc://h/a")), ["setState", { roomId: "!a", type: "m.room.avatar", stateKey: "", content: { url: "mxc://h/a" } }]);
  assert.deepEqual(await asked(room.setAvatar("")), ["setState", { roomId: "!a", type: "m.room.avatar", stateKey: "", content: {} }]);
  assert.deepEqual(await asked(room.setHistory("joined")), ["setState", { roomId: "!a", type: "m.room.history_visibility", stateKey: "", content: { history_visibility: "joined" } }]);
  assert.deepEqual(await asked(room.setAccess("restricted", { allow: ["!s"] })), ["setAccess", { roomId: "!a", joinRule: "restricted", allow: ["!s"] }]);
  assert.deepEqual(await asked(room.setPower("@b:x", 50)), ["setPower", { roomId: "!a", userId: "@b:x", level: 50 }]);
  assert.deepEqual(await asked(room.setPower("@b:x", undefined)), ["setPower", { roomId: "!a", userId: "@b:x" }]);
  assert.deepEqual(await asked(room.setLevels({ ban: 60 })), ["setLevels", { roomId: "!a", levels: { ban: 60 } }]);
  assert.deepEqual(await asked(room.setAlias("#a:x", { main: true })), ["setAlias", { roomId: "!a", alias: "#a:x", main: true }]);
  assert.deepEqual(await asked(room.removeAlias("#a:x")), ["setAlias", { roomId: "!a", alias: "#a:x", remove: true }]);
  assert.deepEqual(await asked(room.addresses()), ["roomAddresses", { roomId: "!a" }]);
  assert.deepEqual(await asked(room.setListed(false)), ["setListed", { roomId: "!a", listed: false }]);
  assert.deepEqual(await asked(client.spaces.setChild("!s", "!a", { suggested: true })), ["setSpaceChild", { spaceId: "!s", roomId: "!a", suggested: true }]);
  assert.deepEqual(await asked(client.spaces.removeChild("!s", "!a")), ["setSpaceChild", { spaceId: "!s", roomId: "!a", remove: true }]);
  assert.deepEqual(await asked(client.spaces.move("!s", "!t")), ["moveSpace", { spaceId: "!s", before: "!t" }]);
  assert.deepEqual(await asked(client.spaces.moveChild("!s", "!a", "!b")), ["moveSpaceChild", { spaceId: "!s", roomId: "!a", before: "!b" }]);
  assert.deepEqual(await asked(client.spaces.moveChild("!s", "!a")), ["moveSpaceChild", { spaceId: "!s", roomId: "!a" }]);
  assert.deepEqual(await asked(room.typing(true)), ["setTyping", { roomId: "!a", typing: true }]);
  assert.deepEqual(await asked(room.markRead({ eventId: "$e", private: true })), ["markRead", { roomId: "!a", eventId: "$e", private: true }]);
  assert.deepEqual(await asked(room.markRead({ thread: "main" })), ["markRead", { roomId: "!a", thread: "main" }]);
  assert.deepEqual(await asked(room.setNotifications("mute")), ["setRoomNotifications", { roomId: "!a", level: "mute" }]);
  const { notifications } = client;
  assert.deepEqual(await asked(notifications.setRule("room", "!a", { enabled: false })), ["setPushRule", { kind: "room", id: "!a", enabled: false }]);
  assert.deepEqual(await asked(notifications.mute(true)), ["setPushRule", { kind: "override", id: ".m.rule.master", enabled: true }]);
  assert.deepEqual(await asked(notifications.addKeyword("tea")), ["setKeyword", { word: "tea" }]);
  assert.deepEqual(await asked(notifications.removeKeyword("tea")), ["setKeyword", { word: "tea", remove: true }]);
  assert.deepEqual(await asked(client.diagnostics.explainUnread("!a")), ["explainUnread", { roomId: "!a" }]);
  assert.deepEqual(await asked(room.setTag("m.favourite", { order: 0.5 })), ["setTag", { roomId: "!a", tag: { name: "m.favourite", order: 0.5 } }]);
  assert.deepEqual(await asked(room.removeTag("m.favourite")), ["setTag", { roomId: "!a", tag: { name: "m.favourite" }, remove: true }]);
  assert.deepEqual(await asked(room.pin("$e")), ["setPinned", { roomId: "!a", eventId: "$e", pinned: true }]);
  assert.deepEqual(await asked(room.unpin("$e")), ["setPinned", { roomId: "!a", eventId: "$e", pinned: false }]);
  assert.deepEqual(await asked(room.setDirect("@a:h")), ["setDirect", { roomId: "!a", userId: "@a:h" }]);
  assert.deepEqual(await asked(room.setDirect(undefined)), ["setDirect", { roomId: "!a" }]);
  assert.deepEqual(await asked(client.people.ignore("@a:h")), ["setIgnored", { userId: "@a:h", ignored: true }]);
  assert.deepEqual(await asked(client.people.unignore("@a:h")), ["setIgnored", { userId: "@a:h", ignored: false }]);
  assert.deepEqual(await asked(client.people.setInvitePermission({ block: true })), ["setInvitePermission", { block: true }]);
  assert.deepEqual(await asked(client.setProfile("displayname", null)), ["setProfile", { field: "displayname", value: null }]);
  assert.deepEqual(await asked(room.setMarkedUnread(true)), ["setMarkedUnread", { roomId: "!a", unread: true }]);
  assert.deepEqual(await asked(client.rooms.create({ name: "n" })), ["createRoom", { name: "n" }]);
  assert.deepEqual(await asked(client.rooms.join("#a:x", { via: ["x"] })), ["joinRoom", { room: "#a:x", via: ["x"] }]);
  assert.equal(await client.rooms.knock("#a:x"), "!a");
  assert.deepEqual(await asked(client.accountData.get("t", { roomId: "!a" })), ["accountData", { type: "t", roomId: "!a" }]);
  assert.deepEqual(await client.accountData.get("t"), { a: 1 });
  assert.deepEqual(await asked(client.accountData.set("t", { b: 2 })), ["setAccountData", { type: "t", content: { b: 2 } }]);
  assert.deepEqual(await asked(client.request("GET", "/_matrix/x", { c: 3 })), ["request", { method: "GET", path: "/_matrix/x", body: { c: 3 } }]);
  assert.deepEqual(await asked(client.logout({ force: true })), ["logout", { force: true }]);
});

test("a closed client answers what waits and ends its lists", async () => {
  const { client, last } = await start({ answers: { profile: () => silent } });
  const asking = client.profile("@a:x");
  const list = client.rooms.list();
  const reading = (async () => {
    for await (const _ of list.diffs());
  })();
  await until(() => last().names().includes("profile"));
  client.close();
  await assert.rejects(asking, { code: "call.aborted" });
  await assert.rejects(reading, { code: "call.aborted" });
  assert.equal(client.session.getSnapshot().core, "closed");
});


test("a room that is not there yet says so, and comes to life when it is", async () => {
  let there = false;
  const opens = (_: unknown) => {
    if (!there) throw failure("room.unknown");
  };
  const { client, last } = await start({ answers: { room: opens, timeline: opens, members: opens, awaitRoom: () => silent } });
  const entered = client.room("!a");
  const parts = [entered, entered.timeline(), entered.members()];
  for (const part of parts) part.subscribe(() => {});
  await until(() => parts.every((part) => part.error?.code === "room.unknown"));
  const waits = () => last().called.filter(({ call }) => call === "awaitRoom");
  await until(() => waits().length === 3);
  assert.deepEqual(waits()[0]?.params, { roomId: "!a" });
  there = true;
  for (const { id } of waits()) last().say({ id, ok: null });
  for (const name of ["room", "timeline", "members"]) await until(() => last().names().filter((call) => call === name).length === 2);
  last().push("timeline", { ops: [{ op: "reset", index: 0, items: [] }], total: 0 });
  await until(() => parts[1]?.error === undefined);
});
