// Verifications against the real core, natively, and the sandbox homeserver.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Client } from "../src/client.js";
import type { LiveVerification, VerificationSnapshot } from "../src/verification.js";
import { homeserver, signIn } from "./realcore.js";
import { until } from "./until.js";

/** Each test has users of its own. */
async function register(username: string): Promise<void> {
  const body = JSON.stringify({ username, password: "alcove", auth: { type: "m.login.dummy" } });
  const answer = await fetch(`${homeserver}/_matrix/client/v3/register`, { method: "POST", headers: { "content-type": "application/json" }, body });
  assert.ok(answer.ok, await answer.text());
}

const phase = (live: LiveVerification, wanted: VerificationSnapshot["phase"]) => until(live, (now) => now?.phase === wanted);

/** The verification that somebody asks this client for. */
async function asked(client: Client): Promise<LiveVerification> {
  const all = await until(client.encryption.verifications(), (list) => list.some((one) => one.phase === "asking"));
  return client.encryption.verification(all.find((one) => one.phase === "asking")?.id ?? "");
}

/** Compares pictures, and returns what both showed. */
async function compare(one: LiveVerification, other: LiveVerification): Promise<readonly VerificationSnapshot[]> {
  await phase(other, "asking");
  await other.accept();
  await phase(one, "ready");
  await one.emoji();
  const shown = await Promise.all([phase(one, "compare"), phase(other, "compare")]);
  return shown.flatMap((snapshot) => snapshot ?? []);
}

test("two devices of one user compare pictures; then the new one is verified and has the backup", async () => {
  const first = await signIn("alice", "desk");
  await until(first.encryption, (now) => now?.identity === "none");
  await first.encryption.setUp({ password: "alcove" });
  const next = await signIn("alice", "couch");
  await until(next.encryption, (now) => now?.identity === "unverified");
  const ours = await next.encryption.verify();
  const theirs = await asked(first);
  const [a, b] = await compare(ours, theirs);
  assert.equal(a?.emoji?.length, 7);
  assert.deepEqual(a?.emoji, b?.emoji);
  assert.deepEqual(a?.decimals, b?.decimals);
  await Promise.all([ours.match(), theirs.match()]);
  await Promise.all([phase(ours, "done"), phase(theirs, "done")]);
  await until(next.encryption, (now) => now?.identity === "verified" && now.backup === "on");
});

test("two users: pictures that do not match end it for both, and say so", async () => {
  await Promise.all([register("dora"), register("emil")]);
  const [emil, dora] = await Promise.all([signIn("emil", "phone"), signIn("dora", "phone")]);
  for (const one of [emil, dora]) {
    await until(one.encryption, (now) => now?.identity === "none");
    await one.encryption.setUp({ password: "alcove" });
  }
  const roomId = await emil.rooms.create({ invite: ["@dora:localhost"], encrypted: true, direct: true, preset: "trusted_private_chat" });
  await until(dora.rooms.list({ filter: { kind: "invited" } }), (rooms) => rooms.some(({ id }) => id === roomId));
  await dora.room(roomId).join();
  const hers = await dora.encryption.verify({ user: "@emil:localhost" });
  const his = await asked(emil);
  await compare(hers, his);
  await hers.mismatch();
  const [a, b] = await Promise.all([phase(hers, "cancelled"), phase(his, "cancelled")]);
  assert.deepEqual([a?.reason, a?.byUs, b?.reason], ["m.mismatched_sas", true, "m.mismatched_sas"]);
  await assert.rejects(hers.match(), (error: { code: string }) => error.code.startsWith("verification."));
});
