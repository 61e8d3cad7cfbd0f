// Measures the UI, with the real core on the sandbox, in a room with hundreds of
// reactions on screen, and prints it as JSON: the longest task of the page's main
// thread while the room is opened, and how long after a press of a reaction it is
// painted. See `make bench NAME=crowd`.
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { openRoom, signIn, World, type Account } from "./real.js";

const runs = Number(process.argv[2] ?? 5);
const messages = 14;
/** As many as show without a press. */
const kinds = ["👍", "🎉", "❤️", "😀", "🥖", "🌧️", "🚲", "✅", "🙏", "👀", "🐟", "🧀", "🌻"];
/** Longer than anything goes on once a room is open. */
const settled = 1_500;

/** Makes a room that ends with messages to which all have reacted with everything, and a quiet one. */
async function fill(all: readonly Account[], [alice, bob]: readonly [Account, Account]): Promise<void> {
  await alice.join(await bob.createRoom("Quiet", [alice]));
  const room = await bob.createRoom("Crowd", all.filter((one) => one !== bob));
  for (const one of all) if (one !== bob) await one.join(room);
  for (let n = 0; n < 40; n++) await bob.say(room, `earlier ${n}`);
  for (let n = 0; n < messages; n++) {
    const event_id = await bob.say(room, `message ${n}`);
    for (const one of all) for (const key of kinds) await one.send(room, "m.reaction", { "m.relates_to": { rel_type: "m.annotation", event_id, key } });
  }
}

/** How many reactions are on screen. */
const seen = (page: Page) => page.locator(".timeline-scroll").evaluate((viewport) => {
  const { top, bottom } = viewport.getBoundingClientRect();
  const within = [...viewport.querySelectorAll(".reaction[aria-pressed]")].filter((chip) => chip.getBoundingClientRect().top >= top && chip.getBoundingClientRect().bottom <= bottom);
  return within.reduce((sum, chip) => sum + Number(/\d+$/.exec(chip.textContent?.trim() ?? "")?.[0]), 0);
});

/** Not among TypeScript's own types yet. */
declare const scheduler: { postTask(act: () => void, options: { readonly priority: "user-blocking" }): Promise<void> };

type TraceEvent = { readonly name: string; readonly pid: number; readonly tid: number; readonly ts: number; readonly dur?: number };

/** The longest task of the page's main thread, in milliseconds, until what is done has settled. */
async function longestTask(page: Page, act: () => Promise<unknown>): Promise<number> {
  const browser = page.context().browser();
  assert.ok(browser);
  await browser.startTracing(page, { categories: ["toplevel", "blink.user_timing"] });
  await page.evaluate(() => void performance.mark("alcove begins"));
  await act();
  await page.waitForTimeout(settled);
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { readonly traceEvents: readonly TraceEvent[] };
  const begun = traceEvents.find(({ name }) => name === "alcove begins");
  assert.ok(begun);
  const tasks = traceEvents.filter(({ name, pid, tid, ts }) => name === "ThreadControllerImpl::RunTask" && pid === begun.pid && tid === begun.tid && ts > begun.ts);
  return Math.max(...tasks.map(({ dur = 0 }) => dur / 1_000));
}

async function open(page: Page): Promise<void> {
  await openRoom(page, "Crowd");
  await page.locator(".row", { hasText: `message ${messages - 1}` }).waitFor();
}

/** From each press, as the browser noted it, until after the frame that paints it. */
async function press(page: Page): Promise<number[]> {
  const times: number[] = [];
  for (const key of kinds) {
    const chip = page.locator(".row").last().locator(".reaction", { hasText: key });
    const painted = page.evaluate(() => new Promise<number>((resolve) => {
      // The first task after the frame, before those that wait already, such as the core's answer.
      const after = (act: () => void) => void scheduler.postTask(act, { priority: "user-blocking" });
      addEventListener("click", ({ timeStamp }) => requestAnimationFrame(() => after(() => resolve(performance.now() - timeStamp))), { capture: true, once: true });
    }));
    const before = await chip.getAttribute("aria-pressed");
    await chip.click();
    times.push(await painted);
    await page.waitForTimeout(200);
    assert.notEqual(await chip.getAttribute("aria-pressed"), before);
  }
  return times;
}

const measured = { reactions: Infinity, first: [] as number[], again: [] as number[], painted: [] as number[] };
const world = await World.start();
const all = await Promise.all(["alice", "bob", "carol", "dan", "erin"].map((name) => world.account(name)));
const [alice, bob] = all as [Account, Account];
try {
  await fill(all, [alice, bob]);
  for (let run = 0; run < runs; run++) {
    const browser = await signIn(world, alice);
    try {
      const { page } = browser;
      await openRoom(page, "Quiet");
      await page.waitForTimeout(settled);
      const first = await longestTask(page, () => open(page));
      const reactions = await seen(page);
      const painted = await press(page);
      await openRoom(page, "Quiet");
      await page.waitForTimeout(settled);
      const again = await longestTask(page, () => open(page));
      measured.reactions = Math.min(measured.reactions, reactions);
      measured.first.push(first);
      measured.again.push(again);
      measured.painted.push(...painted);
    } finally {
      await browser.end();
    }
  }
} finally {
  await world.stop();
}
console.log(JSON.stringify(measured));
