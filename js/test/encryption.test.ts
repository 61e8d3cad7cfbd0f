import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { afterEach, test } from "node:test";
import { startClient } from "../src/client.js";
import type { Client } from "../src/client.js";
import type { EncryptionStatus, KeyProgress, Verification } from "../src/api.js";
import { sasEmoji } from "../src/emoji.js";
import { failure, fakeCores, makePage } from "./fakecore.js";
import type { Script } from "./fakecore.js";
import { eventually, until } from "./until.js";

const open: Client[] = [];
afterEach(() => {
  for (const client of open.splice(0)) client.close();
});

let stores = 0;

async function start(answers: NonNullable<Script["answers"]> = {}) {
  const fakes = fakeCores({ answers });
  const client = await startClient({ store: `encryption-${++stores}` }, fakes, makePage());
  open.push(client);
  return { client, encryption: client.encryption, ...fakes };
}

const status: EncryptionStatus = { available: true, identity: "none", recovery: false, backup: "none" };
const asked: Verification = { key: "v", id: "v", phase: "asked", userId: "@me:x", own: true };
const all = (...items: Verification[]) => ({ ops: [{ op: "reset", index: 0, items }], total: items.length });
const ref = () => ({ id: "v" });

test("the status lives with the client and follows the core", async () => {
  const { client, encryption, last } = await start({ encryption: (_, core) => core.push("encryption", status) });
  assert.equal(encryption.getSnapshot(), undefined);
  await until(encryption, (now) => now?.identity === "none");
  last().push("encryption", { ...status, identity: "verified", backup: "on" });
  await until(encryption, (now) => now?.identity === "verified" && now.backup === "on");
  client.close();
  const left: string[] = [];
  for await (const { identity } of encryption.diffs()) left.push(identity);
  assert.deepEqual(left, ["verified"]);
});

test("what another account left does not stay", async () => {
  const { encryption, last } = await start({ encryption: (_, core) => core.push("encryption", status) });
  await until(encryption, (now) => now !== undefined);
  last().push("session", { state: "signedOut", sync: "stopped" });
  await until(encryption, (now) => now === undefined || encryption.stale);
});

test("setting up, recovering and resetting reach the core, and its answer the app", async () => {
  const { encryption, last } = await start({
    setUpEncryption: (params: { password?: string }) => {
      if (!params.password) throw failure("encryption.password", true);
      return { key: "EsTc" };
    },
    recoverEncryption: () => {
      throw failure("encryption.secret");
    },
    resetEncryption: () => ({ key: "EsTd" }),
  });
  await assert.rejects(encryption.setUp({ passphrase: "p" }), { code: "encryption.password", recoverable: true });
  assert.deepEqual(await encryption.setUp({ passphrase: "p", password: "secret" }), { key: "EsTc" });
  await assert.rejects(encryption.recover("wrong"), { code: "encryption.secret" });
  assert.deepEqual(await encryption.reset(), { key: "EsTd" });
  const sent = last().called.filter(({ call }) => /Encryption$/.test(call)).map(({ params }) => params);
  assert.deepEqual(sent, [{ passphrase: "p" }, { passphrase: "p", password: "secret" }, { secret: "wrong" }, {}]);
});

test("a restore says how far it is, and where it ended", async () => {
  const { encryption, last } = await start();
  const heard: KeyProgress[] = [];
  const restored = encryption.restoreKeys({ onProgress: (progress) => heard.push(progress) });
  await eventually(() => last().names().includes("restoreKeys"));
  const { id } = last().stream("restoreKeys");
  last().push("restoreKeys", { done: 1, total: 2, better: 1 });
  await eventually(() => heard.length === 1);
  last().push("restoreKeys", { done: 2, total: 2, better: 1 });
  last().say({ id, ok: null });
  assert.deepEqual(await restored, { done: 2, total: 2, better: 1 });
  assert.deepEqual(heard.map(({ done }) => done), [1, 2]);
});

test("an import goes on with the core that takes over, and ends with the error of a file that is none", async () => {
  const { encryption, last, cores } = await start();
  const imported = encryption.importKeys("text", "p");
  await eventually(() => last().names().includes("importKeys"));
  last().move();
  await eventually(() => cores.length === 2 && last().names().includes("importKeys"));
  assert.deepEqual(last().called.find(({ call }) => call === "importKeys")?.params, { text: "text", passphrase: "p" });
  last().say({ id: last().stream("importKeys").id, err: failure("keyFile.invalid") });
  await assert.rejects(imported, { code: "keyFile.invalid" });
});

test("a restore that is aborted is aborted in the core", async () => {
  const { encryption, last } = await start();
  const stop = new AbortController();
  const restored = encryption.restoreKeys({ signal: stop.signal });
  await eventually(() => last().names().includes("restoreKeys"));
  stop.abort();
  await assert.rejects(restored, { code: "call.aborted" });
  await eventually(() => last().aborted.includes(last().stream("restoreKeys").id));
});

