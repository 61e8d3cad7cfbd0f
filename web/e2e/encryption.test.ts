// What the user sees and does about encryption, on the fake client.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { decodeQR } from "qr/decode.js";
import type { Page } from "playwright-core";
import { roomHash, roomId, withPage } from "./fake.js";
import { serveFake } from "./harness.js";

let server: Awaited<ReturnType<typeof serveFake>>;
before(async () => void (server = await serveFake()));
after(() => server.close());

const open = (path: string, act: (page: Page) => Promise<void>, options = {}) => withPage(`${server.url}/${path}`, options, act);
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const dialog = (page: Page, name: string) => page.getByRole("dialog", { name });
const phase = (page: Page, name: string) => page.locator(`[data-phase="${name}"]`);
const startVerifying = (page: Page) => button(page, "Verify this device").click().then(() => button(page, "Use another device").click());

test("the first visit makes a recovery key in two clicks, and keeps quiet then", async () => {
  await open("?encryption=none", async (page) => {
    await button(page, "Make a recovery key").click();
    assert.match(await page.getByRole("textbox", { name: "Recovery key" }).inputValue(), /^EsTc( \w{4})+$/);
    await button(page, "I have kept it").click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    assert.equal(await button(page, "Make a recovery key").count(), 0);
  });
});

test("the recovery key is copied, and saved as a file", async () => {
  await open("?encryption=none", async (page) => {
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await button(page, "Make a recovery key").click();
    const key = await page.getByRole("textbox", { name: "Recovery key" }).inputValue();
    await button(page, "Copy").click();
    await page.getByText("Copied.").waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), key);
    const [file] = await Promise.all([page.waitForEvent("download"), button(page, "Save as a file").click()]);
    assert.equal(readFileSync(await file.path(), "utf8").trim(), key);
  });
});

test("the account's password is asked for where the homeserver wants it, and again where it is wrong", async () => {
  await open("?encryption=none&password", async (page) => {
    await button(page, "Make a recovery key").click();
    const field = page.getByLabel("Your account’s password");
    await field.fill("wrong");
    await field.press("Enter");
    await page.getByText("This is not the password").waitFor();
    await page.keyboard.type("secret"); // what was wrong is selected
    await page.keyboard.press("Enter");
    await button(page, "I have kept it").waitFor();
  });
});

test("a passphrase is offered in the settings, and a short one refused", async () => {
  await open("?encryption=none", async (page) => {
    await button(page, "Settings").click();
    await dialog(page, "Settings").getByRole("button", { name: "Make a recovery key" }).click();
    await page.getByLabel("Passphrase (optional)").fill("short");
    await button(page, "Make it").click();
    await page.getByText("at least 8 characters").waitFor();
    await page.getByLabel("Passphrase (optional)").fill("long enough to keep");
    await button(page, "Make it").click();
    await button(page, "I have kept it").waitFor();
  });
});

test("a device is verified by its recovery key", async () => {
  await open(`?encryption=unverified${roomHash(7)}`, async (page) => {
    await page.getByText("Verify this device to read it.").first().waitFor();
    await button(page, "Verify this device").click();
    const field = page.getByLabel("Recovery key", { exact: true });
    await field.fill("wrong");
    await field.press("Enter");
    await page.getByRole("alert").filter({ hasText: "neither the recovery key nor the passphrase" }).waitFor();
    await field.fill(" secret ");
    await field.press("Enter");
    await page.getByText("This device is verified.").waitFor();
    await button(page, "Done").click();
    assert.equal(await page.getByText("This device is not verified").count(), 0);
    await page.getByText("It appears by itself once the key arrives.").waitFor();
  });
});

test("who has lost everything is told what is lost before the reset", async () => {
  await open("?encryption=unverified", async (page) => {
    await button(page, "Verify this device").click();
    await button(page, "I have neither").click();
    await dialog(page, "Reset your identity").getByText("unreadable for good").waitFor();
    await button(page, "Reset it").click();
    await button(page, "I have kept it").waitFor();
  });
});

