// The settings about the user and other people.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { roomHash, withPage } from "./fake.js";
import { serveFake } from "./harness.js";
import { asked, button, said } from "./places.js";

let server: Awaited<ReturnType<typeof serveFake>>;
before(async () => void (server = await serveFake()));
after(() => server.close());

const inSettings = (path: string, act: (page: Page) => Promise<void>) =>
  withPage(`${server.url}/${path}`, {}, async (page) => {
    await button(page, "Settings").click();
    await act(page);
  });
const group = (page: Page, name: string) => page.getByRole("group", { name });
const focused = (page: Page, text: string) => page.waitForFunction((text) => document.activeElement?.textContent?.trim() === text, text);

test("the user's display name is changed and taken away", async () => {
  await inSettings("", async (page) => {
    const field = page.getByLabel("Display name", { exact: true });
    const save = button(page, "Save: Display name");
    await field.waitFor();
    assert.equal(await field.inputValue(), "Ada Lovelace");
    await field.fill("  Countess Ada ");
    await save.click();
    await said(page, "Saved.").waitFor();
    await page.waitForFunction(() => document.querySelector<HTMLInputElement>("#profile-name")?.value === "Countess Ada"); // as the server has it
    await save.click(); // nothing to save
    await field.fill("");
    await field.press("Enter");
    await said(page, "One moment…").waitFor();
    await said(page, "Saved.").waitFor();
    assert.deepEqual(await asked(page), ["displayname Countess Ada", "displayname "]);
    await page.keyboard.press("Escape");
    await button(page, "Settings").click();
    await field.waitFor();
    assert.equal(await field.inputValue(), "");
  });
});

test("what is refused of the profile is said, and what was typed stays", async () => {
  await inSettings("?refuses=profile&profile=picture", async (page) => {
    await page.getByLabel("Display name", { exact: true }).fill("Countess");
    await button(page, "Save: Display name").click();
    await page.getByRole("alert").filter({ hasText: "The homeserver does not allow this." }).waitFor();
    assert.equal(await page.getByLabel("Display name", { exact: true }).inputValue(), "Countess");
    await button(page, "Remove it: Picture").click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove it", exact: true }).click();
    await page.getByRole("dialog", { name: "Remove your picture?" }).getByText("The homeserver does not allow this.").waitFor();
  });
});

test("the user's picture is removed after asking", async () => {
  await inSettings("?profile=picture", async (page) => {
    await button(page, "Remove it: Picture").click();
    await page.getByRole("dialog", { name: "Remove your picture?" }).getByRole("button", { name: "Remove it", exact: true }).click();
    await said(page, "Saved.").waitFor();
    await focused(page, "Profile"); // where the button was
    assert.equal(await button(page, "Remove it: Picture").count(), 0);
    assert.deepEqual(await asked(page), ["avatar_url "]);
  });
});

test("a profile that the server does not let change is shown (FEATURES 2-10)", async () => {
  await inSettings("?old&profile=picture", async (page) => {
    const profile = group(page, "Profile");
    await profile.getByText("Ada Lovelace").waitFor();
    await profile.getByText("does not let you change it").first().waitFor();
    assert.equal(await profile.getByRole("textbox").count(), 0);
    assert.equal(await profile.getByRole("button").count(), 0);
  });
});

test("no profile, and one that cannot be read", async () => {
  await inSettings("?profile=none", async (page) => {
    await page.getByLabel("Display name", { exact: true }).waitFor();
    assert.equal(await page.getByLabel("Display name", { exact: true }).inputValue(), "");
  });
  await inSettings("?profile=fails", async (page) => {
    await page.getByRole("alert").filter({ hasText: "The homeserver has a problem." }).waitFor();
    assert.equal(await page.getByLabel("Display name", { exact: true }).count(), 0);
    await button(page, "Try again").click();
    await page.getByLabel("Display name", { exact: true }).waitFor();
  });
});

