// The main job, with the real core and a real homeserver.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { Browser } from "./harness.js";
import { message, openRoom, signIn, World, write, type Account } from "./real.js";

/** Chromium reports every request that fails as an error of the page. */
const offline = /Failed to load resource|ERR_|net::/;

let world: World;
let alice: Account;
let bob: Account;

before(async () => {
  world = await World.start();
  [alice, bob] = await Promise.all([world.account("alice"), world.account("bob")]);
});
after(() => world.stop());

async function sharedRoom(name: string): Promise<string> {
  const room = await bob.createRoom(name, [alice]);
  await alice.join(room);
  return room;
}

test("a wrong password and a wrong address are said, then signing in works", async () => {
  const browser = new Browser();
  try {
    await browser.open();
    const { page } = browser;
    await page.goto(world.gate.url);
    await page.getByLabel("User name").fill(alice.username);
    await page.getByLabel("Password").fill("wrong");
    await page.keyboard.press("Enter");
    await page.getByText("Wrong user name or password.").waitFor();
    await page.getByLabel("Homeserver").fill("http://127.0.0.1:9");
    await page.getByLabel("Password").fill(alice.password);
    await page.keyboard.press("Enter");
    await page.locator("#homeserver[aria-invalid='true']").waitFor();
    await page.getByLabel("Homeserver").fill(world.gate.url);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("button", { name: "New conversation" }).waitFor();
    browser.check(offline);
  } finally {
    await browser.end();
  }
});

test("rooms show, messages are read and written, and reach the other side", async () => {
  const room = await sharedRoom("Kitchen");
  await bob.say(room, "the bread is ready");
  const browser = await signIn(world, alice);
  try {
    const { page } = browser;
    await page.getByText("the bread is ready").first().waitFor();
    await openRoom(page, "Kitchen");
    await message(page, "the bread is ready").waitFor();
    await write(page, "on my way");
    await message(page, "on my way").waitFor();
    await page.waitForFunction(() => !document.querySelector(".send-state"));
    assert.deepEqual((await bob.read(room)).slice(-2), ["the bread is ready", "on my way"]);
    await bob.say(room, "and there is cheese");
    await message(page, "and there is cheese").waitFor();
    browser.check(offline);
  } finally {
    await browser.end();
  }
});

test("two browsers chat, and see each other type and read", async () => {
  await sharedRoom("Two of us");
  const [hers, his] = await Promise.all([signIn(world, alice), signIn(world, bob)]);
  try {
    await openRoom(hers.page, "Two of us");
    await openRoom(his.page, "Two of us");
    await hers.page.getByLabel("Message to").pressSequentially("hel");
    await his.page.getByText("typing…").waitFor();
    await write(hers.page, "hello Bob");
    await message(his.page, "hello Bob").waitFor();
    await his.page.bringToFront();
    await hers.page.locator(".receipts").first().waitFor();
    await write(his.page, "hello Alice");
    await message(hers.page, "hello Alice").waitFor();
    hers.check(offline);
    his.check(offline);
  } finally {
    await Promise.all([hers.end(), his.end()]);
  }
});

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
    for (const one of [hers, his, later]) one.check(offline);
  } finally {
    await Promise.all([hers.end(), his.end(), later?.end()]);
  }
});

/** Servers differ in whether they ask for the password. */
async function makeRecoveryKey(page: Page, { password }: Account): Promise<string> {
  await page.getByRole("button", { name: "Make a recovery key" }).click();
  const asked = page.getByLabel("Your account’s password");
  const made = page.getByRole("textbox", { name: "Recovery key" });
  await asked.or(made).waitFor();
  if (await asked.isVisible()) {
    await asked.fill(password);
    await asked.press("Enter");
  }
  const key = await made.inputValue();
  await page.getByRole("button", { name: "I have kept it" }).click();
  return key;
}

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
    for (const one of [first, next]) one.check(offline);
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
    for (const one of [first, next]) one.check(offline);
  } finally {
    await Promise.all([first.end(), next?.end()]);
  }
});