test("two devices compare pictures, by keyboard alone", async () => {
  await open("?encryption=unverified", async (page) => {
    await button(page, "Verify this device").press("Enter");
    await button(page, "Use another device").press("Enter");
    for (const [at, next] of [["ready", "Compare pictures"], ["compare", "They match"], ["done", "Done"]] as const) {
      await phase(page, at).waitFor();
      await page.waitForFunction((text) => document.activeElement?.textContent?.trim() === text, next);
      if (at === "compare") assert.deepEqual(await page.locator(".pictures li").allTextContents(), ["🐢Turtle", "🎩Hat", "🌳Tree", "☎️Telephone", "🍕Pizza", "👍Thumbs Up", "⚓Anchor"]);
      await page.keyboard.press("Enter");
    }
    await page.getByRole("dialog").waitFor({ state: "detached" });
    assert.equal(await button(page, "Verify this device").count(), 0);
  });
});

test("the code that is shown holds the bytes that the core gave", async () => {
  await open("?encryption=unverified", async (page) => {
    await startVerifying(page);
    await page.locator(".qr svg").waitFor();
    const image = await page.locator(".qr svg").evaluate(async (svg) => {
      const copy = svg.cloneNode(true) as SVGElement;
      copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
      copy.setAttribute("width", "400");
      copy.setAttribute("height", "400");
      const picture = new Image();
      picture.src = `data:image/svg+xml,${encodeURIComponent(copy.outerHTML)}`;
      await picture.decode();
      const canvas = new OffscreenCanvas(400, 400).getContext("2d");
      if (!canvas) throw new Error("no canvas");
      canvas.fillStyle = "white";
      canvas.fillRect(0, 0, 400, 400);
      canvas.drawImage(picture, 0, 0, 400, 400);
      return [...canvas.getImageData(0, 0, 400, 400).data];
    });
    const read: number[] = [];
    decodeQR({ width: 400, height: 400, data: Uint8ClampedArray.from(image) }, { textDecoder: (bytes) => (read.push(...bytes), "") });
    assert.equal(String.fromCharCode(...read.slice(0, 6)), "MATRIX");
    assert.deepEqual(read, Array.from({ length: 118 }, (_, n) => (n < 6 ? "MATRIX".charCodeAt(n) : (n * 151) % 256)));
  });
});

test("without pictures numbers are compared; what does not match is said to be dangerous", async () => {
  await open("?encryption=unverified&pictures=no", async (page) => {
    await startVerifying(page);
    await button(page, "Compare pictures").click();
    await phase(page, "compare").getByText("4821").waitFor();
    await button(page, "They do not match").click();
    await page.getByText("may be interfering").waitFor();
    await button(page, "Start again").click();
    await phase(page, "ready").waitFor();
  });
});

test("closing the dialog ends the verification, and why it ended is said in words", async () => {
  await open("?encryption=unverified", async (page) => {
    await startVerifying(page);
    await phase(page, "ready").waitFor();
    for (const [reason, words] of [["m.timeout", "took too long"], ["m.accepted", "another device of yours"], ["org.example", "has ended"]] as const) {
      await page.evaluate((reason) => fake.verification({ phase: "cancelled", reason }), reason);
      await phase(page, "cancelled").getByText(words).waitFor();
    }
    await button(page, "Start again").click();
    await phase(page, "ready").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
  });
});

test("somebody who asks is shown once, and accepted or declined", async () => {
  await open(roomHash(2), async (page) => {
    await page.locator(".row").last().waitFor();
    await page.evaluate(() => fake.asks());
    await button(page, "Show").click();
    await page.getByRole("dialog").getByRole("button", { name: "Accept" }).click();
    await button(page, "Compare pictures").click();
    await button(page, "They match").click();
    await button(page, "Done").click();
    await page.evaluate(() => fake.asks("@user3:example.org"));
    await page.getByText("@user3:example.org wants to verify").waitFor();
    await page.locator(".toast").getByRole("button", { name: "Decline" }).click();
    await page.locator(".toast").waitFor({ state: "detached" });
  });
});

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