test("who is ignored is listed by name or id, and let in again; the focus stays in the list (B-54)", async () => {
  await inSettings("?ignores=@user3:example.org&ignores=@troll:example.net&ignores=@user1:example.org", async (page) => {
    const list = group(page, "People you ignore");
    await list.getByRole("listitem").first().waitFor();
    await list.getByText("Theo Lindqvist").waitFor();
    assert.deepEqual(await list.locator("code").allTextContents(), ["@troll:example.net", "@user1:example.org", "@user3:example.org"]);
    const onButton = (name: string) => page.waitForFunction((name) => document.activeElement?.getAttribute("aria-label") === name, `Stop ignoring ${name}`);

    await list.getByRole("button").nth(1).focus();
    await page.keyboard.press("Enter");
    await said(page, "is not ignored any more.").waitFor();
    await onButton("Theo Lindqvist"); // who came after
    await page.keyboard.press("Enter");
    await onButton("@troll:example.net"); // who is left
    await page.keyboard.press("Enter");
    await list.getByText("Nobody.").waitFor();
    await focused(page, "People you ignore");
    await said(page, "@troll:example.net is not ignored any more.").waitFor();
  });
});

test("a row that another device takes does not move the focus", async () => {
  await inSettings("?ignores=@user1:example.org&ignores=@user3:example.org", async (page) => {
    const list = group(page, "People you ignore");
    await list.getByRole("button").nth(1).focus();
    await page.evaluate(() => fake.unignore("@user1:example.org"));
    await list.getByText("@user1:example.org").waitFor({ state: "detached" });
    assert.equal(await list.getByRole("button").first().evaluate((button) => button === document.activeElement), true);
  });
});

test("many who are ignored are shown a part at a time; what fails is said and leaves them", async () => {
  await inSettings("?ignored=45&refuses=unignore&latency=1", async (page) => {
    const list = group(page, "People you ignore");
    const rows = async (n: number) => page.waitForFunction((n) => document.querySelectorAll("alcove-ignored li").length === n, n);
    await rows(20);
    await button(page, "Show 20 more").click();
    await rows(40);
    await button(page, "Show 5 more").focus();
    await page.keyboard.press("Enter");
    await rows(45);
    assert.equal(await list.evaluate((element) => element.contains(document.activeElement)), true);
    await list.getByRole("button").first().click();
    await list.getByRole("alert").filter({ hasText: "cannot be reached" }).waitFor();
    await rows(45);
  });
});

test("invitations are blocked and let through again, here and elsewhere (B-18)", async () => {
  await inSettings("", async (page) => {
    const box = group(page, "Invitations").getByRole("switch", { name: "Do not let anyone invite me" });
    assert.equal(await box.isChecked(), false);
    await box.focus();
    await page.keyboard.press("Space");
    await said(page, "One moment…").waitFor();
    await said(page, "Saved.").waitFor();
    assert.equal(await box.isChecked(), true);
    await page.evaluate(() => fake.blockInvites(false));
    await page.waitForFunction(() => !document.querySelector<HTMLInputElement>("alcove-invites input")?.checked);
  });
  await inSettings("?blocks&refuses=blocks", async (page) => {
    const box = page.getByRole("switch");
    await box.click();
    await page.getByRole("alert").filter({ hasText: "The homeserver has a problem" }).waitFor();
    assert.equal(await box.isChecked(), true);
  });
  await inSettings("?old&blocks", async (page) => {
    await group(page, "People you ignore").getByText("Nobody.").waitFor();
    assert.equal(await page.getByRole("switch").count(), 0);
    assert.equal(await group(page, "Invitations").count(), 0);
  });
});

test("who blocks invitations is told apart from other refusals", async () => {
  await withPage(`${server.url}/${roomHash(2, "/details")}`, {}, async (page) => {
    await button(page, "Invite someone").click();
    const field = page.getByRole("combobox", { name: "Name or user id" });
    await field.fill("@blocks:example.org");
    await field.press("Enter");
    await page.getByRole("dialog").getByRole("button", { name: /^Invite/ }).last().click();
    await page.getByText("They do not accept invitations").waitFor();
  });
});
