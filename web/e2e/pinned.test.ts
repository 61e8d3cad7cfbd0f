// Pinned messages: on the fake client, and once with the real core and a real homeserver.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { roomHash, roomId, withPage } from "./fake.js";
import { failedRequests, serveFake } from "./harness.js";
import { openRoom, signIn, World } from "./real.js";

let server: Awaited<ReturnType<typeof serveFake>>;
before(async () => void (server = await serveFake()));
after(() => server.close());

const open = (more: string, act: (page: Page) => Promise<void>, options = {}) => withPage(`${server.url}/?pinned${more}${roomHash(2)}`, options, act);
const way = (page: Page) => page.getByRole("button", { name: /pinned messages?$/ });
const pin = (page: Page, id: string) => page.locator(`.pin[data-id="${id}"]`);
const row = (page: Page, n: number) => page.locator(`.row[data-key='event ${n}']`);
const list = (page: Page) => page.locator(".pin").evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset["id"]));
const isFocused = (page: Page, selector: string) => page.waitForFunction((wanted) => document.activeElement?.matches(wanted), selector);
const setPinned = (page: Page, pinned: readonly string[]) => page.evaluate(([room, pinned]) => fake.details(room, { pinned }), [roomId(2), pinned] as const);

async function choose(page: Page, n: number, item: "Pin" | "Unpin"): Promise<void> {
  await row(page, n).focus();
  await row(page, n).getByRole("button", { name: "More", exact: true }).press("Enter");
  await page.getByRole("menuitem", { name: item, exact: true }).press("Enter");
}

async function openList(page: Page, count: number): Promise<void> {
  await way(page).press("Enter");
  await page.locator(".pin").nth(count - 1).waitFor();
}

test("a message is pinned and unpinned from its menu", async () => {
  await open("&admin", async (page) => {
    await choose(page, 398, "Pin");
    await row(page, 398).locator(".pin-mark").waitFor();
    assert.equal(await way(page).getAttribute("aria-label"), "6 pinned messages");
    await isFocused(page, ".row [aria-haspopup='menu']");
    await choose(page, 398, "Unpin");
    await row(page, 398).locator(".pin-mark").waitFor({ state: "detached" });
    assert.deepEqual(await page.evaluate(() => fake.asked), [["pin $event398"], ["unpin $event398"]]);
  });
});

test("who may not pin sees what is pinned, and nothing to change it with", async () => {
  await open("", async (page) => {
    await row(page, 395).locator(".pin-mark").waitFor();
    await row(page, 395).focus();
    await row(page, 395).getByRole("button", { name: "More", exact: true }).press("Enter");
    await page.getByRole("menuitem", { name: "Details" }).waitFor();
    assert.equal(await page.getByRole("menuitem", { name: /pin/i }).count(), 0);
    await page.keyboard.press("Escape");
    await openList(page, 5);
    assert.equal(await page.getByRole("button", { name: /^Unpin/ }).count(), 0);
  });
});

for (const [size, options] of [["wide", {}], ["narrow", { viewport: { width: 390, height: 780 } }]] as const) {
  test(`the last pinned comes first, what cannot be had is said, and a press leads to the message, ${size}`, async () => {
    await open("", async (page) => {
      await openList(page, 5);
      assert.deepEqual(await list(page), ["$event395", "$event393", "$event323", "$gone", "$event12"]);
      await pin(page, "$gone").getByText("cannot be shown").waitFor();
      await pin(page, "$event395").locator("button").focus();
      await page.keyboard.press("End");
      await isFocused(page, ".pin[data-id='$event12'] .pin-message");
      await page.keyboard.press("ArrowUp");
      await isFocused(page, ".pin[data-id='$gone'] .pin-message");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
      await isFocused(page, ".row[data-sought][data-key='event 12']");
      assert.equal(await page.locator("dialog").count(), 0);
    }, options);
  });
}

test("unpinning in the list: the next has the focus, and what cannot be shown goes too", async () => {
  await open("&admin", async (page) => {
    await openList(page, 5);
    await page.getByRole("button", { name: "Unpin what cannot be shown" }).press("Enter");
    await isFocused(page, ".pin[data-id='$event12'] .pin-message");
    await page.getByRole("status").filter({ hasText: "no longer pinned" }).waitFor({ state: "attached" });
    await pin(page, "$event12").getByRole("button", { name: /^Unpin/ }).press("Enter");
    await isFocused(page, ".pin[data-id='$event323'] .pin-message");
    assert.deepEqual(await list(page), ["$event395", "$event393", "$event323"]);
    await way(page).and(page.locator("[aria-label='3 pinned messages']")).waitFor({ state: "attached" });
  });
});

