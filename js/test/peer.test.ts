// The client and matrix-js-sdk talk to each other, over the sandbox and over Synapse.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { TestContext } from "node:test";
import { startClient } from "../src/client.js";
import type { Client, EventItem, LiveRoom, TimelineItem, UserID } from "../src/index.js";
import { Cleanup } from "./browser/site.js";
import { makePage } from "./fakecore.js";
import { messages, Peer } from "./jssdk.js";
import { nativeCores } from "./native.js";
import { register, sandbox, synapse } from "./servers.js";
import type { StartServer } from "./servers.js";
import { together } from "./together.js";
import { unreadTogether } from "./unread.js";
import { until } from "./until.js";

const cleanup = new Cleanup();
after(() => cleanup.run());

const cores = nativeCores();
const timeout = 120_000;

test("with matrix-js-sdk on the sandbox", { timeout }, (t) => talk(t, sandbox));

test("with matrix-js-sdk on Synapse", { timeout: 5 * timeout }, async (t) => {
  const start: StartServer = async (undo) => {
    const url = await synapse(undo).catch((error: Error) => error);
    if (typeof url === "string") return url;
    if (process.env["CI"] === "true") throw url;
    t.skip(url.message);
    return "";
  };
  await talk(t, start);
});

type World = { alice: Client; peer: Peer; roomId: string; room: LiveRoom };

async function talk(t: TestContext, start: StartServer): Promise<void> {
  const homeserver = await start(cleanup);
  if (!homeserver) return;
  const world = await meet(t, homeserver);
  await t.test("an invitation in the other direction", () => invitedByPeer(world));
  await t.test("100 messages each way, at the same time", () => manyMessages(world));
  await t.test("edits, reactions and redactions", () => changes(world));
  await t.test("what belongs to messages", { timeout }, () => together(world));
  await t.test("typing", () => typing(world));
  await t.test("receipts", () => receipts(world));
  const me = world.alice.session.getSnapshot().userId as UserID;
  await t.test("what is unread, on another device", { timeout }, () => unreadTogether({ me, homeserver, ...world }));
  await t.test("names, and going away", () => leaving(world));
}

/** meet signs both in; the peer accepts the client's invitation. */
async function meet(t: TestContext, homeserver: string): Promise<World> {
  await register(homeserver, "alcove-user", "pw");
  await register(homeserver, "sdk-user", "pw");
  const alice = await startClient({ store: "test", homeserver }, cores, makePage());
  cleanup.add(() => alice.close());
  await alice.login.password({ user: "alcove-user", password: "pw" });
  const peer = await Peer.start(homeserver, "sdk-user", "pw");
  cleanup.add(() => peer.stop());
  const roomId = await alice.rooms.create({ name: "Peers", preset: "private_chat", invite: [peer.id] });
  await peer.room(roomId, (room) => room.getMyMembership() === "invite" && room.name === "Peers");
  await peer.sdk.joinRoom(roomId);
  const room = alice.room(roomId);
  t.after(() => room.close());
  await until(room, (details) => details?.joined === 2);
  await peer.room(roomId, (known) => known.getMyMembership() === "join");
  return { alice, peer, roomId, room };
}

async function invitedByPeer({ alice, peer }: World): Promise<void> {
  const me = alice.session.getSnapshot().userId ?? "";
  const { room_id: roomId } = await peer.sdk.createRoom({ name: "Theirs", invite: [me], is_direct: true });
  const list = alice.rooms.list();
  const rooms = await until(list, (all) => all.some((room) => room.id === roomId && room.membership === "invite" && room.name === "Theirs"));
  assert.equal(rooms.find((room) => room.id === roomId)?.inviter?.id, peer.id);
  await alice.rooms.join(roomId);
  await until(list, (all) => all.some((room) => room.id === roomId && room.membership === "join" && room.direct === peer.id && !room.inviter));
  await peer.room(roomId, (room) => room.getMember(me)?.membership === "join");
  list.close();
}

async function manyMessages({ alice, peer, roomId, room }: World): Promise<void> {
  const count = 100;
  const mine = async () => {
    const handles = [];
    for (let n = 0; n < count; n++) handles.push(await room.send.text(`alcove ${n}`));
    return Promise.all(handles.map((handle) => handle.sent));
  };
  const theirs = async () => {
    const ids: string[] = [];
    for (let n = 0; n < count; n++) ids.push((await peer.sdk.sendTextMessage(roomId, `sdk ${n}`)).event_id);
    return ids;
  };
  const timeline = room.timeline();
  const [sent, got] = await Promise.all([mine(), theirs()]);
  const known = await peer.room(roomId, (one) => [sent, got].every((ids) => messages(one).some((event) => event.getId() === ids.at(-1) && !event.isSending())));
  while (messages(known).length < 2 * count && known.oldState.paginationToken) await peer.sdk.scrollback(known, 100); // what a short sync left out
  const all = (items: readonly TimelineItem[]) => written(items).length >= 2 * count && written(items).every((event) => !event.send);
  while (!(await timeline.paginate("back", 100)).start);
  await until(timeline, (items) => items.some((item) => item.event?.id === sent.at(-1)) && items.some((item) => item.event?.id === got.at(-1)));
  while (!(await timeline.paginate("back", 100)).start); // what a short sync left out
  const items = await until(timeline, all);
  const ids = written(items).map((event) => event.id);
  assert.deepEqual(ids, await history(alice, roomId), "in the server's order");
  assert.deepEqual(new Set(messages(known).map((event) => event.getId())), new Set(ids), "the peer has the same");
  assert.deepEqual(ids.filter((id) => id && sent.includes(id)), sent, "ours, once and in order");
  assert.deepEqual(ids.filter((id) => id && got.includes(id)), got, "theirs, once and in order");
  assert.equal(ids.length, 2 * count);
  assert.equal(new Set(items.map((item) => item.key)).size, items.length, "no key is there twice");
  timeline.close();
}

