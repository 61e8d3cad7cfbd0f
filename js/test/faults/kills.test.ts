// Tabs, renderers, workers and browsers are killed at every instant of an
// exchange, and nothing is lost, doubled or out of order afterwards.
//
// KILLS is the number of rounds, SEED the order of things, ROUND one round of a
// seed to repeat over and over; CHROMIUM_FEATURES may choose another IndexedDB
// engine.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { randomFrom } from "../random.js";
import { ends } from "./ends.js";
import { Exchange } from "./exchange.js";
import { none } from "./findings.js";
import { isClean, pick, play } from "./rounds.js";
import { Tab } from "./tab.js";

const rounds = Number(process.env["KILLS"] || 33);
const seed = Number(process.env["SEED"] || 1);
const only = process.env["ROUND"];
/** Rounds in one room. */
const stay = 12;

const exchange = await Exchange.start();

after(() => exchange.close());

test(`nothing is lost in ${rounds} kills`, { timeout: 60_000 + rounds * 60_000 }, async (t) => {
  const table = new Map(ends.map(({ name }) => [name, { rounds: 0, sent: 0, inFlight: 0, ...none }]));
  for (let i = 0; i < rounds; i++) {
    if (i % stay === stay - 1) await exchange.change();
    const number = only === undefined ? i : Number(only);
    const end = pick(ends, number);
    const { plan, found } = await play(exchange, { end, seed, number, i });
    const row = table.get(end.name);
    assert.ok(row);
    add(row, { rounds: 1, ...found });
    t.diagnostic(`${i} ${plan}: ${JSON.stringify(found)}`);
    if (isClean(found)) continue;
    console.error(`SEED=${seed} ROUND=${number}: ${plan}: ${JSON.stringify(found)}`);
    await exchange.begin();
    await exchange.open();
    await exchange.change();
  }
  const everywhere = await exchange.everywhere();
  console.table(Object.fromEntries(table));
  for (const [end, { rounds: _, sent: __, inFlight: ___, ...found }] of table) assert.deepEqual(found, none, `${end}, seed ${seed}`);
  assert.deepEqual(everywhere, none, `in all rooms at the end, seed ${seed}`);
});

function add(to: Record<string, number>, more: Record<string, number>): void {
  for (const [name, count] of Object.entries(more)) to[name] = (to[name] ?? 0) + count;
}

test("a first sync that is killed begins again", { timeout: 60_000 + rounds * 10_000 }, async () => {
  const random = randomFrom(seed);
  const { profile, server } = exchange;
  await exchange.browser.kill();
  const carol = await server.account("carol");
  const names = Array.from({ length: 60 }, (_, i) => `room ${i}`).sort();
  for (const name of names) await carol.room(name);
  for (let number = 0; number < Math.ceil(rounds / 6); number++) {
    const store = `first ${number}`;
    let browser = await profile.launch();
    let tab = await Tab.open(await browser.page(), server, store);
    const login = tab.login(carol).catch(() => {});
    await sleep(random(400));
    await browser.kill();
    await login;
    browser = await profile.launch();
    tab = await Tab.open(await browser.page(), server, store);
    if ((await tab.session()).state === "signedOut") assert.equal((await tab.login(carol)).code, "");
    await tab.reaches({ state: "ready", sync: "live" });
    assert.deepEqual((await tab.rooms()).sort(), names, `round ${number}, seed ${seed}`);
    await browser.kill();
  }
});
