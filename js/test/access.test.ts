// Finding rooms and people, against the real core, natively, and the sandbox.
import assert from "node:assert/strict";
import { test } from "node:test";
import { killCore, signIn } from "./realcore.js";
import { until } from "./until.js";

test("a room is previewed, found in the directory, and reported", async () => {
  const [alice, bob] = await Promise.all([signIn("alice"), signIn("bob")]);
  const room = await alice.rooms.create({ name: "Orchard", preset: "public_chat", alias: "orchard", listed: true });
  const preview = await bob.rooms.preview("#orchard:localhost", { via: ["given.example"] });
  assert.deepEqual([preview.id, preview.name, preview.entry.how, preview.joined], [room, "Orchard", "join", 1]);
  assert.ok(preview.via?.includes("given.example"));
  assert.equal((await alice.rooms.preview(room)).entry.how, "in");
  await assert.rejects(bob.rooms.preview("#nowhere:localhost"), { code: "server.notFound" });

  const { rooms, next } = await bob.rooms.directory({ text: "orchard", type: "room", limit: 5 });
  assert.deepEqual([rooms.map(({ id }) => id), next], [[room], undefined]);
  assert.deepEqual((await bob.rooms.directory({ text: "orchard", type: "m.space" })).rooms, []);
  assert.ok((await bob.rooms.directory()).rooms.length > 0);

  await bob.report({ roomId: room, reason: "spam" });
  await bob.report({ userId: "@alice:localhost", reason: "spam" });
  await assert.rejects(bob.report({ reason: "nothing" }), { code: "call.invalid" });
  alice.close();
  bob.close();
});

test("people are found by name and by id", async () => {
  const alice = await signIn("alice");
  assert.ok((await alice.people.search("bo")).users.some(({ id }) => id === "@bob:localhost"));
  assert.deepEqual((await alice.people.search("@bob:localhost")).users.map(({ id }) => id), ["@bob:localhost"]);
  assert.deepEqual((await alice.people.search("no such person", { limit: 3 })).users, []);
  const signal = AbortSignal.abort();
  await assert.rejects(alice.people.search("bo", { signal }), { code: "call.aborted" });
  alice.close();
});

test("a space is explored page by page", async () => {
  const [alice, bob] = await Promise.all([signIn("alice"), signIn("bob")]);
  const make = async (name: string, more: object = {}) => {
    const { body } = await alice.request("POST", "/_matrix/client/v3/createRoom", { name, preset: "public_chat", ...more });
    return (body as { room_id: string }).room_id;
  };
  const space = await make("Space", { creation_content: { type: "m.space" } });
  for (const order of ["a", "b", "c", "d", "e"]) {
    const path = `/_matrix/client/v3/rooms/${encodeURIComponent(space)}/state/m.space.child/${encodeURIComponent(await make(order))}`;
    await alice.request("PUT", path, { via: ["localhost"], order });
  }
  const found = bob.spaces.explore(space, { page: 3 });
  const names = async (count: number) => (await until(found, (all) => all.length === count)).map(({ room }) => room.name);
  assert.deepEqual(await names(2), ["a", "b"]); // the space itself was on the page
  assert.equal(found.hasMore, true);
  assert.equal(await found.more(), false);
  assert.equal(found.hasMore, false);
  assert.deepEqual(await names(5), ["a", "b", "c", "d", "e"]);
  const kept = found.getSnapshot()[0];
  await bob.rooms.join(found.getSnapshot()[4]?.room.id ?? "");
  await until(found, (all) => all[4]?.room.entry.how === "in");
  assert.equal(found.getSnapshot()[0], kept, "what did not change is the same object");

  killCore(); // here, without a disk, to nobody signed in
  await until(bob.session, (session) => session.core === "running" && session.state === "signedOut");
  await bob.login.password({ user: "bob", password: "alcove" });
  assert.deepEqual(await names(3), ["a", "b", "e"]); // a page, and the room that bob is in
  assert.equal(found.hasMore, true);
  await found.more();
  await names(5);
  found.close();
  await assert.rejects(bob.spaces.explore("!none:localhost").ready, { code: "server.forbidden" });
  alice.close();
  bob.close();
});
