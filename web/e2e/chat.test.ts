// The main job, with the real core and a real homeserver.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Browser, failedRequests } from "./harness.js";
import { message, openRoom, signIn, World, write, type Account } from "./real.js";

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
    browser.check(failedRequests);
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
    browser.check(failedRequests);
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
    hers.check(failedRequests);
    his.check(failedRequests);
  } finally {
    await Promise.all([hers.end(), his.end()]);
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
    browser.check(failedRequests);
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
    browser.check(failedRequests);
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
    browser.check(failedRequests);
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
    browser.check(failedRequests);
  } finally {
    await browser.end();
  }
});
