// What the user is told when the core or the storage is not well, and what can
// be done about it: on the fake client.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { roomHash, withPage } from "./fake.js";
import { serveFake } from "./harness.js";

let server: Awaited<ReturnType<typeof serveFake>>;
before(async () => void (server = await serveFake()));
after(() => server.close());

const open = (path: string, act: (page: Page) => Promise<void>, options = {}) => withPage(`${server.url}/${path}`, options, act);
const button = (page: Page, name: string) => page.getByRole("button", { name });
const said = (page: Page, words: RegExp) => page.locator(".banners").filter({ hasText: words });

test("a client that cannot be made is tried again where the user wants it", async () => {
  await open("?boot=fails", async (page) => {
    await page.getByRole("alert").filter({ hasText: "does not let Alcove store" }).waitFor();
    await button(page, "Try again").click();
    await page.locator(".room-row").first().waitFor();
  });
});

test("a core that failed before there was anything to see is tried again, and says so if that fails too", async () => {
  await open("?cold&stays&failed=core.died&latency=300", async (page) => {
    await page.getByText("core.died").waitFor();
    await button(page, "Try again").click();
    await page.locator("main[aria-busy]").waitFor();
    await page.getByText("core.died").waitFor();
  });
});

test("a core that fails leaves what was there, and comes back when tried again", async () => {
  await open(`?failed=core.died&latency=300${roomHash(2)}`, async (page) => {
    await page.getByLabel("Message to").fill("half a thought");
    await button(page, "Try again").click();
    await said(page, /starting again/).waitFor();
    await said(page, /^\s*$/).waitFor({ state: "attached" });
    assert.equal(await page.getByLabel("Message to").inputValue(), "half a thought");
  });
});

test("what only another version of the page can mend offers nothing else", async () => {
  for (const code of ["call.mismatch", "storage.newer"]) {
    await open(`?cold&failed=${code}`, async (page) => {
      await Promise.all([page.waitForEvent("load"), button(page, "Reload").click()]);
      assert.equal(await button(page, "Try again").count(), 0);
    });
  }
});

test("storage that forgets is told once, and out of the way", async () => {
  await open("?inMemory", async (page) => {
    await said(page, /keeps nothing/).waitFor();
    await button(page, "Got it").click();
    await said(page, /^\s*$/).waitFor({ state: "attached" });
    await page.evaluate(() => fake.session({ sync: "offline" }));
    await said(page, /cannot be reached/).waitFor();
    await page.evaluate(() => fake.session({ sync: "live" }));
    await said(page, /^\s*$/).waitFor({ state: "attached" });
  });
});
