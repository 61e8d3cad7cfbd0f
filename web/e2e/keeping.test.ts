// Keeping a room: its settings, its members, and what is not offered.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { roomHash, withPage } from "./fake.js";
import { serveFake } from "./harness.js";
import { asked, button, said, spaceHash } from "./places.js";

let server: Awaited<ReturnType<typeof serveFake>>;
before(async () => void (server = await serveFake()));
after(() => server.close());

const open = (path: string, act: (page: Page) => Promise<void>) => withPage(`${server.url}/${path}`, {}, act);

test("what the server does not have is not offered", async () => {
  await open(`?spaces&admin&old${spaceHash(0)}`, async (page) => {
    await button(page, "New room").click();
    await page.getByRole("radio", { name: /^Only people who are invited|^Anyone$|^Anyone who/ }).first().waitFor();
    assert.equal(await page.getByRole("radio", { name: "Members of Allotment association" }).count(), 0);
  });
  await open(`?admin&old${roomHash(2, "/details")}`, async (page) => {
    await button(page, "Room settings").click();
    await page.getByRole("radio", { name: "More" }).check();
    await page.getByText("This room has version").waitFor();
    assert.equal(await button(page, /^Report/).count(), 0);
  });
});

test("a room's settings are saved, and what is refused is said at the field", async () => {
  await open(`?admin&spaces${roomHash(2, "/details")}`, async (page) => {
    await button(page, "Room settings").click();
    await page.getByLabel("Name", { exact: true }).fill("Kitchen");
    await button(page, "Save: Name").click();
    await said(page, "Saved.").waitFor();
    await page.getByLabel("New address").fill("taken");
    await button(page, "Add").last().click();
    await page.getByRole("alert").filter({ hasText: "Perhaps the address is taken" }).waitFor();

    await page.getByRole("radio", { name: "Access" }).check();
    await page.getByRole("radio", { name: "Members of certain spaces or rooms", exact: true }).check();
    await button(page, "Save: Who may join").click();
    await page.getByText("Choose at least one.").waitFor();
    await page.getByRole("checkbox", { name: "Neighbourhood" }).check();
    await button(page, "Save: Who may join").click();
    await said(page, "Saved.").waitFor();

    await page.getByRole("radio", { name: "Permissions" }).check();
    await page.getByRole("combobox", { name: "Invite people" }).selectOption({ label: "Moderators" });
    assert.equal(await page.getByRole("combobox", { name: "Upgrade the room" }).isDisabled(), true);
    await button(page, "Save the permissions").click();
    await said(page, "Saved.").waitFor();

    await page.getByRole("radio", { name: "More" }).check();
    assert.deepEqual(await page.getByLabel("New version").locator("option").allTextContents(), ["11", "12"]);
    await button(page, "Upgrade the room").click();
    await said(page, /step \d of 4/).waitFor();
    await page.getByText("The room was upgraded.").waitFor();
    const all = await asked(page);
    for (const what of ["name", "access restricted", "levels", "upgrade 12 4"]) assert.ok(all.includes(what), `${what}: ${all.join("; ")}`);
    await page.getByRole("heading", { name: "Kitchen", level: 1 }).waitFor();
  });
});

test("who may not change a room's settings sees them", async () => {
  await open(roomHash(2, "/details"), async (page) => {
    await button(page, "Room settings").click();
    await page.getByRole("radio", { name: "Access" }).check();
    await page.getByText("You may see this, and not change it.").first().waitFor();
    assert.equal(await page.getByLabel("Who may read what was written").isDisabled(), true);
    assert.equal(await button(page, "Save: Who may join").count(), 0);
    await page.getByRole("radio", { name: "More" }).check();
    assert.equal(await button(page, "Upgrade the room").count(), 0);
  });
});

test("members are found; who asks is let in; roles, bans and ignoring are asked about", async () => {
  await open(`?admin${roomHash(2, "/details")}`, async (page) => {
    const menu = async (name: string, item: string) => {
      await button(page, `What to do with ${name}`).first().click();
      await page.getByRole("menuitem", { name: item, exact: true }).click();
    };
    const dialog = page.getByRole("dialog");
    await button(page, /^Let in /).click();
    await page.getByText("Asking to be let in").waitFor({ state: "detached" });

    await page.getByLabel("Find members").fill("theo lind");
    await said(page, "members found").or(said(page, "1 member found")).first().waitFor({ state: "attached" });
    await menu("Theo Lindqvist", "Make a moderator");
    await page.getByText("Moderator").first().waitFor();
    await menu("Theo Lindqvist", "Make an admin");
    await dialog.getByText("You cannot take that back.").waitFor();
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await menu("Theo Lindqvist", "Ban");
    await dialog.getByLabel("Reason").fill("spam");
    await dialog.getByRole("button", { name: "Ban" }).click();
    await page.getByRole("heading", { name: /^Banned/ }).waitFor();

    await page.getByLabel("Find members").fill("ewa");
    await menu("Ewa", "Ignore");
    await dialog.getByRole("button", { name: "Ignore" }).click();
    await page.getByText("ignored").first().waitFor();
    const all = await asked(page);
    for (const what of ["power @user3:example.org", "ban @user3:example.org spam"]) assert.ok(all.includes(what), `${what}: ${all.join("; ")}`);
  });
});
