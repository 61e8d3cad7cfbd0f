// Chromium, as every script here starts it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const args = [
  "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic",
  "--js-flags=--expose-gc",
];

/**
 * withProfile lends a profile, which outlives its browsers: Chromium keeps the
 * databases of throw-away contexts in memory.
 */
export async function withProfile(use) {
  const profile = mkdtempSync(join(tmpdir(), "alcove-bench-"));
  try {
    return await use(profile);
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** withBrowser lends a browser of its own on the profile. */
export async function withBrowser(profile, use) {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  const context = await chromium.launchPersistentContext(profile, { executablePath, args, headless: true });
  try {
    return await use(context);
  } finally {
    await context.close();
  }
}

/** open opens a page, whose errors are told. */
export async function open(context, url) {
  const page = await context.newPage();
  page.on("pageerror", (error) => console.error(`bench: ${error.stack}`));
  if (url) await page.goto(url);
  return page;
}
