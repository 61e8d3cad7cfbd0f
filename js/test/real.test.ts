// The client against the real core, natively, and the sandbox homeserver.
import assert from "node:assert/strict";
import { test } from "node:test";
import { homeserver, killCore, signIn, start } from "./realcore.js";
import { until } from "./until.js";

test("a wrong password is login.forbidden, and flows are what the server offers", async () => {
  const client = await start();
  assert.equal(client.session.getSnapshot().state, "signedOut");
  const { flows, homeserver: found } = await client.login.flows();
  assert.ok(flows.some((flow) => flow.type === "m.login.password"));
  assert.equal(new URL(found).origin, homeserver);
  await assert.rejects(client.login.password({ user: "alice", password: "wrong" }), { code: "login.forbidden" });
  await assert.rejects(client.profile("@alice:localhost"), { code: "session.missing" });
  client.close();
});

test("two people talk", async () => {
  const [alice, bob] = await Promise.all([signIn("alice"), signIn("bob")]);
  const roomId = await alice.rooms.create({ name: "Two people", invite: ["@bob:localhost"] });
  const invited = bob.rooms.list({ filter: { kind: "invited" } });
  await until(invited, (rooms) => rooms.some((room) => room.id === roomId && room.name === "Two people"));
  const theirs = bob.room(roomId);
  await theirs.join();
  const room = alice.room(roomId);
  await until(room, (details) => details?.joined === 2);

  const timeline = theirs.timeline();
  await timeline.ready;
  const handle = await room.send.text("hello");
  const eventId = await handle.sent;
  const items = await until(timeline, (all) => all.some((item) => item.event?.id === eventId));
  assert.equal((items.at(-1)?.event?.content as { body?: string }).body, "hello");

  const why = await bob.diagnostics.explainUnread(roomId);
  assert.deepEqual(why.events.map(({ eventId, rule, counts }) => [eventId, rule, counts]), [[eventId, ".m.rule.room_one_to_one", true]]);
  await theirs.setNotifications("mute");
  await until(theirs, (details) => details?.notifications === "mute" && details.room.unread === 0);
  await bob.notifications.addKeyword("tea");
  await until(bob.notifications, (all) => all?.rules.some((rule) => rule.pattern === "tea" && rule.action.highlight) ?? false);

  await theirs.typing(true);
  await until(room, (details) => details?.typing.some((person) => person.id === "@bob:localhost") ?? false);
  await theirs.markRead();
  const mine = room.timeline();
  await until(mine, (all) => all.some((item) => item.event?.receipts?.some(({ person }) => person.id === "@bob:localhost")));

  const members = room.members();
  const both = await until(members, (all) => all.length === 2);
  assert.deepEqual(both.map((member) => member.person.id).sort(), ["@alice:localhost", "@bob:localhost"]);
  await room.setTopic("tea");
  await until(theirs, (details) => details?.topic === "tea");
  await room.setTag("m.favourite", { order: 0.1 });
  const favourites = alice.rooms.list({ filter: { tag: "m.favourite" } });
  await until(favourites, (rooms) => rooms.some((one) => one.id === roomId));

  await room.setDirect("@bob:localhost");
  await until(room, (details) => details?.room.direct === "@bob:localhost");
  await room.setDirect(undefined);
  await until(room, (details) => details?.room.direct === undefined);
  const ignored = alice.people.ignored();
  await until(ignored, (now) => now?.users.length === 0);
  await alice.people.ignore("@bob:localhost");
  await until(ignored, (now) => now?.users.join() === "@bob:localhost");
  await alice.people.unignore("@bob:localhost");
  await until(ignored, (now) => now?.users.length === 0);
  const permission = alice.people.invitePermission();
  await until(permission, (now) => now?.block === false);
  await alice.people.setInvitePermission({ block: true });
  await until(permission, (now) => now?.block === true);
  await alice.people.setInvitePermission({ block: false });
  await bob.setProfile("displayname", "Bobby");
  assert.equal((await alice.profile("@bob:localhost")).name, "Bobby");
  await bob.setProfile("displayname", "Bob");

  await room.setAccess("restricted", { allow: [roomId] });
  await until(theirs, (details) => details?.joinRule === "restricted" && details.allow?.join() === roomId && !details.can.access);
  await room.setPower("@bob:localhost", 50);
  await until(theirs, (details) => details?.can.level === 50 && details.can.topic);
  await room.setAlias("#kitchen:localhost", { main: true });
  await until(theirs, (details) => details?.alias === "#kitchen:localhost");
  assert.deepEqual(await theirs.addresses(), { local: ["#kitchen:localhost"], listed: false });

  await room.kick("@bob:localhost", { reason: "bye" });
  await until(bob.rooms.list({ filter: { kind: "left" } }), (rooms) => rooms.some((one) => one.id === roomId));
  const again = async () => (await theirs.send.text("again")).sent;
  await assert.rejects(again, (error: { code: string }) => /^(send|server|room)\./.test(error.code));
  alice.close();
  bob.close();
});

