// The browser is killed at every instant of a send and of a sync, and nothing
// is lost, doubled or out of order afterwards.
//
// KILLS is the number of rounds, SEED the order of things; CHROMIUM_FEATURES
// may choose another IndexedDB engine.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { CDPSession, Page } from "playwright-core";
import { Profile } from "./chromium.js";
import type { Chromium } from "./chromium.js";
import { sending, Server, sync } from "./server.js";
import type { Person, Said } from "./server.js";
import { Tab } from "./tab.js";
import type { Shown } from "./tab.js";

const rounds = Number(process.env["KILLS"] || 36);
const seed = Number(process.env["SEED"] || 1);

const profile = new Profile();
let server: Server;
let alice: Person;
let bob: Person;
let room: string;

before(async () => {
  server = await Server.start();
  alice = await server.account("alice");
  bob = await server.account("bob");
  room = await bob.room("kills", alice);
});

after(async () => {
  await profile.remove();
  await server?.close();
});

/** Round is one life of a browser, up to when it is killed. */
type Round = {
  readonly tab: Tab;
  readonly browser: Chromium;
  /** Names the messages of this round. */
  readonly number: number;
  readonly random: (below: number) => number;
};

/** What ends the life: the browser, a tab or the core alone. */
type End = "browser" | "tab" | "worker" | "none";

/** Each plan begins something and returns at the instant to kill at. */
const plans: readonly { readonly name: string; readonly ends: End; readonly begin: (round: Round) => Promise<unknown> }[] = [
  {
    name: "after send() resolved",
    ends: "browser",
    async begin(round) {
      const { tab, random } = round;
      await tab.write(mine(round, 5));
      await tab.untilAccepted(1 + random(5));
    },
  },
  {
    name: "before the request",
    ends: "browser",
    begin: (round) => untilHeld(round, { method: "PUT", path: sending, act: "hold" }),
  },
  {
    name: "before the answer",
    ends: "browser",
    begin: (round) => untilHeld(round, { method: "PUT", path: sending, act: "holdAnswer" }),
  },
  {
    name: "before the echo's sync",
    ends: "browser",
    async begin(round) {
      await server.rule({ path: sync, act: "holdAnswer" });
      await round.tab.write(mine(round, 3));
      await until(async () => (await round.tab.shown()).some(({ body, send }) => body === name("a", round, 2) && send === "sent"));
    },
  },
  {
    name: "a response in flight",
    ends: "browser",
    async begin(round) {
      const rule = await server.rule({ path: sync, act: "holdAnswer" });
      await theirs(round, 3);
      await server.held(rule);
    },
  },
  { name: "during a commit", ends: "browser", begin: duringCommit },
  { name: "during a commit of both", ends: "browser", begin: duringCommit },
  {
    name: "after a commit",
    ends: "browser",
    async begin(round) {
      await theirs(round, 3);
      await round.tab.shows(name("b", round, 2));
    },
  },
  { name: "at any moment", ends: "browser", begin: anyMoment },
  { name: "at any moment again", ends: "browser", begin: anyMoment },
  {
    name: "while it opens",
    ends: "browser",
    async begin({ browser, random }) {
      const page = await browser.page();
      await page.goto(server.origin);
      await page.evaluate(() => {
        void import(`${location.origin}/index.js`).then(({ createClient }) => createClient({ store: "kills" }));
      });
      await pause(random(600));
    },
  },
  { name: "the tab crashes", ends: "tab", begin: anyMoment },
  { name: "the worker ends", ends: "worker", begin: anyMoment },
];

async function duringCommit(round: Round): Promise<void> {
  const rule = await server.rule({ path: sync, act: "holdAnswer", times: 1 });
  await theirs(round, 5);
  const held = await server.held(rule);
  if (round.random(2)) await round.tab.write(mine(round, 3));
  await server.release(held);
  await pause(round.random(40));
}

async function anyMoment(round: Round): Promise<void> {
  await round.tab.write(mine(round, 20), round.random(30));
  const other = theirs(round, 10);
  await pause(round.random(700));
  await other;
}

async function untilHeld(round: Round, rule: Parameters<Server["rule"]>[0]): Promise<void> {
  const id = await server.rule({ ...rule, skip: round.random(3) });
  await round.tab.write(mine(round, 5));
  await server.held(id);
}

/** name names a message so that names sort as they were written. */
function name(who: "a" | "b", { number }: Round, i: number): string {
  return `${who} ${String(number).padStart(4, "0")} ${String(i).padStart(2, "0")}`;
}

function mine(round: Round, count: number): string[] {
  return Array.from({ length: count }, (_, i) => name("a", round, i));
}

