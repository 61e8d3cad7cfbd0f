// What is in a space, how to come into it, and who keeps it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { withPage } from "./fake.js";
import { serveFake } from "./harness.js";
import { button, place, said, spaceHash, spaceId } from "./places.js";

let server: Awaited<ReturnType<typeof serveFake>>;
before(async () => void (server = await serveFake()));
after(() => server.close());

const open = (path: string, act: (page: Page) => Promise<void>) => withPage(`${server.url}/${path}`, {}, act);

test("names of spaces and rooms are text, whatever they are", async () => {
  await open(`?spaces${spaceHash(0)}`, async (page) => {
    await place(page, "<img src=x").waitFor();
    await page.locator(".place .about-topic", { hasText: "<img src=x" }).waitFor();
    assert.equal(await page.locator("alcove-explore img, alcove-explore a[href^='http']").count(), 0);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
  });
});

test("exploring shows how to come into each room, and does it", async () => {
  await open(`?spaces${spaceHash(0)}`, async (page) => {
    await button(page, "Join Market").click();
    await said(page, "You joined Market").waitFor({ state: "attached" });
    await place(page, "Market").getByRole("link", { name: "Open Market" }).waitFor();

    await button(page, "Ask to join Newsletter").click();
    await page.getByLabel("Why you would like to join").fill("I grow leeks");
    await page.keyboard.press("Enter");
    await button(page, "Take back asking to join Newsletter").click();
    await button(page, "Ask to join Newsletter").waitFor();

    await button(page, "Show whose members may join Committee").click();
    await place(page, "Committee").getByText("Neighbourhood").waitFor();
    await place(page, "Treasurer").getByText("By invitation only").waitFor();
    await place(page, "Greenhouse").getByText("You are banned").waitFor();
    await page.getByText("A room that is not shown to you").waitFor();
    assert.equal(await place(page, "Greenhouse").getByRole("button", { name: /oin/ }).count(), 0);

    await page.getByRole("radio", { name: "Suggested" }).check();
    await page.waitForFunction(() => document.querySelectorAll(".place").length === 2);
    await place(page, "Market").getByRole("link", { name: "Open Market" }).click();
    await page.getByRole("heading", { name: "Market", level: 1 }).waitFor();
  });
});

test("a page of a large space is shown before the next is asked for; what fails is asked for again", async () => {
  await open(`?spaces=100&explore=fails${spaceHash(0)}`, async (page) => {
    const count = () => page.locator("li.branch").count();
    await page.locator("li.branch").first().waitFor();
    assert.equal(await count(), 20);
    await page.locator(".explore-scroll").evaluate((scroll) => scroll.scrollTo(0, scroll.scrollHeight));
    await page.getByRole("alert").filter({ hasText: "could not be loaded" }).waitFor();
    assert.equal(await count(), 20);
    await button(page, "Try again").click();
    await page.waitForFunction(() => document.querySelectorAll("li.branch").length === 40);
    for (let shown = 40; shown < 114; shown = Math.min(shown + 20, 114)) {
      await page.locator(".explore-scroll").evaluate((scroll) => scroll.scrollTo(0, scroll.scrollHeight));
      await page.waitForFunction((before) => document.querySelectorAll("li.branch").length > before, shown);
    }
    await said(page, /^114 rooms$/).waitFor();
  });
});

test("who keeps a space suggests, moves, removes and adds rooms", async () => {
  await open(`?spaces${spaceHash(0)}`, async (page) => {
    const manage = async (name: string, item: string) => {
      await button(page, `What to do with ${name} in this space`).click();
      await page.getByRole("menuitem", { name: item }).click();
    };
    const order = () => page.locator("alcove-explore > .explore-scroll > .branches > .branch > .place .about-name bdi").allTextContents();
    await place(page, "Market").waitFor();
    await manage("Market", "Do not suggest it");
    await said(page, "It is not suggested any more.").waitFor({ state: "attached" });
    assert.equal(await place(page, "Market").getByText("Suggested").count(), 0);
    await manage("Market", "Move down");
    await said(page, "It was moved.").waitFor({ state: "attached" });
    assert.deepEqual((await order()).slice(0, 2), ["Alcove development", "Market"]);
    await manage("Alcove development", "Remove from the space");
    await page.getByRole("dialog").getByRole("button", { name: "Remove from the space" }).click();
    await said(page, "It was removed").waitFor({ state: "attached" });
    assert.equal((await order()).includes("Alcove development"), false);

    await button(page, "Add rooms").click();
    await page.getByLabel("Filter your rooms").fill("alcove dev");
    await page.getByRole("checkbox", { name: "Alcove development", exact: true }).check();
    await page.getByRole("dialog").getByRole("button", { name: "Add 1 room" }).click();
    await place(page, "Alcove development").waitFor();
  });
});

test("a new room in a space is for its members", async () => {
  await open(`?spaces${spaceHash(0)}`, async (page) => {
    await button(page, "New room").click();
    await page.getByLabel("Name", { exact: true }).fill("Tools");
    await page.getByRole("radio", { name: "Members of Allotment association" }).check();
    await button(page, "Create room").click();
    await page.getByRole("heading", { name: "Tools", level: 1 }).waitFor();
    assert.deepEqual(await page.evaluate(() => fake.created), { name: "Tools", preset: "private_chat", joinRule: "restricted", space: spaceId(0), encrypted: true });
  });
});