/** history lists a room's messages as the server has them. */
async function history(client: Client, roomId: string): Promise<string[]> {
  const path = `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/messages?dir=b&limit=1000`;
  const { body } = await client.request("GET", path);
  const { chunk } = body as { chunk: { type: string; event_id: string }[] };
  return chunk.filter((event) => event.type === "m.room.message").map((event) => event.event_id).reverse();
}

/** written lists the messages among items. */
function written(items: readonly TimelineItem[]): EventItem[] {
  return items.flatMap((item) => (item.event?.type === "m.room.message" ? [item.event] : []));
}

function bodyOf(event: EventItem | undefined): unknown {
  return (event?.content as { body?: unknown } | undefined)?.body;
}

async function changes({ peer, roomId, room }: World): Promise<void> {
  const timeline = room.timeline();
  await timeline.ready;
  const first = await (await room.send.text("first")).sent;
  const { event_id: second } = await peer.sdk.sendTextMessage(roomId, "second");
  await until(timeline, (items) => items.some((item) => item.event?.id === second));
  const before = written(timeline.getSnapshot()).map((event) => event.id);

  await send(peer, roomId, "m.reaction", { "m.relates_to": { rel_type: "m.annotation", event_id: first, key: "👍" } });
  await send(peer, roomId, "m.room.message", {
    msgtype: "m.text",
    body: "* 2nd",
    "m.new_content": { msgtype: "m.text", body: "2nd" },
    "m.relates_to": { rel_type: "m.replace", event_id: second },
  });
  await peer.sdk.redactEvent(roomId, second, undefined, { reason: "spilled" });
  const items = await until(timeline, (all) => all.some((item) => item.event?.id === second && item.event.redacted === true));
  assert.deepEqual(written(items).map((event) => event.id), before);
  assert.equal(bodyOf(written(items).at(-2)), "first");
  assert.equal(bodyOf(written(items).at(-1)), undefined);

  const edit = { msgtype: "m.text", body: "* 1st", "m.new_content": { msgtype: "m.text", body: "1st" } };
  await (await room.send.event("m.room.message", { ...edit, "m.relates_to": { rel_type: "m.replace", event_id: first } })).sent;
  await peer.room(roomId, (known) => known.findEventById(first)?.getContent()["body"] === "1st");
  const third = await (await room.send.notice("third")).sent;
  await until(timeline, (all) => written(all).at(-1)?.id === third);
  assert.deepEqual(written(timeline.getSnapshot()).map((event) => event.id), [...before, third]);
  timeline.close();
}

/** send sends any event; the types of matrix-js-sdk know only some. */
async function send(peer: Peer, roomId: string, type: string, content: object): Promise<string> {
  return (await peer.sdk.sendEvent(roomId, type as never, content as never)).event_id;
}

async function typing({ alice, peer, roomId, room }: World): Promise<void> {
  const me = alice.session.getSnapshot().userId ?? "";
  for (const on of [true, false]) {
    await room.typing(on);
    await peer.room(roomId, (known) => known.getMember(me)?.typing === on);
    await peer.sdk.sendTyping(roomId, on, 20_000);
    await until(room, (details) => details?.typing.some((person) => person.id === peer.id) === on);
  }
}

async function receipts({ alice, peer, roomId, room }: World): Promise<void> {
  const me = alice.session.getSnapshot().userId ?? "";
  const mine = await (await room.send.text("read this")).sent;
  const timeline = room.timeline();
  const list = alice.rooms.list();
  const unread = (count: number) => until(list, (rooms) => rooms.some((one) => one.id === roomId && one.unread === count));
  await until(timeline, (items) => items.some((item) => item.event?.id === mine));
  await room.markRead();
  await unread(0);
  const known = await peer.room(roomId, (one) => one.findEventById(mine) !== undefined);
  const event = known.findEventById(mine);
  assert.ok(event);
  await peer.sdk.sendReadReceipt(event);
  const isRead = (items: readonly TimelineItem[]) =>
    items.some((item) => item.event?.id === mine && item.event.receipts?.some(({ person }) => person.id === peer.id));
  await until(timeline, isRead);
  const { event_id: theirs } = await peer.sdk.sendTextMessage(roomId, "and this");
  await unread(1);
  await until(timeline, (items) => items.some((item) => item.event?.id === theirs));
  await room.markRead();
  await peer.room(roomId, (one) => one.hasUserReadEvent(me, theirs));
  await unread(0);
  list.close();
  timeline.close();
}

async function leaving({ alice, peer, roomId, room }: World): Promise<void> {
  const me = alice.session.getSnapshot().userId ?? "";
  const timeline = room.timeline();
  await peer.sdk.setDisplayName("Sid");
  await until(timeline, (items) => items.some((item) => item.event?.change?.kind === "profileName" && item.event.change.after === "Sid"));
  await room.setName("Renamed");
  await peer.room(roomId, (known) => known.name === "Renamed");
  await peer.sdk.leave(roomId);
  await until(timeline, (items) => items.some((item) => item.event?.change?.kind === "left" && item.event.sender.name === "Sid"));
  await room.leave();
  await until(alice.rooms.list({ filter: { kind: "left" } }), (rooms) => rooms.some((one) => one.id === roomId));
  assert.equal((await peer.room(roomId)).getMember(me)?.membership, "join", "who left sees no more");
  timeline.close();
}
