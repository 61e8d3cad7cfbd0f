// What tests of the UI on the fake client have in common.
import assert from "node:assert/strict";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { Browser, type Options } from "./harness.js";

export type Fake = {
  typed: boolean[];
  sent: object[];
  refused: number;
  credentials: { readonly deviceId?: string } | undefined;
  stale(stale: boolean): void;
  session(change: object): void;
  storage(value: object): void;
  receive(room: string, body: string, person?: number): void;
  event(room: string, event: object): void;
  typing(room: string, people: number): void;
  room(room: string, change: object): void;
  details(room: string, change: object): void;
  asked: (readonly unknown[])[];
  searched: string[];
  unignore(user: string): Promise<void>;
  blockInvites(block: boolean): Promise<void>;
  moved: (string | undefined)[][];
  created: object | undefined;
  joined: object[];
  keysCame(room: string): void;
  encryption(change: object): void;
  asks(user?: string): void;
  verification(change: object): void;
};

declare global {
  var fake: Fake;
}

export const roomId = (n: number) => `!room${n}:example.org`;
export const roomHash = (n: number, more = "") => `#/room/${encodeURIComponent(roomId(n))}${more}`;

/** Opens a page of its own, runs the test on it, and fails on any console error. */
export async function withPage(url: string, options: Options, act: (page: Page, browser: Browser) => Promise<void>): Promise<void> {
  const browser = new Browser();
  try {
    await browser.open(options);
    await browser.page.goto(url);
    await act(browser.page, browser);
    browser.check();
  } finally {
    await browser.end();
  }
}

/** Fails on any finding of axe, best practices included; of the dark theme it looks at the colours. */
export async function expectAccessible(page: Page, where: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await expectNoFindings(page, `${where}, ${colorScheme}`, colorScheme === "dark" ? ["color-contrast"] : undefined);
  }
}

async function expectNoFindings(page: Page, where: string, rules: string[] | undefined): Promise<void> {
  await page.waitForFunction(() => document.getAnimations().every((one) => one.playState !== "running" || one.effect?.getComputedTiming().iterations === Infinity));
  if (!(await page.evaluate("'axe' in globalThis"))) await page.evaluate(axe.source);
  const found = await page.evaluate(async (rules) => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run(document, rules ? { runOnly: rules } : {});
    return violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => `${node.target.join(" ")} ${node.failureSummary ?? ""}`).join(" | ")}`);
  }, rules);
  assert.deepEqual(found, [], where);
}
