// The browser is killed at every instant of an encrypted exchange: afterwards
// both sides can read every message, and no key was used twice.
//
// KILLS, SEED, ROUND and CHROMIUM_FEATURES are as for kills.test.ts.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ends } from "./ends.js";
import { Exchange } from "./exchange.js";
import { none as nothingWrong } from "./findings.js";
import { everybody, moments, theirs } from "./moments.js";
import type { Moment, Round } from "./moments.js";
import { differing, judge, listen, none } from "./ratchets.js";
import { isClean, pick, play } from "./rounds.js";
import { SdkPerson } from "./sdkperson.js";
import type { Rule } from "./server.js";
import { Tab } from "./tab.js";

const rounds = Number(process.env["KILLS"] || 6);
const seed = Number(process.env["SEED"] || 1);
const only = process.env["ROUND"];
/** Rounds in one room. */
const stay = 6;
/** How many one-time keys others take before each death, so that new ones are made all the time. */
const taken = 15;

let bob: SdkPerson | undefined;
const exchange = await Exchange.start(async (server, name) => (bob = await SdkPerson.meet(server, name)));
const heard = await listen(exchange.server);

after(async () => {
  await bob?.close();
  await exchange.close();
});

/** Where a key is on its way. */
const keyMoments: readonly Moment[] = [
  { name: "before new one-time keys are uploaded", begin: (round) => untilKeys(round, "hold") },
  { name: "before the answer to uploaded keys", begin: (round) => untilKeys(round, "holdAnswer") },
  { name: "before the answer to claimed keys", begin: (round) => untilShared(round, { method: "POST", path: "/keys/claim", act: "holdAnswer" }) },
  { name: "before a session is shared", begin: (round) => untilShared(round, { method: "PUT", path: "/sendToDevice/", act: "hold" }) },
  { name: "before the answer to a shared session", begin: (round) => untilShared(round, { method: "PUT", path: "/sendToDevice/", act: "holdAnswer" }) },
];

async function untilKeys(round: Round, act: Rule["act"]): Promise<void> {
  const { server } = round.exchange;
  const rule = await server.rule({ method: "POST", path: "/keys/upload", act });
  await takeKeys(50); // all, so that some have to be made
  await theirs(round, 1); // the next sync tells how many there are
  await server.held(rule);
  await sleep(round.random(60));
}

async function untilShared(round: Round, rule: Rule): Promise<void> {
  const { server } = round.exchange;
  const id = await server.rule(rule);
  await round.exchange.change(); // to a room without a session, and to a device that nobody has written to
  await everybody(round, 5);
  await server.held(id);
  await sleep(round.random(60));
}

async function takeKeys(count: number): Promise<void> {
  const { deviceId } = (await exchange.voices[0]?.tab.session()) ?? {};
  assert.ok(deviceId && bob);
  await bob.takeKeys(exchange.alice.id, deviceId, count);
}

/** setUp makes an identity and a backup, and returns the key that opens it. */
const setUp = ({ page }: Tab, password: string): Promise<string> =>
  page.evaluate(async (password) => (await client.encryption.setUp({ password })).key ?? "", password);

/** fresh is a new device that has of the past only what the backup has. */
async function fresh(recoveryKey: string): Promise<void> {
  const { page } = exchange.voices[0]?.tab ?? {};
  await page?.evaluate(async () => {
    const saved = () => client.encryption.getSnapshot()?.backup === "on" && !client.encryption.getSnapshot()?.unsaved;
    for await (const _ of client.encryption.diffs()) if (saved()) break;
  });
  const tab = await Tab.open(await exchange.browser.page(), exchange.server, "fresh");
  assert.equal((await tab.login(exchange.alice)).code, "");
  await tab.reaches({ state: "ready", sync: "live" });
  const restored = await tab.outcome(async (key: string) => {
    await client.encryption.recover(key);
    await client.encryption.restoreKeys();
  }, recoveryKey);
  assert.deepEqual(restored, { code: "" });
  exchange.voices.push({ tab, name: "fresh" });
}

test(`all is readable and no key used twice in ${rounds} kills`, { timeout: 120_000 + rounds * 60_000 }, async (t) => {
  assert.ok(bob);
  const first = exchange.voices[0]?.tab;
  assert.ok(first);
  const recoveryKey = await setUp(first, exchange.alice.password);
  const wrong: string[] = [];
  for (let i = 0; i < rounds; i++) {
    if (i % stay === stay - 1) await exchange.change();
    const number = only === undefined ? i : Number(only);
    await takeKeys(taken);
    const { plan, found } = await play(exchange, { end: pick(ends, 0), seed, number, i, among: [...moments, ...keyMoments] });
    t.diagnostic(`${i} ${plan}: ${JSON.stringify(found)}`);
    if (!isClean(found)) wrong.push(`SEED=${seed} ROUND=${number}: ${plan}: ${JSON.stringify(found)}`);
  }
  await exchange.resize(1);
  await fresh(recoveryKey);
  const everywhere = await exchange.everywhere();
  const requests = await heard();
  const keys = { unreadable: 0, leaked: 0, ...judge(requests) };
  for (const room of exchange.rooms) {
    keys.unreadable += await bob.unreadable(room);
    keys.leaked += await bob.leaked(room);
  }
  const counts = { messages: differing(requests.sent), shares: differing(requests.shared), uploads: requests.uploads.length };
  console.table({ [`${rounds} kills`]: { ...counts, ...everywhere, ...keys } });
  assert.ok(Object.values(counts).every((count) => count > 0), "keys were on their way");
  assert.deepEqual(keys, { unreadable: 0, leaked: 0, ...none }, `seed ${seed}`);
  assert.deepEqual(everywhere, nothingWrong, `in all rooms at the end, seed ${seed}`);
  assert.deepEqual(wrong, []);
});