test("a list by space has what is in it", async () => {
  const alice = await signIn("alice");
  const made = await alice.request("POST", "/_matrix/client/v3/createRoom", { name: "House", creation_content: { type: "m.space" } });
  const { room_id: house } = made.body as { room_id: string };
  const kitchen = await alice.rooms.create({ name: "Kitchen" });
  const spaces = alice.spaces.list();
  await until(spaces, (all) => all.some((space) => space.id === house && space.level === 0 && space.rooms === 0));
  const rooms = alice.rooms.list({ filter: { space: house } });
  await until(rooms, (all) => all.length === 0);
  await alice.room(house).setState("m.space.child", kitchen, { via: ["localhost"] });
  await until(rooms, (all) => all.map(({ name }) => name).join() === "Kitchen");
  await until(spaces, (all) => all.some((space) => space.id === house && space.rooms === 1));
  await until(alice.room(kitchen), (details) => details?.parents?.[0]?.id === house);
  alice.close();
});

test("the README's space", async () => {
  const client = await signIn("alice");
  let shown: unknown[] = [];
  const show = (all: unknown[]) => void (shown = all);
  const house = await client.rooms.create({ name: "House", type: "m.space", preset: "private_chat" });
  await client.rooms.create({ name: "Kitchen", space: house, joinRule: "restricted", encrypted: true });
  const inside = client.spaces.explore(house);
  inside.subscribe(() => show(inside.getSnapshot().map(({ level, room }) => [level, room.name, room.entry.how])));
  while (await inside.more());
  await until(inside, (all) => all.length === 1);
  assert.deepEqual(shown, [[1, "Kitchen", "in"]]);
  client.close();
});

test("pagination reaches the start of a room", async () => {
  const alice = await signIn("alice");
  const rooms = alice.rooms.list();
  const long = await until(rooms, (all) => all.some((room) => room.name === "Sunday hike"));
  const timeline = alice.room(long.find((room) => room.name === "Sunday hike")?.id ?? "").timeline({ limit: 10 });
  for (let n = 0; n < 200; n++) if ((await timeline.paginate("back", 100)).start) break;
  const items = await until(timeline, (all) => all[0]?.kind === "start");
  const keys = items.map((item) => item.key);
  assert.equal(new Set(keys).size, keys.length, "no item is there twice");
  alice.close();
});

test("windows, filters and their changes", async () => {
  const alice = await signIn("alice");
  const all = await until(alice.rooms.list(), (rooms) => rooms.length >= 4);
  const list = alice.rooms.list({ window: 2 });
  assert.equal((await until(list, (rooms) => rooms.length > 0)).length, 2);
  assert.equal(list.total, all.length);
  await list.more();
  await until(list, (rooms) => rooms.length === Math.min(4, all.length));
  await list.setFilter({ text: "hike" });
  assert.deepEqual((await until(list, (rooms) => rooms.length === 1))[0]?.name, "Sunday hike");
  alice.close();
});

test("a request, account data and a profile; aborting a long poll", async () => {
  const alice = await signIn("alice");
  const whoami = await alice.request("GET", "/_matrix/client/v3/account/whoami");
  assert.equal(whoami.status, 200);
  assert.equal((whoami.body as { user_id: string }).user_id, "@alice:localhost");
  assert.equal((await alice.request("GET", "/_matrix/client/v3/nothing")).status, 404);
  assert.equal((await alice.profile("@bob:localhost")).name, "Bob");
  assert.equal(await alice.accountData.get("org.example.none"), null);
  await alice.accountData.set("org.example.test", { a: [1] });
  assert.deepEqual((await alice.request("GET", "/_matrix/client/v3/user/@alice:localhost/account_data/org.example.test")).body, { a: [1] });

  const abort = new AbortController();
  const sync = "/_matrix/client/v3/sync?timeout=60000";
  const since = ((await alice.request("GET", sync)).body as { next_batch: string }).next_batch;
  const poll = alice.request("GET", `${sync}&since=${since}`, undefined, { signal: abort.signal });
  abort.abort();
  await assert.rejects(poll, { code: "call.aborted" });
  alice.close();
});

test("a core that is killed comes back; here, without a disk, to nobody signed in", async () => {
  const alice = await signIn("alice");
  const list = alice.rooms.list();
  await until(list, (rooms) => rooms.length > 0);
  killCore();
  await until(alice.session, (session) => session.core === "restarting");
  await until(alice.session, (session) => session.core === "running" && session.state === "signedOut");
  await until(list, (rooms) => rooms.length === 0);
  await alice.login.password({ user: "alice", password: "alcove" });
  await until(list, (rooms) => rooms.length > 0);
  await alice.logout();
  await until(list, (rooms) => rooms.length === 0);
  assert.equal(alice.session.getSnapshot().state, "signedOut");
  alice.close();
});