test("what the server refuses is said, and stays as it was", async () => {
  await open("&admin&refuses=admin&latency=100", async (page) => {
    await choose(page, 398, "Pin");
    await page.getByRole("dialog", { name: "The message was not pinned" }).getByText("does not allow").waitFor();
    await page.keyboard.press("Escape");
    assert.equal(await row(page, 398).locator(".pin-mark").count(), 0);
    await openList(page, 5);
    await pin(page, "$event323").getByRole("button", { name: /^Unpin/ }).press("Enter");
    assert.equal(await pin(page, "$event323").count(), 0);
    await page.getByRole("alert").filter({ hasText: "The message was not unpinned" }).waitFor();
    await pin(page, "$event323").waitFor();
    assert.equal((await list(page)).length, 5);
  });
});

test("what others pin meanwhile comes, what they take off goes, and after the last the room has the focus", async () => {
  await open("&admin", async (page) => {
    await openList(page, 5);
    await setPinned(page, ["$event12", "$event393", "$event398"]);
    await pin(page, "$event398").waitFor();
    assert.deepEqual(await list(page), ["$event398", "$event393", "$event12"]);
    await setPinned(page, []);
    await page.getByText("Nothing is pinned.").waitFor();
    assert.equal(await way(page).count(), 0);
    await page.keyboard.press("Escape");
    await isFocused(page, "#room-title");
  });
});

test("what was pinned in a thread leads into the thread", async () => {
  await open("&ends=relations", async (page) => {
    await setPinned(page, Array.from({ length: 60 }, (_, n) => `$sample${n}`));
    await way(page).press("Enter");
    await page.locator(".pin-message", { hasText: "The lock is new" }).press("Enter");
    await page.locator("alcove-thread .row", { hasText: "The lock is new" }).waitFor();
    assert.equal(await page.locator("dialog").count(), 0);
  });
});

test("a list that cannot be loaded says so, and can be asked for again", async () => {
  await open("=fails", async (page) => {
    await way(page).click();
    await page.getByRole("alert").filter({ hasText: "could not be loaded" }).waitFor();
    assert.equal(await page.locator(".pin").count(), 0);
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("alert").filter({ hasText: "could not be loaded" }).waitFor();
  });
});

test("pinning with a real homeserver, and what was pinned elsewhere of long ago", async () => {
  const world = await World.start();
  try {
    const [alice, bob] = await Promise.all([world.account("alice"), world.account("bob")]);
    const room = await bob.createRoom("Board", [alice]);
    await alice.join(room);
    const first = await alice.say(room, "the rules of the house");
    for (let n = 0; n < 60; n++) await alice.say(room, `talk ${n}`);
    const last = await alice.say(room, "the key is under the mat");
    const path = `rooms/${encodeURIComponent(room)}/state/m.room.pinned_events/`;
    const browser = await signIn(world, bob);
    try {
      const { page } = browser;
      await openRoom(page, "Board");
      const key = page.locator(".row", { hasText: "under the mat" });
      await key.focus();
      await key.getByRole("button", { name: "More", exact: true }).press("Enter");
      await page.getByRole("menuitem", { name: "Pin", exact: true }).press("Enter");
      await key.locator(".pin-mark").waitFor();
      await page.getByText("changed the pinned messages").waitFor();
      assert.deepEqual(await alice.call("GET", path), { pinned: [last] });
      await way(page).click();
      await pin(page, last).waitFor();
      await bob.call("PUT", path, { pinned: [last, "$gone", first] });
      await pin(page, first).waitFor();
      await pin(page, "$gone").getByText("cannot be shown").waitFor();
      await pin(page, "$gone").getByRole("button", { name: /^Unpin/ }).click();
      await way(page).and(page.locator("[aria-label='2 pinned messages']")).waitFor({ state: "attached" });
      assert.deepEqual(await alice.call("GET", path), { pinned: [last, first] });
      await pin(page, first).locator(".pin-message").click();
      await page.waitForFunction(() => document.activeElement?.matches(".row[data-sought]") && document.activeElement.textContent?.includes("rules of the house"));
      browser.check(failedRequests);
    } finally {
      await browser.end();
    }
  } finally {
    await world.stop();
  }
});