test("without a network, rooms and messages are there; what is written goes out once", async () => {
  const room = await sharedRoom("Cabin");
  for (let n = 0; n < 5; n++) await bob.say(room, `letter ${n}`);
  const browser = await signIn(world, alice);
  try {
    let { page } = browser;
    await openRoom(page, "Cabin");
    await message(page, "letter 4").waitFor();
    await page.evaluate(() => navigator.serviceWorker.ready);
    await browser.close();
    await world.gate.cut();

    await browser.open();
    ({ page } = browser);
    await page.goto(world.gate.url);
    await openRoom(page, "Cabin");
    await message(page, "letter 0").waitFor();
    await message(page, "letter 4").waitFor();
    await write(page, "written in the snow");
    await message(page, "written in the snow").waitFor();
    await page.getByText("Waiting to be sent").waitFor();
    await page.reload();
    await message(page, "written in the snow").waitFor();

    await world.gate.open();
    await page.waitForFunction(() => document.querySelector(".row") && !document.querySelector(".send-state"), undefined, { timeout: 120_000 });
    await bob.say(room, "got it");
    await message(page, "got it").waitFor();
    assert.deepEqual((await bob.read(room)).filter((body) => body === "written in the snow").length, 1);
    assert.equal(await message(page, "written in the snow").count(), 1);
    browser.check(offline);
  } finally {
    await world.gate.cut().then(() => world.gate.open());
    await browser.end();
  }
});

test("one opens at the newest message, and a button leads to the first unread", async () => {
  const room = await sharedRoom("Long read");
  const browser = await signIn(world, alice);
  try {
    const { page } = browser;
    await page.setViewportSize({ width: 1280, height: 450 });
    await openRoom(page, "Long read");
    await bob.say(room, "before");
    await message(page, "before").waitFor();
    await world.gate.until((line) => /read_markers|receipt/.test(line) && decodeURIComponent(line).includes(room));
    await page.goto(`${world.gate.url}/#/`);
    await page.getByText("Choose a room").waitFor();
    for (let n = 0; n < 20; n++) await bob.say(room, `unread ${n}.`);
    await page.locator(".room-row", { hasText: "unread 19." }).locator(".badge").waitFor();
    await openRoom(page, "Long read");
    await message(page, "unread 19.").waitFor();
    await page.getByRole("button", { name: "Jump to the first unread message" }).click();
    await page.locator(".row[data-kind='readMarker']").waitFor();
    await message(page, "unread 0.").waitFor();
    await page.locator(".room-row", { hasText: "unread 19." }).locator(".badge").waitFor({ state: "detached" });
    browser.check(offline);
  } finally {
    await browser.end();
  }
});

test("older messages load while scrolling up, each of them once", async () => {
  const room = await sharedRoom("Archive");
  for (let n = 0; n < 150; n++) await bob.say(room, `note ${n}.`);
  const browser = await signIn(world, alice);
  try {
    const { page } = browser;
    await openRoom(page, "Archive");
    await message(page, "note 149.").waitFor();
    await page.waitForFunction(() => {
      document.querySelector(".timeline-scroll")?.scrollTo(0, 0);
      return document.querySelector(".row[data-kind='start']") !== null;
    });
    const notes = await page.evaluate(() => {
      type Item = { event?: { content: { body?: string } } };
      const { items } = document.querySelector("alcove-timeline") as unknown as { items: Item[] };
      return items.flatMap(({ event }) => event?.content.body ?? []);
    });
    assert.deepEqual(notes, Array.from({ length: 150 }, (_, n) => `note ${n}.`));
    browser.check(offline);
  } finally {
    await browser.end();
  }
});

test("an invitation is accepted, a room created and left, and logging out leaves nothing", async () => {
  await bob.createRoom("Surprise", [alice]);
  const browser = await signIn(world, alice);
  try {
    const { page } = browser;
    await page.locator(".room-row", { hasText: "Surprise" }).getByRole("button", { name: "Accept" }).click();
    await page.getByRole("heading", { name: "Surprise", level: 1 }).waitFor();
    await page.getByLabel("Message to").waitFor();

    await page.getByRole("button", { name: "New conversation" }).click();
    await page.getByRole("radio", { name: "New room" }).check();
    await page.getByLabel("Name", { exact: true }).fill("Shed");
    await page.getByRole("button", { name: "Create room" }).click();
    await page.getByRole("heading", { name: "Shed", level: 1 }).waitFor();
    await page.getByRole("button", { name: "Room details" }).click();
    await page.getByText("1 member").waitFor();
    await page.getByRole("button", { name: "Leave the room" }).click();
    await page.locator("dialog").getByRole("button", { name: "Leave the room" }).click();
    await page.locator(".room-row", { hasText: "Shed" }).waitFor({ state: "detached" });

    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByRole("button", { name: "Log out" }).click();
    await page.locator("dialog").getByRole("button", { name: "Log out" }).click();
    await page.getByLabel("Password").waitFor();
    await page.reload();
    await page.getByLabel("Password").waitFor();
    browser.check(offline);
  } finally {
    await browser.end();
  }
});
