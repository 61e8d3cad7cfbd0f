// What the user sees and does about encryption, on the fake client.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { roomHash, roomId, withPage } from "./fake.js";
import { serveFake } from "./harness.js";

let server: Awaited<ReturnType<typeof serveFake>>;
before(async () => void (server = await serveFake()));
after(() => server.close());

const open = (path: string, act: (page: Page) => Promise<void>, options = {}) => withPage(`${server.url}/${path}`, options, act);
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const dialog = (page: Page, name: string) => page.getByRole("dialog", { name });

test("messages say why they cannot be read, and turn into what they are when the key comes", async () => {
  await open(roomHash(7), async (page) => {
    await page.getByText("The sender has blocked this device.").waitFor();
    const missing = page.getByText("The key to this message is not here yet.");
    await missing.waitFor();
    await page.evaluate((id) => fake.keysCame(id), roomId(7));
    await page.getByText("The key to this one came later.").waitFor();
    assert.equal(await missing.count(), 0);
  });
});

test("a grey shield says why when pressed, a red one at once", async () => {
  await open(roomHash(7), async (page) => {
    await page.getByText("Not encrypted, in a room that is.").waitFor();
    const shield = page.getByRole("button", { name: "nobody can prove who wrote this" });
    assert.equal(await page.locator(".shield-why").count(), 0);
    await shield.click();
    await page.locator(".shield-why").getByText("came from a backup").waitFor();
    assert.equal(await shield.getAttribute("aria-expanded"), "true");
  });
});

test("a private room is encrypted unless the user says no, and a public one is not asked about", async () => {
  await open("", async (page) => {
    const create = async (name: string, more: () => Promise<void>) => {
      await button(page, "New conversation").click();
      await page.getByRole("radio", { name: "New room" }).check();
      await page.getByLabel("Name").fill(name);
      await more();
      await button(page, "Create room").click();
      await page.getByRole("heading", { name, level: 1 }).waitFor();
      return page.evaluate(() => fake.created as { encrypted?: boolean });
    };
    const choice = page.getByLabel("Encrypt messages");
    assert.equal((await create("Closed", async () => {})).encrypted, true);
    await page.getByRole("img", { name: "Encrypted" }).waitFor();
    assert.equal((await create("Open to read", () => choice.uncheck())).encrypted, undefined);
    const open = await create("Open to all", async () => {
      await page.getByLabel("Anyone may find").check();
      assert.equal(await choice.count(), 0);
    });
    assert.equal(open.encrypted, undefined);
  });
});

test("encryption is turned on in a room, after a warning, and the room shows it", async () => {
  await open(roomHash(2, "/details"), async (page) => {
    await button(page, "Turn on encryption").click();
    await dialog(page, "Turn on encryption?").getByText("cannot be turned off again").waitFor();
    await dialog(page, "Turn on encryption?").getByRole("button", { name: "Turn on encryption" }).click();
    await page.getByPlaceholder("Write an encrypted message").waitFor();
    await page.getByRole("img", { name: "Encrypted" }).waitFor();
    assert.equal(await button(page, "Turn on encryption").count(), 0);
  });
});