test("devices are asked for by user, one's own by none", async () => {
  const { encryption, last } = await start({ devices: (_, core) => core.push("devices", { ops: [{ op: "reset", index: 0, items: [] }], total: 0 }) });
  await encryption.devices().ready;
  await encryption.devices("@bob:x").ready;
  const asked = last().called.filter(({ call }) => call === "devices").map(({ params }) => params);
  assert.deepEqual(asked, [{}, { userId: "@bob:x" }]);
});

test("what is done to devices and identities names them", async () => {
  const nothing = () => null;
  const { encryption, last } = await start({ setDeviceBlocked: nothing, renameDevice: nothing, signOutDevices: nothing, acceptIdentity: nothing });
  await encryption.setBlocked("@bob:x", "D", true);
  await encryption.rename("D", "desk");
  await encryption.signOut(["D", "E"], { password: "secret" });
  await encryption.acceptIdentity("@bob:x");
  assert.deepEqual(last().called.slice(-4).map(({ params }) => params), [
    { userId: "@bob:x", deviceId: "D", blocked: true },
    { deviceId: "D", name: "desk" },
    { deviceIds: ["D", "E"], password: "secret" },
    { userId: "@bob:x" },
  ]);
});

test("a verification shows its phases, with pictures that have names, and takes each step", async () => {
  const { encryption, last } = await start({ startVerification: ref, verify: () => null, verifications: (_, core) => core.push("verifications", all(asked)) });
  const live = await encryption.verify({ device: "D", scanner: true });
  assert.deepEqual(last().called.find(({ call }) => call === "startVerification")?.params, { deviceId: "D", scanner: true });
  await until(live, (now) => now?.phase === "asked");
  const set = (item: Verification) => last().push("verifications", { ops: [{ op: "set", index: 0, item }], total: 1 });
  set({ ...asked, phase: "ready", canEmoji: true, qr: "TUFU/w==" });
  const ready = await until(live, (now) => now?.phase === "ready");
  assert.deepEqual(ready?.qr, new Uint8Array([77, 65, 84, 255]));
  await live.emoji();
  await live.scan(new Uint8Array([77, 255]));
  set({ ...asked, phase: "compare", emoji: [0, 36, 63], decimals: [1, 2, 3] });
  const compare = await until(live, (now) => now?.phase === "compare");
  assert.deepEqual(compare?.emoji?.map(({ name }) => name), ["Dog", "Thumbs Up", "Pin"]);
  assert.deepEqual(compare?.decimals, [1, 2, 3]);
  await live.match();
  await live.mismatch();
  await live.cancel();
  await live.accept({ scanner: true });
  const steps = last().called.filter(({ call }) => call === "verify").map(({ params }) => params);
  assert.deepEqual(steps, [
    { id: "v", step: "emoji" },
    { id: "v", step: "scan", code: "Tf8=" },
    { id: "v", step: "match" },
    { id: "v", step: "mismatch" },
    { id: "v", step: "cancel" },
    { id: "v", step: "accept", scanner: true },
  ]);
});

test("numbers that the table has not show no pictures, so that decimals are compared", async () => {
  const compare: Verification = { ...asked, phase: "compare", emoji: [0, 64], decimals: [1, 2, 3] };
  const { encryption } = await start({ verifications: (_, core) => core.push("verifications", all(compare)) });
  const shown = await until(encryption.verification("v"), (now) => now?.phase === "compare");
  assert.equal(shown?.emoji, undefined);
});

test("a verification that the next core knows nothing of is over, and one that is done stays so", async () => {
  let items: Verification[] = [asked, { ...asked, key: "w", id: "w", phase: "done" }];
  const { encryption, last, cores } = await start({ verifications: (_, core) => core.push("verifications", all(...items)) });
  const [live, done] = [encryption.verification("v"), encryption.verification("w")];
  await until(live, (now) => now?.phase === "asked");
  await until(done, (now) => now?.phase === "done");
  items = [];
  last().move(true);
  await eventually(() => cores.length === 2);
  const over = await until(live, (now) => now?.phase === "cancelled");
  assert.equal(over?.reason, "m.unknown_transaction");
  assert.equal(done.getSnapshot()?.phase, "done");
});

test("the table is the specification's", () => {
  const path = new URL("../../../shared/conformance/sas-emoji.json", import.meta.url);
  const spec = JSON.parse(readFileSync(path, "utf8")) as { number: number; emoji: string; description: string }[];
  assert.equal(spec.length, 64);
  const ours = sasEmoji(spec.map(({ number }) => number));
  assert.deepEqual(ours, spec.map(({ number, emoji, description }) => ({ number, emoji, name: description })));
});
