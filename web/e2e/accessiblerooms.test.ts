// axe on all that is done about spaces, rooms and people, wide and narrow, in both themes.
import { after, before } from "node:test";
import type { Page } from "playwright-core";
import { testViews } from "./axe.js";
import { roomHash } from "./fake.js";
import { serveFake } from "./harness.js";
import { button, space, spaceHash } from "./places.js";

let server: Awaited<ReturnType<typeof serveFake>>;
before(async () => void (server = await serveFake()));
after(() => server.close());

const looks: readonly (readonly [string, string, ((page: Page) => Promise<unknown>)?])[] = [
  ["a space", "?spaces", async (page) => {
    if (await page.getByRole("tree").isVisible()) await space(page, /^Neighbourhood/).click();
  }],
  ["exploring", `?spaces${spaceHash(0)}`, (page) => button(page, "Ask to join Newsletter").click()],
  ["exploring, details", `?spaces${spaceHash(0, "/details")}`, (page) => page.locator(".member").first().waitFor()],
  ["adding rooms", `?spaces${spaceHash(0)}`, (page) => button(page, "Add rooms").click().then(() => page.getByRole("checkbox").first().waitFor())],
  ["a new room in a space", `?spaces${spaceHash(0)}`, (page) => button(page, "New room").click().then(() => page.getByText("Advanced").click())],
  ["public rooms", "", async (page) => {
    await button(page, "New conversation").click();
    await page.getByRole("radio", { name: "Join a room" }).check();
    await button(page, "Look through public rooms").click();
    await page.getByText("Street 0").waitFor();
  }],
  ["inviting", roomHash(2, "/details"), async (page) => {
    await button(page, "Invite someone").click();
    await page.getByRole("combobox").fill("@nobody:example.org");
    await page.keyboard.press("Enter");
    await page.getByRole("combobox").pressSequentially("priya");
    await page.getByRole("option").first().waitFor();
  }],
  ...["General", "Access", "Permissions", "More"].map((section) => [`settings, ${section}`, `?admin&spaces${roomHash(2, "/details")}`, async (page: Page) => {
    await button(page, "Room settings").click();
    await page.getByRole("radio", { name: section }).check();
  }] as const),
  ["settings that one may not change", roomHash(2, "/details"), (page) => button(page, "Room settings").click()],
  ["members", `?admin${roomHash(2, "/details")}`, (page) => button(page, "What to do with Jonas").first().click()],
  ["replaced", roomHash(2), (page) => page.locator(".row").last().waitFor().then(() => page.evaluate(() => fake.details("!room2:example.org", { replacement: { id: "!Market:elsewhere.example" } })))],
  ["before joining", `#/room/${encodeURIComponent("!Market:elsewhere.example")}`, (page) => button(page, "Join the room").click().then(() => button(page, "Join Market").waitFor())],
  ["invitation", roomHash(0), (page) => button(page, "More answers").click()],
];

testViews(looks.map(([name, path, act]) => ({ name, path, ...(act && { act }) })), () => server.url);
