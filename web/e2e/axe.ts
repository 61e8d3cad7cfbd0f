// axe on views of the fake client.
import { test } from "node:test";
import type { Page } from "playwright-core";
import { expectAccessible } from "./fake.js";
import { Browser } from "./harness.js";

/** A view, and what leads to it from a page that was just loaded. */
export type View = { readonly name: string; readonly path: string; readonly act?: (page: Page) => Promise<unknown> };

/** A test that axe finds nothing in any of the views, wide and narrow side by side. */
export function testViews(views: readonly View[], url: () => string): void {
  test("axe finds nothing", { concurrency: true }, async (t) => {
    await Promise.all([true, false].map((wide) => t.test(wide ? "wide" : "narrow", async (t) => {
      const browser = new Browser();
      await browser.open({ wide });
      try {
        for (const view of views) await t.test(view.name, () => look(browser, url(), view));
      } finally {
        await browser.end();
      }
    })));
  });
}

async function look(browser: Browser, url: string, { name, path, act }: View): Promise<void> {
  const { page } = browser;
  await page.goto("about:blank");
  await page.goto(`${url}/${path}`);
  await page.locator("h1").first().waitFor({ state: "attached" });
  await act?.(page);
  await expectAccessible(page, name);
  browser.check();
}
