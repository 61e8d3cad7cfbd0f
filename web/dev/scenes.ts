// What there is to look at of rooms, spaces and people.
import type { Page } from "playwright-core";
import type {} from "../e2e/fake.js";

export type Scene = readonly [name: string, path: string, act?: (page: Page) => Promise<unknown>];

const at = (id: string, more = "") => `#/room/${encodeURIComponent(id)}${more}`;
const room = (n: number, more = "") => at(`!room${n}:example.org`, more);
const space = (n: number, more = "") => `#/space/${encodeURIComponent(`!space${n}:example.org`)}${more}`;
const press = (page: Page, ...names: string[]) => names.reduce<Promise<unknown>>((before, name) => before.then(() => page.getByRole("button", { name }).last().click()), Promise.resolve());
const pick = (page: Page, name: string) => page.getByRole("menuitem", { name }).click();
const wide = (page: Page) => (page.viewportSize()?.width ?? 0) > 700;

/** Chooses a space, in the rail or in the dialog of a narrow page. */
async function choose(page: Page, name: RegExp): Promise<void> {
  if (!wide(page)) await page.getByRole("button", { name: /^Spaces/ }).click();
  await page.getByRole("treeitem", { name }).locator("visible=true").click();
}

const settings = (section: string) => async (page: Page) => {
  await press(page, "Room settings");
  await page.getByRole("radio", { name: section }).check();
};
const replacement = { id: "!upgraded:example.org", body: "This room has been replaced", confirmed: false };

export const scenes: readonly Scene[] = [
  ["space-home", "?spaces"],
  ["space-chosen", "?spaces", (page) => choose(page, /^Neighbourhood/)],
  ["space-nested", "?spaces", async (page) => {
    if (!wide(page)) await page.getByRole("button", { name: /^Spaces/ }).click();
    const first = page.getByRole("treeitem", { name: /^Allotment/ }).locator("visible=true");
    await first.focus();
    for (const key of ["ArrowRight", "ArrowRight", "ArrowRight"]) await page.keyboard.press(key);
  }],
  ["space-menu", "?spaces", async (page) => {
    await choose(page, /^Allotment/);
    await page.waitForTimeout(300);
    await press(page, "What to do with Allotment");
  }],
  ["space-empty", "?spaces", (page) => choose(page, /^דירות/)],
  ["explore", `?spaces${space(0)}`],
  ["explore-knock", `?spaces${space(0)}`, (page) => press(page, "Ask to join Newsletter")],
  ["explore-through", `?spaces${space(0)}`, (page) => press(page, "Show whose members")],
  ["explore-manage", `?spaces${space(0)}`, (page) => press(page, "What to do with Market")],
  ["explore-fails", `?spaces=100&explore=fails${space(0)}`, (page) => page.locator(".explore-scroll").evaluate((e) => new Promise((r) => setTimeout(r, 500)).then(() => e.scrollTo(0, 1e6)))],
  ["explore-details", `?spaces${space(0, "/details")}`],
  ["explore-add", `?spaces${space(0)}`, (page) => page.getByRole("button", { name: "Add rooms" }).click()],
  ["create-direct", "", async (page) => {
    await press(page, "New conversation");
    await page.getByRole("combobox").pressSequentially("no");
    await page.getByRole("option").first().waitFor();
  }],
  ["create-room", "?spaces", async (page) => {
    await press(page, "New conversation");
    await page.getByRole("radio", { name: "New room" }).check();
    await page.getByRole("radio", { name: "Anyone may find" }).check();
  }],
  ["create-space", "", async (page) => {
    await press(page, "New conversation");
    await page.getByRole("radio", { name: "New space" }).check();
    await press(page, "Create space");
  }],
  ["create-in-space", `?spaces${space(0)}`, (page) => page.getByRole("button", { name: "New room" }).click()],
  ["create-join", "", (page) => press(page, "New conversation").then(() => page.getByRole("radio", { name: "Join" }).check())],
  ["directory", "?spaces", async (page) => {
    await press(page, "New conversation");
    await page.getByRole("radio", { name: "Join" }).check();
    await press(page, "Look through public rooms");
  }],
  ["invite", room(2, "/details"), async (page) => {
    await press(page, "Invite someone");
    const field = page.getByRole("combobox", { name: "Name or user id" });
    await field.fill("@nobody:example.org");
    await field.press("Enter");
    await field.pressSequentially("mira");
    await page.getByRole("option").first().waitFor();
    await field.press("Enter");
    await field.pressSequentially("no");
    await page.getByRole("option").first().waitFor();
  }],
  ["invite-failed", room(2, "/details"), async (page) => {
    await press(page, "Invite someone");
    await page.getByRole("combobox", { name: "Name or user id" }).fill("@nobody:example.org @user3:example.org");
    await page.getByRole("combobox", { name: "Name or user id" }).press("Enter");
    await press(page, "Invite");
    await page.getByRole("alert").filter({ hasText: "Not invited" }).waitFor();
  }],
  ["settings-general", `?admin&spaces${room(2, "/details")}`, settings("General")],
  ["settings-access", `?admin&spaces${room(2, "/details")}`, async (page) => {
    await settings("Access")(page);
    await page.getByRole("radio", { name: "Members of certain spaces or rooms", exact: true }).check();
  }],
  ["settings-levels", `?admin${room(2, "/details")}`, settings("Permissions")],
  ["settings-more", `?admin${room(2, "/details")}`, settings("More")],
  ["settings-plain", room(2, "/details"), settings("Access")],
  ["members", `?admin${room(2, "/details")}`],
  ["members-menu", `?admin${room(2, "/details")}`, (page) => page.getByRole("button", { name: /What to do with Jonas/ }).first().click()],
  ["members-ban", `?admin${room(2, "/details")}`, async (page) => {
    await page.getByRole("button", { name: /What to do with Theo/ }).first().click();
    await pick(page, "Ban");
  }],
  ["replaced", room(2), (page) => page.locator(".row").last().waitFor().then(() => page.evaluate((to) => fake.details("!room2:example.org", { replacement: to }), replacement))],
  ["replaced-prompt", room(2), async (page) => {
    await page.locator(".row").last().waitFor();
    await page.evaluate((to) => fake.details("!room2:example.org", { replacement: to }), { ...replacement, id: "!Market:elsewhere.example" });
    await press(page, "Go to the new room");
  }],
  ["pinned-room", `?pinned&admin${room(2)}`],
  ["pinned-list", `?pinned&admin${room(2)}`, (page) => press(page, "5 pinned messages").then(() => page.locator(".pin").first().waitFor())],
  ["pinned-menu", `?pinned&admin${room(2)}`, async (page) => {
    const row = page.locator(".row[data-key='event 395']");
    await row.focus();
    await row.getByRole("button", { name: "More", exact: true }).click();
  }],
  ["pinned-refused", `?pinned&admin&refuses=admin${room(2)}`, async (page) => {
    await press(page, "5 pinned messages");
    await page.getByRole("button", { name: /^Unpin/ }).first().click();
    await page.getByRole("alert").filter({ hasText: "not unpinned" }).waitFor();
  }],
  ["pinned-fails", `?pinned=fails${room(2)}`, (page) => press(page, "5 pinned messages")],
  ["invitation", room(0)],
  ["invitation-more", room(0), (page) => press(page, "More answers")],
  ["knocked", `?knocked${room(0)}`],
  ["room-unknown", at("!Market:elsewhere.example"), (page) => press(page, "Join the room")],
];
