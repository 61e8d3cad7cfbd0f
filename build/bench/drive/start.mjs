// Drives Chromium through the benchmark page and prints what it measured, as
// JSON.
//
//   node build/bench/bench.mjs URL ROOMS
//
// The profile is persistent, since Chromium keeps the databases of throw-away
// contexts in memory, and the second visit is one of a new browser.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { chromium } from "playwright-core";

const [url, rooms] = [process.argv[2], Number(process.argv[3])];
const profile = mkdtempSync(join(tmpdir(), "alcove-bench-"));
const boots = 7;

const args = [
  "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic",
];

try {
  const startUp = await visit(async (page) => {
    const all = [];
    for (let i = 0; i < boots; i++) all.push(await page.evaluate(() => bench.boot()));
    return all;
  });
  const first = await visit(async (page, cpu) => {
    const before = await cpu();
    const result = await page.evaluate((n) => bench.first(n), rooms);
    const after = await cpu();
    await sleep(4_000); // the core stores the snapshot two seconds after a change
    return { ...result, cpu: { all: after.all - before.all, main: after.main - before.main } };
  });
  const again = await visit((page) => page.evaluate((n) => bench.again(n), rooms));
  console.log(JSON.stringify({ startUp, first, again }));
} finally {
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
}

/** visit opens the page in a browser of its own. */
async function visit(measure) {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  const context = await chromium.launchPersistentContext(profile, { executablePath, args, headless: true });
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    page.on("pageerror", (error) => console.error(`bench: ${error.stack}`));
    await page.goto(url);
    await page.waitForFunction(() => "bench" in globalThis);
    return await measure(page, await meter(context, page));
  } finally {
    await context.close();
  }
}

/** meter reads CPU time, in milliseconds: that of the page's process, in which the worker runs too, and of its main thread. */
async function meter(context, page) {
  const tab = await context.newCDPSession(page);
  await tab.send("Performance.enable");
  const browser = await context.browser()?.newBrowserCDPSession();
  return async () => {
    const { metrics } = await tab.send("Performance.getMetrics");
    const main = 1_000 * (metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0);
    const { processInfo } = (await browser?.send("SystemInfo.getProcessInfo")) ?? { processInfo: [] };
    const renderers = processInfo.filter(({ type }) => type === "renderer").map(({ cpuTime }) => 1_000 * cpuTime);
    return { main, all: renderers.reduce((sum, ms) => sum + ms, 0) };
  };
}
