// The settings about the user and other people.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { withPage } from "./fake.js";
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
