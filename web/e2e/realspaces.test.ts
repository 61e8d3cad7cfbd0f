// A space from its making to its end, with the real core on the sandbox.
import { after, before, test } from "node:test";
import { World, signIn } from "./real.js";
import type { Account } from "./real.js";

let world: World;
let alice: Account;
let bob: Account;

before(async () => {
  world = await World.start();
  [alice, bob] = await Promise.all([world.account("alice"), world.account("bob")]);
});
after(() => world.stop());

test("a space is made, with a room in it that its members may join; somebody is invited, and explores it", async () => {
  const browser = await signIn(world, alice);
  const { page } = browser;
  try {
    const button = (name: string | RegExp) => page.getByRole("button", { name });
    await button("New conversation").click();
    await page.getByRole("radio", { name: "New space" }).check();
    await page.getByLabel("Name", { exact: true }).fill("Allotments");
    await button("Create space").click();
    await page.getByRole("heading", { name: "Allotments", level: 1 }).first().waitFor();
    await button("New room").click();
    await page.getByLabel("Name", { exact: true }).fill("Tools");
    await page.getByRole("radio", { name: "Members of Allotments" }).check();
    await button("Create room").click();
    await page.getByRole("heading", { name: "Tools", level: 1 }).waitFor();
    await page.getByRole("treeitem", { name: /^Allotments/ }).click();
    await page.locator(".room-row", { hasText: "Tools" }).waitFor();
    await button("What to do with Allotments").click();
    await page.getByRole("menuitem", { name: "Invite people" }).click();
    await page.getByRole("combobox", { name: "Name or user id" }).fill(bob.id);
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").getByRole("button", { name: "Invite" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    browser.check();
  } finally {
    await browser.end();
  }
  const other = await signIn(world, bob);
  try {
    await other.page.getByRole("treeitem", { name: /^Allotments, Invitation/ }).click();
    await other.page.getByRole("button", { name: "Accept" }).click();
    await other.page.getByRole("button", { name: "Join Tools" }).click();
    await other.page.getByRole("link", { name: "Open Tools" }).click();
    await other.page.getByRole("heading", { name: "Tools", level: 1 }).waitFor();
    other.check();
  } finally {
    await other.end();
  }
});
