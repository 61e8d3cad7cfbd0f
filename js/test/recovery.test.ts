// Encryption against the real core, natively, and the sandbox homeserver.
import assert from "node:assert/strict";
import { test } from "node:test";
import { signIn } from "./realcore.js";
import { until } from "./until.js";

const body = (content: unknown) => (content as { body?: string }).body;

test("a new device reads with the recovery key what was written before it", async () => {
  const [alice, bob] = await Promise.all([signIn("alice", "desk"), signIn("bob", "phone")]);
  await until(alice.encryption, (now) => now?.identity === "none");
  const { key = "" } = await alice.encryption.setUp({ password: "alcove" });
  assert.match(key, /^E/);
  await until(alice.encryption, (now) => now?.identity === "verified" && now.recovery && now.backup === "on");

  const roomId = await bob.rooms.create({ invite: ["@alice:localhost"], encrypted: true, preset: "private_chat" });
  await until(alice.rooms.list({ filter: { kind: "invited" } }), (rooms) => rooms.some(({ id }) => id === roomId));
  await alice.room(roomId).join();
  await until(bob.room(roomId), (details) => details?.joined === 2);
  const sent = await (await bob.room(roomId).send.text("before you came")).sent;
  await until(alice.room(roomId).timeline(), (items) => items.some(({ event }) => event?.id === sent && body(event.content) === "before you came"));
  await until(alice.encryption, (now) => now?.backup === "on" && !now.unsaved);

  const later = await signIn("alice", "couch");
  await until(later.encryption, (now) => now?.identity === "unverified");
  const timeline = later.room(roomId).timeline();
  await until(timeline, (items) => items.some(({ event }) => event?.id === sent && event.crypto?.state === "failed"));
  await assert.rejects(later.encryption.recover("not the key"), { code: "encryption.secret" });
  await later.encryption.recover(key);
  await until(later.encryption, (now) => now?.identity === "verified" && now.backup === "on");
  await until(timeline, (items) => items.some(({ event }) => event?.id === sent && body(event.content) === "before you came"));

  const devices = alice.encryption.devices();
  const both = await until(devices, (all) => all.length >= 2 && all.filter(({ trust }) => trust === "verified").length === 2);
  const couch = both.find(({ this: own }) => !own);
  assert.equal(couch?.name, "couch");
  await alice.encryption.rename(couch.id, "sofa");
  await until(devices, (all) => all.some(({ name }) => name === "sofa"));

  const file = await alice.encryption.exportKeys("a passphrase");
  assert.ok(file.keys > 0);
  await assert.rejects(bob.encryption.importKeys(file.text, "another"), { code: "keyFile.invalid" });
  const { done, total } = await bob.encryption.importKeys(file.text, "a passphrase");
  assert.deepEqual([done, total], [file.keys, file.keys]);

  await alice.encryption.signOut([couch.id], { password: "alcove" });
  await until(devices, (all) => !all.some(({ id }) => id === couch.id));
  await until(later.session, (session) => session.state !== "ready");
});
