// What the user does about encryption, with the real core and a real homeserver.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { type Browser, failedRequests } from "./harness.js";
import { keepKey, makeRecoveryKey, message, openRoom, signIn, World, write, type Account } from "./real.js";

let world: World;
let alice: Account;
let bob: Account;

before(async () => {
  world = await World.start();
  [alice, bob] = await Promise.all([world.account("alice"), world.account("bob")]);
});
after(() => world.stop());

test("a private room is encrypted: both read it, the server does not, and a device that comes later is told why it cannot", async () => {
  const [hers, his] = await Promise.all([signIn(world, alice), signIn(world, bob)]);
  let later: Browser | undefined;
  try {
    await hers.page.getByRole("button", { name: "New conversation" }).click();
    await hers.page.getByLabel("User id").fill(bob.id);
    await hers.page.getByRole("button", { name: "Start chat" }).click();
    await hers.page.getByPlaceholder("Write an encrypted message").waitFor();
    await his.page.locator(".room-row").getByRole("button", { name: "Accept" }).first().click();
    await his.page.getByPlaceholder("Write an encrypted message").waitFor();
    await write(hers.page, "for your eyes only");
    await message(his.page, "for your eyes only").waitFor();
    await write(his.page, "and for yours");
    await message(hers.page, "and for yours").waitFor();
    const room = decodeURIComponent(new URL(his.page.url()).hash.split("/")[2] ?? "");
    assert.deepEqual(await bob.read(room), []);
    await hers.page.reload();
    await message(hers.page, "and for yours").waitFor();

    later = await signIn(world, bob);
    await later.page.locator(".room-link").first().click();
    await later.page.locator(".text[data-crypto='failed']").nth(1).waitFor();
    assert.equal(await later.page.getByText("for yours").count(), 0);
    for (const one of [hers, his, later]) one.check(failedRequests);
  } finally {
    await Promise.all([hers.end(), his.end(), later?.end()]);
  }
});

test("a recovery key made on the first device opens, on the next, what was written before it", async () => {
  const carol = await world.account("carol");
  const first = await signIn(world, carol);
  let next: Browser | undefined;
  try {
    const { page } = first;
    const key = await makeRecoveryKey(page, carol);
    await page.getByRole("button", { name: "New conversation" }).click();
    await page.getByRole("radio", { name: "New room" }).check();
    await page.getByLabel("Name", { exact: true }).fill("Diary");
    await page.getByRole("button", { name: "Create room" }).click();
    await page.getByPlaceholder("Write an encrypted message").waitFor();
    await write(page, "dear diary");
    await message(page, "dear diary").waitFor();
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByText("All keys are saved.").waitFor();

    next = await signIn(world, carol);
    await next.page.locator(".room-link", { hasText: "Diary" }).click();
    await next.page.locator(".text[data-crypto='failed']").waitFor();
    await next.page.getByRole("button", { name: "Verify this device" }).click();
    await next.page.getByLabel("Recovery key", { exact: true }).fill(key);
    await next.page.keyboard.press("Enter");
    await next.page.getByText("This device is verified.").waitFor();
    await next.page.getByRole("button", { name: "Done" }).click();
    await message(next.page, "dear diary").waitFor();
    assert.equal(await next.page.locator(".text[data-crypto='failed']").count(), 0);
    for (const one of [first, next]) one.check(failedRequests);
  } finally {
    await Promise.all([first.end(), next?.end()]);
  }
});

test("a new device is verified by the first: both show the same pictures", async () => {
  const dora = await world.account("dora");
  const first = await signIn(world, dora);
  let next: Browser | undefined;
  try {
    await makeRecoveryKey(first.page, dora);
    next = await signIn(world, dora);
    await next.page.getByRole("button", { name: "Verify this device" }).click();
    await next.page.getByRole("button", { name: "Use another device" }).click();
    await first.page.getByRole("button", { name: "Show", exact: true }).click();
    await first.page.getByRole("dialog").getByRole("button", { name: "Accept" }).click();
    await next.page.getByRole("button", { name: "Compare pictures" }).click();
    const pictures = async (page: Page) => (await page.locator(".pictures li").last().waitFor(), page.locator(".pictures li").allTextContents());
    const both = await Promise.all([pictures(first.page), pictures(next.page)]);
    assert.equal(both[0].length, 7);
    assert.deepEqual(both[0], both[1]);
    for (const { page } of [first, next]) await page.getByRole("button", { name: "They match" }).click();
    for (const { page } of [first, next]) await page.getByText("The device is verified.").waitFor();
    await next.page.getByRole("button", { name: "Done" }).click();
    await next.page.getByText("This device is not verified").waitFor({ state: "detached" });
    for (const one of [first, next]) one.check(failedRequests);
  } finally {
    await Promise.all([first.end(), next?.end()]);
  }
});

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