test("a new identity in the room is told above the message field until it is accepted", async () => {
  await open(`?changed${roomHash(7)}`, async (page) => {
    await page.getByText("Kenji Kaya has a new identity.").waitFor();
    await button(page, "Accept Kenji Kaya").click();
    await page.getByText("Kenji Kaya has a new identity.").waitFor({ state: "detached" });
  });
  await open(`?changed${roomHash(7)}`, async (page) => {
    await button(page, "Verify Kenji Kaya").click();
    await dialog(page, "Verify @user7:example.org").locator("[data-phase='ready']").waitFor();
  });
});

test("own devices are renamed, and signed out with the password where it is asked for", async () => {
  await open("?password", async (page) => {
    await button(page, "Settings").click();
    await button(page, "Your devices").click();
    await button(page, "Rename Old phone").click();
    await page.getByLabel("Name", { exact: true }).fill("Drawer phone");
    await page.keyboard.press("Enter");
    await button(page, "Sign out Drawer phone").click();
    await dialog(page, "Sign out Drawer phone?").getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("Your account’s password").fill("secret");
    await page.keyboard.press("Enter");
    await dialog(page, "Sign out Drawer phone?").waitFor({ state: "detached" });
    await page.getByText("Drawer phone").waitFor({ state: "detached" });
  });
});

test("another's device is blocked and let in again from the room's details", async () => {
  await open(roomHash(7, "/details"), async (page) => {
    await button(page, "Devices and verification of Kenji Kaya").click();
    await button(page, "Block LAPTOP").click();
    await button(page, "Unblock LAPTOP").click();
    await button(page, "Block LAPTOP").waitFor();
  });
});

test("keys go into a file and come out of one; a restore shows how far it is", async () => {
  await open("?latency=60", async (page) => {
    await button(page, "Settings").click();
    await button(page, "Bring all keys here").click();
    await page.getByRole("progressbar").waitFor();
    await page.getByText("812 keys were new. 1 key could not be read.").waitFor();
    await button(page, "Save keys as a file").click();
    await page.getByLabel("Passphrase", { exact: true }).fill("long enough");
    await button(page, "Save the file").click();
    await page.getByText("The two are not the same.").waitFor();
    await page.getByLabel("Passphrase, once more").fill("long enough");
    const [file] = await Promise.all([page.waitForEvent("download"), button(page, "Save the file").click()]);
    assert.match(readFileSync(await file.path(), "utf8"), /^-----BEGIN MEGOLM SESSION DATA-----/);
    await page.keyboard.press("Escape");
    await button(page, "Read keys from a file").click();
    await page.locator("#key-file").setInputFiles({ name: "keys.txt", mimeType: "text/plain", buffer: Buffer.from("keys") });
    await page.getByLabel("Passphrase", { exact: true }).fill("wrong");
    await button(page, "Read the file").click();
    await page.getByRole("alert").filter({ hasText: "not a file of keys" }).waitFor();
    await page.getByLabel("Passphrase", { exact: true }).fill("secret");
    await button(page, "Read the file").click();
    await page.getByText("20 keys were new.").waitFor();
  });
});

test("a device without the backup's key waits for another one, and takes it from the recovery", async () => {
  await open("?backup=keyless&latency=60", async (page) => {
    await button(page, "Settings").click();
    await button(page, "Bring all keys here").click();
    await page.getByText("Waiting for another device").waitFor();
    await page.getByRole("alert").filter({ hasText: "has brought the backup’s key" }).waitFor();
    await button(page, "Use the recovery key").click();
    await page.getByLabel("Recovery key").fill("secret");
    await button(page, "Open").click();
    await page.getByText("This device can read the backup.").waitFor();
    await button(page, "Done").click();
    await page.getByText("All keys are saved.").waitFor();
    await button(page, "Bring all keys here").click();
    await page.getByText("812 keys were new.").waitFor();
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
