// Starting conversations: spaces, direct chats, people to invite, public rooms to join.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { roomHash, withPage } from "./fake.js";
import { serveFake } from "./harness.js";
import { asked, button, said, space } from "./places.js";

let server: Awaited<ReturnType<typeof serveFake>>;
before(async () => void (server = await serveFake()));
after(() => server.close());

const open = (path: string, act: (page: Page) => Promise<void>) => withPage(`${server.url}/${path}`, {}, act);

test("a new space is made, public and with an address", async () => {
  await open("", async (page) => {
    await button(page, "New conversation").click();
    await page.getByRole("radio", { name: "New space" }).check();
    await page.getByLabel("Name", { exact: true }).fill("Street");
    await page.getByRole("radio", { name: "Anyone may find" }).check();
    await page.getByLabel("Address").fill("our street");
    await button(page, "Create space").click();
    await page.getByText("An address has no spaces and no colon.").waitFor();
    await page.getByLabel("Address").fill("our-street");
    await button(page, "Create space").click();
    await page.getByRole("heading", { name: "Street", level: 1 }).waitFor();
    assert.deepEqual(await page.evaluate(() => fake.created), { name: "Street", preset: "public_chat", alias: "our-street", listed: true, type: "m.space" });
    await space(page, /^Street/).waitFor();
  });
});

test("a chat with someone is the one that is there already", async () => {
  await open("", async (page) => {
    await button(page, "New conversation").click();
    await page.getByRole("combobox").pressSequentially("theo li");
    await page.getByRole("option", { name: /Theo Lindqvist/ }).click();
    await button(page, "Start chat").click();
    await page.getByRole("heading", { name: "Theo Lindqvist", level: 1 }).waitFor();
    assert.equal(await page.evaluate(() => fake.created), undefined);
    assert.deepEqual(await page.evaluate(() => fake.searched.at(-1)), "theo li");
  });
});

test("A.4: from the menu of a member the chat that is there is opened, and a new one is asked about", async () => {
  const write = async (page: Page, name: string) => {
    await page.getByLabel("Find members").fill(name);
    await button(page, `What to do with ${name}`).first().click();
    await page.getByRole("menuitem", { name: "Write to them" }).click();
  };
  await open(roomHash(2, "/details"), async (page) => {
    await write(page, "Theo Lindqvist");
    await page.getByRole("heading", { name: "Theo Lindqvist", level: 1 }).waitFor();
    assert.equal(await page.evaluate(() => fake.created), undefined);
    await page.goBack();
    await write(page, "Ewa");
    const start = page.getByRole("dialog").getByRole("button", { name: "Start a chat" });
    await start.waitFor();
    assert.equal(await page.evaluate(() => fake.created), undefined);
    await start.click();
    await page.waitForFunction(() => location.hash.includes("!new"));
    const { invite, ...params } = (await page.evaluate(() => fake.created)) as { invite?: readonly string[] };
    assert.equal(invite?.length, 1);
    assert.deepEqual(params, { direct: true, preset: "trusted_private_chat", encrypted: true });
  });
});

test("A.4: an invitation to a direct chat is answered, and no second chat is made", async () => {
  await open("", async (page) => {
    await page.locator(".room-row").first().waitFor();
    await page.evaluate(() => fake.room("!room3:example.org", { membership: "invite" }));
    await button(page, "New conversation").click();
    await page.getByRole("combobox").pressSequentially("theo li");
    await page.getByRole("option", { name: /Theo Lindqvist/ }).click();
    await button(page, "Start chat").click();
    await page.locator("alcove-invitation").getByRole("button", { name: "Accept" }).waitFor();
    assert.equal(await page.evaluate(() => fake.created), undefined);
  });
});

test("several people are invited at once, and who could not be is named and stays", async () => {
  await open(roomHash(2, "/details"), async (page) => {
    await button(page, "Invite someone").click();
    const field = page.getByRole("combobox", { name: "Name or user id" });
    await field.fill("@nobody:example.org, @new:example.org");
    await field.press("Enter");
    await field.pressSequentially("priya");
    await page.getByRole("option").first().waitFor();
    await field.press("Enter");
    assert.equal(await page.locator(".chip").count(), 3);
    await button(page, "Invite 3 people").click();
    await page.getByRole("alert").filter({ hasText: "Not invited: @nobody:example.org" }).waitFor();
    assert.equal(await page.locator(".chip").count(), 1);
    assert.equal((await asked(page)).filter((what) => what.startsWith("invite")).length, 2);
    await button(page, "Do not choose @nobody:example.org").click();
    await button(page, "Invite").last().click();
    await page.getByText("Choose at least one person.").waitFor();
    await field.fill("nonsense");
    await button(page, "Invite").last().click();
    await page.getByText("This is no user id.").waitFor();
  });
});

test("public rooms are searched, of another server too, page by page", async () => {
  await open("", async (page) => {
    await button(page, "New conversation").click();
    await page.getByRole("radio", { name: "Join a room" }).check();
    await button(page, "Look through public rooms").click();
    const dialog = page.getByRole("dialog", { name: "Find rooms" });
    await dialog.getByText("Street 0").waitFor();
    await dialog.getByLabel("Server").fill("nowhere.example");
    await dialog.getByRole("alert").filter({ hasText: "could not be loaded" }).waitFor();
    await dialog.getByLabel("Server").fill("");
    await dialog.getByRole("radio", { name: "Spaces" }).check();
    await said(page, "5 rooms found").waitFor();
    await dialog.getByLabel("Search").fill("street 4 ");
    await button(page, "Join Street 4 (space)").click();
    await dialog.getByRole("link", { name: "Open Street 4 (space)" }).click();
    await page.getByRole("heading", { name: "Street 4 (space)", level: 1 }).waitFor();
    assert.equal(await page.getByRole("dialog").count(), 0);
  });
});