async function theirs(round: Round, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await bob.say(room, name("b", round, i));
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function until(holds: () => Promise<boolean>, patience = 20_000): Promise<boolean> {
  for (const end = Date.now() + patience; !(await holds()); await pause(50)) if (Date.now() > end) return false;
  return true;
}

/** randomly is a generator of numbers that a seed repeats (mulberry32). */
function randomly(state: number): (below: number) => number {
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** Findings are what must stay zero, by plan. */
type Findings = { rounds: number; sent: number; lost: number; doubled: number; disordered: number; shut: number };

test(`nothing is lost in ${rounds} kills`, { timeout: 60_000 + rounds * 40_000 }, async (t) => {
  const random = randomly(seed);
  const table = new Map<string, Findings>();
  const accepted = new Set<string>();
  let browser = await profile.launch();
  let tab = await Tab.open(await browser.page(), server);
  assert.equal((await tab.login(alice)).code, "");
  await tab.reaches({ sync: "live" });
  await tab.enter(room);

  for (let number = 0; number < rounds; number++) {
    const plan = plans[number % plans.length];
    assert.ok(plan);
    const round: Round = { tab, browser, number, random };
    await plan.begin(round);
    await end(plan.ends, browser, tab.page);
    await server.clear();
    for (const body of tab.accepted) accepted.add(body);
    const found = finding(table, plan.name);
    found.rounds++;
    found.sent += tab.accepted.length;
    tab.accepted.length = 0;

    if (plan.ends === "browser") browser = await profile.launch();
    if (plan.ends !== "worker") tab = await Tab.load(await browser.page(), server);
    const opens = await reopen(tab, plan.ends !== "worker");
    if (!opens) found.shut++;
    const seen = await settle(tab, accepted);
    for (const body of tab.accepted) accepted.add(body);
    compare(found, seen.shown, seen.said, accepted);
    t.diagnostic(`${number} ${plan.name}: ${JSON.stringify(found)}`);
    if (!opens) break;
  }
  await browser.kill();

  console.table(Object.fromEntries(table));
  for (const [plan, { lost, doubled, disordered, shut }] of table) {
    assert.deepEqual({ lost, doubled, disordered, shut }, { lost: 0, doubled: 0, disordered: 0, shut: 0 }, `${plan}, seed ${seed}`);
  }
});

test("a first sync that is killed begins again", { timeout: 240_000 }, async () => {
  const random = randomly(seed);
  const carol = await server.account("carol");
  const names = Array.from({ length: 60 }, (_, i) => `room ${i}`).sort();
  for (const name of names) await carol.room(name);
  for (let number = 0; number < Math.ceil(rounds / 6); number++) {
    const store = `first ${number}`;
    let browser = await profile.launch();
    let tab = await Tab.open(await browser.page(), server, store);
    const login = tab.login(carol).catch(() => {});
    await pause(random(400));
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

function finding(table: Map<string, Findings>, plan: string): Findings {
  const found = table.get(plan) ?? { rounds: 0, sent: 0, lost: 0, doubled: 0, disordered: 0, shut: 0 };
  table.set(plan, found);
  return found;
}

async function end(what: End, browser: Chromium, page: Page): Promise<void> {
  if (what === "browser") return browser.kill();
  if (what === "worker") return page.evaluate(() => workers.at(-1)?.terminate());
  const crashed = page.waitForEvent("crash");
  const session: CDPSession = await page.context().newCDPSession(page);
  session.send("Page.crash").catch(() => {}); // it does not live to answer
  await crashed;
  await page.close();
}

/** reopen says whether the session that was stored is there again. */
async function reopen(tab: Tab, anew: boolean): Promise<boolean> {
  try {
    if (anew) await tab.start();
    else await tab.reaches({ core: "restarting" });
    await tab.reaches({ state: "ready", core: "running", sync: "live" }, 30_000);
    if (anew) await tab.enter(room);
    return true;
  } catch (error) {
    console.error(error);
    return false;
  }
}

/** settle waits until page and server agree, or for as long as they may take to. */
async function settle(tab: Tab, accepted: ReadonlySet<string>): Promise<{ shown: Shown[]; said: Said[] }> {
  let shown: Shown[] = [];
  let said: Said[] = [];
  await until(async () => {
    shown = await tab.everything();
    said = await bob.heard(room);
    const has = new Set(said.map(({ body }) => body));
    const same = shown.length === said.length && shown.every(({ id }, i) => id === said[i]?.id);
    return same && shown.every(({ send }) => !send) && [...accepted].every((body) => has.has(body));
  });
  return { shown, said };
}

/** compare counts what is wrong with what the server has and the page shows. */
function compare(found: Findings, shown: readonly Shown[], said: readonly Said[], accepted: ReadonlySet<string>): void {
  const onServer = new Set(said.map(({ body }) => body));
  const inPage = new Set(shown.map(({ id }) => id));
  found.lost += [...accepted].filter((body) => !onServer.has(body)).length;
  found.lost += said.filter(({ id }) => !inPage.has(id)).length;
  found.doubled += said.length - onServer.size;
  found.doubled += shown.length - new Set(shown.map(({ body }) => body)).size;
  found.disordered += [said, shown].flatMap((list) => [inverted(list, alice.id), inverted(list, bob.id)]).reduce((a, b) => a + b);
  found.disordered += shown.length === said.length ? shown.filter(({ id }, i) => id !== said[i]?.id).length : 0;
  found.lost += shown.filter(({ send }) => send).length;
}

/** inverted counts messages of one sender that stand before one that was written earlier. */
function inverted(list: readonly { sender: string; body: string }[], sender: string): number {
  const own = list.filter((message) => message.sender === sender).map(({ body }) => body);
  return own.filter((body, i) => i > 0 && body < (own[i - 1] ?? "")).length;
}
