// Ends the leading tab of three, again and again, while the others write, and
// prints as JSON how long their lists stood still, what became of what was
// written, and what a tab that follows weighs.
//
//   node build/bench/drive/handover.mjs URL ROOMS TRIALS

import { setTimeout as sleep } from "node:timers/promises";
import { open as openPage, withBrowser, withProfile } from "./browser.mjs";
import { Meter, privateBytes } from "./meter.mjs";

const [url, rooms, trials] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
let context;

/** Ways for a tab to end. */
const ends = [
  async (page) => page.close(),
  async (page) => {
    const session = await context.newCDPSession(page);
    session.send("Page.crash").catch(() => {}); // it does not live to answer
    await page.waitForEvent("crash");
    await page.close();
  },
  async (page) => {
    await page.goto("about:blank");
    await page.close();
  },
];

/** What tabs were told is stored. */
const written = [];

await withProfile((profile) =>
  withBrowser(profile, async (lent) => {
    context = lent;
    await handOver();
  }),
);

async function handOver() {
  const first = await open();
  await first.evaluate((n) => bench.first(n), rooms);
  await sleep(4_000);
  let tabs = [first, await follower(), await follower()];
  const times = [];
  const marks = [];
  for (let trial = 0; trial < trials; trial++) {
    const leader = tabs[await leading(tabs)];
    tabs = tabs.filter((page) => page !== leader);
    const live = tabs.map((page) => page.evaluate(() => bench.live()));
    const begun = Date.now();
    await ends[trial % ends.length](leader);
    for (const { at, leads, ...more } of await Promise.all(live)) {
      times.push(at - begun);
      if (leads) marks.push(Object.fromEntries(Object.entries(more.marks).map(([name, at]) => [name, at - begun])));
    }
    tabs.push(await follower());
  }
  await Promise.all(tabs.map((page) => page.evaluate(() => bench.stop())));
  const sent = await arrived();
  const lost = written.filter((body) => !sent.includes(body)).length;
  console.log(JSON.stringify({ times, marks, written: written.length, lost, doubled: sent.length - new Set(sent).size, megabytes: await weigh() }));
}

/** arrived is what the server has, once it has all, or for as long as that may take. */
async function arrived() {
  for (const end = Date.now() + 60_000; ; await sleep(500)) {
    const sent = await (await fetch(`${url}/bench/sent`)).json();
    if (Date.now() > end || written.every((body) => sent.includes(body))) return sent;
  }
}

async function open() {
  const page = await openPage(context);
  await page.exposeFunction("accept", (body) => void written.push(body));
  await page.goto(`${url}/handover.html`);
  await page.waitForFunction(() => "bench" in globalThis);
  return page;
}

async function follower() {
  const page = await open();
  await page.evaluate((n) => bench.join(n), rooms);
  return page;
}

/** leading waits until one of the tabs leads. */
async function leading(tabs) {
  for (;;) {
    const leads = await Promise.all(tabs.map((page) => page.evaluate(() => bench.leads())));
    if (leads.includes(true)) return leads.indexOf(true);
  }
}

/** weigh is what following adds to a page's process, in MB: undefined where the system does not say. */
async function weigh() {
  const weights = [];
  const meter = await Meter.of(context);
  for (let n = 0; n < 5; n++) {
    const page = await open();
    const own = await meter.processOf(page);
    const empty = privateBytes(own);
    await page.evaluate((n) => bench.join(n, true), rooms);
    await sleep(3_000);
    const full = privateBytes(own);
    await page.close();
    if (empty && full) weights.push((full - empty) / 1e6);
  }
  return weights.sort((a, b) => a - b)[Math.floor(weights.length / 2)];
}