/** Two users who have one device each, in a room that was encrypted after it was made. */
async function together(name: string, act: (hers: Page, his: Page, him: Account) => Promise<void>): Promise<void> {
  const [she, he] = await Promise.all([world.account("she"), world.account("he")]);
  await she.join(await he.createRoom(name, [she]));
  const [hers, his] = await Promise.all([signIn(world, she), signIn(world, he)]);
  try {
    for (const { page } of [hers, his]) await openRoom(page, name);
    await turnOn(his.page);
    for (const { page } of [hers, his]) await page.getByPlaceholder("Write an encrypted message").waitFor();
    // A device whose keys were not there yet gets none of what was written before.
    for (const [{ page }, other] of [[hers, he], [his, she]] as const) {
      await devicesOf(page, other);
      await page.keyboard.press("Escape");
    }
    await act(hers.page, his.page, he);
    for (const one of [hers, his]) one.check(failedRequests);
  } finally {
    await Promise.all([hers.end(), his.end()]);
  }
}

async function turnOn(page: Page): Promise<void> {
  await button(page, "Room details").click();
  await button(page, "Turn on encryption").click();
  await page.getByRole("dialog").getByRole("button", { name: "Turn on encryption" }).click();
}

async function devicesOf(page: Page, { username }: Account): Promise<void> {
  if (!(await page.locator(".details").isVisible())) await button(page, "Room details").click();
  await button(page, `Devices and verification of ${username}`).click();
  await page.locator(".device").first().waitFor();
}

test("encryption is turned on in a room that is there; what is written then is for its members only", async () => {
  await together("From now on", async (hers, his) => {
    await write(hers, "now it is quiet");
    await message(his, "now it is quiet").waitFor();
    await write(his, "at last");
    await message(hers, "at last").waitFor();
  });
});

test("a device that is blocked is told so and reads nothing, until it is let in again", async () => {
  await together("Blocked", async (hers, his, him) => {
    await write(hers, "before");
    await message(his, "before").waitFor();
    await devicesOf(hers, him);
    await hers.getByRole("button", { name: /^Block / }).click();
    await hers.getByText("Blocked: gets no keys").waitFor();
    await hers.keyboard.press("Escape");
    await write(hers, "not for him");
    await message(his, "The sender has blocked this device.").waitFor();
    assert.equal(await his.getByText("not for him").count(), 0);
    await devicesOf(hers, him);
    await hers.getByRole("button", { name: /^Unblock / }).click();
    await hers.getByRole("button", { name: /^Block / }).waitFor();
    await hers.keyboard.press("Escape");
    await write(hers, "for him again");
    await message(his, "for him again").waitFor();
  });
});

test("who has lost everything resets the identity; others are told, accept, and go on", async () => {
  const erin = await world.account("erin");
  const room = await bob.createRoom("Reset", [erin]);
  await erin.join(room);
  const first = await signIn(world, erin);
  const his = await signIn(world, bob);
  let next: Browser | undefined;
  try {
    await makeRecoveryKey(first.page, erin);
    for (const { page } of [first, his]) await openRoom(page, "Reset");
    await turnOn(his.page);
    await first.page.getByPlaceholder("Write an encrypted message").waitFor();
    await write(first.page, "with the old identity");
    await message(his.page, "with the old identity").waitFor();
    await write(his.page, "I know you");
    await message(first.page, "I know you").waitFor();

    next = await signIn(world, erin);
    await button(next.page, "Verify this device").click();
    await button(next.page, "I have neither").click();
    await button(next.page, "Reset it").click();
    await keepKey(next.page, erin);
    await button(next.page, "Verify this device").waitFor({ state: "detached" });
    await his.page.getByText(`${erin.username} has a new identity.`).waitFor();
    await write(his.page, "is it still you?");
    await his.page.getByText("has a new identity. See above").waitFor();
    await button(his.page, `Accept ${erin.username}`).click();
    await openRoom(next.page, "Reset");
    await message(next.page, "is it still you?").waitFor();
    await button(first.page, "Verify this device").waitFor();
    for (const one of [first, his, next]) one.check(failedRequests);
  } finally {
    await Promise.all([first.end(), his.end(), next?.end()]);
  }
});
