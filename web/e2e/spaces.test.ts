// Spaces to choose from: the tree, its keys, and the list of rooms that it narrows.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { expectAccessible, withPage } from "./fake.js";
import { serveFake } from "./harness.js";
import { button, said, space, spaceId } from "./places.js";

let server: Awaited<ReturnType<typeof serveFake>>;
before(async () => void (server = await serveFake()));
after(() => server.close());

const open = (path: string, act: (page: Page) => Promise<void>, options = {}) => withPage(`${server.url}/${path}`, options, act);
const focused = (page: Page) => page.evaluate(() => document.activeElement?.querySelector(".spoken")?.textContent ?? "");
const names = (page: Page) => page.locator(".room-name bdi").allTextContents();

test("without spaces there is nothing to choose from", async () => {
  await open("", async (page) => {
    await page.locator(".room-row").first().waitFor();
    assert.equal(await page.getByRole("tree").count(), 0);
  });
});

test("a space narrows the list to its rooms, by mouse or key; back leads to the space before, and a reload stays", async () => {
  await open("?spaces", async (page) => {
    await space(page, /^Neighbourhood/).click();
    await page.getByRole("heading", { name: "Neighbourhood", level: 1 }).waitFor();
    await page.locator(".room-row").nth(3).waitFor();
    await page.waitForFunction(() => document.querySelectorAll(".room-row").length === 4);
    assert.deepEqual((await names(page)).slice(0, 2), ["Book club", "Allotment 14"]);
    await said(page, "Neighbourhood: 4 rooms").waitFor({ state: "attached" });
    await page.getByRole("link", { name: /Book club/ }).click();
    await page.getByRole("heading", { name: "Book club", level: 1 }).waitFor();

    await space(page, /^All rooms/).click();
    await page.waitForFunction(() => document.querySelectorAll(".room-row").length > 10);
    await page.goBack();
    await page.waitForFunction(() => document.querySelectorAll(".room-row").length === 4);
    assert.match(page.url(), /room1/);
    await page.reload();
    await page.getByRole("heading", { name: "Neighbourhood", level: 1 }).waitFor();
    await page.waitForFunction(() => document.querySelectorAll(".room-row").length === 4);
  });
});

test("keys walk the tree of spaces, open and close it, and move a root", async () => {
  await open("?spaces", async (page) => {
    await space(page, /^All rooms/).focus();
    const keys = async (...all: string[]) => {
      for (const key of all) await page.keyboard.press(key);
      return focused(page);
    };
    assert.match(await keys("ArrowDown"), /^Allotment/);
    assert.match(await keys("ArrowRight", "ArrowRight"), /^Bees, 15/);
    assert.match(await keys("ArrowRight", "ArrowRight"), /^Bees, the wild ones/);
    assert.equal(await space(page, /^Bees, the/).getAttribute("aria-level"), "3");
    assert.match(await keys("ArrowLeft"), /^Bees, 15/);
    assert.match(await keys("ArrowLeft", "ArrowLeft"), /^Allotment/);
    assert.match(await keys("ArrowLeft", "ArrowDown"), /^Neighbourhood/);
    assert.match(await keys("End", "Home"), /^All rooms/);
    await keys("ArrowDown", "Alt+ArrowDown");
    await said(page, "Allotment association is number 2 of 4 now").waitFor({ state: "attached" });
    assert.deepEqual(await page.evaluate(() => fake.moved), [[spaceId(0), spaceId(4)]]);
    assert.match(await focused(page), /^Allotment/);
    await keys("Enter");
    await page.getByRole("heading", { name: "Allotment association", level: 1 }).waitFor();
  });
});

test("a root is dragged before another, and moved from its menu", async () => {
  await open("?spaces", async (page) => {
    await space(page, /^דירות/).dragTo(space(page, /^Allotment/), { targetPosition: { x: 20, y: 5 } });
    await page.waitForFunction(() => fake.moved.length === 1);
    assert.deepEqual(await page.evaluate(() => fake.moved[0]), [spaceId(4), spaceId(0)]);
    await page.getByRole("treeitem").nth(1).filter({ hasText: "דירות" }).waitFor(); // behind Home
    await space(page, /^דירות/).click({ button: "right" });
    assert.equal(await page.getByRole("menuitem", { name: "Move up" }).count(), 0);
    await page.getByRole("menuitem", { name: "Move down" }).click();
    await page.waitForFunction(() => fake.moved.length === 2);
    assert.deepEqual(await page.evaluate(() => fake.moved[1]), [spaceId(4), spaceId(1)]);
  });
});

test("on a narrow page spaces are chosen in a dialog, which says what is new in them", async () => {
  await open("?spaces", async (page) => {
    await button(page, /^Spaces: All rooms/).click();
    await page.getByRole("dialog").getByText("100 new messages, 2 mentions").waitFor();
    await expectAccessible(page, "spaces in a dialog");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Allotment association", level: 1 }).waitFor();
    await page.waitForFunction(() => document.activeElement?.classList.contains("spaces-open"));
  }, { wide: false });
});
