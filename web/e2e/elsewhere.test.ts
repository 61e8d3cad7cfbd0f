// Messages that are not among the newest, with the real core and a real homeserver.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { failedRequests } from "./harness.js";
import { message, openRoom, signIn, World, type Account } from "./real.js";

let world: World;
let alice: Account;
let bob: Account;
const said = 160;

before(async () => {
  world = await World.start();
  [alice, bob] = await Promise.all([world.account("alice"), world.account("bob")]);
});
after(() => world.stop());

const isFocused = (page: Page, text: string) => page.waitForFunction((wanted) => document.activeElement?.matches(".row") && document.activeElement.textContent?.includes(wanted), text);

const text = (body: string) => ({ msgtype: "m.text", body });

/** A room with many messages, of which the last answers the first. */
async function longRoom(name: string): Promise<{ readonly room: string; readonly first: string; readonly edit: string }> {
  const room = await bob.createRoom(name, [alice]);
  await alice.join(room);
  const first = await bob.say(room, "long ago");
  const edit = await bob.send(room, "m.room.message", { ...text("* very long ago"), "m.new_content": text("very long ago"), "m.relates_to": { rel_type: "m.replace", event_id: first } });
  for (let n = 1; n <= said; n++) await bob.say(room, `message ${n} of many`);
  await bob.send(room, "m.room.message", { ...text("still true"), "m.relates_to": { "m.in_reply_to": { event_id: first } } });
  return { room, first, edit };
}

test("a quote leads to a message of long ago, from where one reads on to the newest", async () => {
  await longRoom("Archive");
  const browser = await signIn(world, alice);
  try {
    const { page } = browser;
    await openRoom(page, "Archive");
    await page.locator(".quote", { hasText: "long ago" }).click();
    await isFocused(page, "long ago");
    await page.locator(".elsewhere").waitFor();
    const below = page.locator(".row .text", { hasText: `message ${said} of many` });
    assert.equal(await below.count(), 0);
    await page.locator(".timeline-scroll").hover();
    for (let turns = 0; turns < 60 && (await below.count()) === 0; turns++) {
      await page.mouse.wheel(0, 1500);
      await page.waitForTimeout(50);
    }
    await below.waitFor();
    await message(page, "still true").waitFor();
    assert.equal(await page.locator(".jump").filter({ hasText: "new message" }).count(), 0, "what is paged in is not new");
    await page.goBack();
    await page.locator(".elsewhere").waitFor({ state: "detached" });
    browser.check(failedRequests);
  } finally {
    await browser.end();
  }
});

test("a link to a message or an edit of it opens it, and one button leads to the newest", async () => {
  const { room, first, edit } = await longRoom("Links");
  const browser = await signIn(world, alice);
  try {
    const { page } = browser;
    await openRoom(page, "Links");
    for (const id of [first, edit]) {
      await page.evaluate((hash) => { location.hash = hash; }, `#/room/${encodeURIComponent(room)}/event/${encodeURIComponent(id)}`);
      await isFocused(page, "very long ago");
      await page.locator(".elsewhere").getByRole("button").click();
      await message(page, "still true").waitFor();
    }
    await page.evaluate((hash) => { location.hash = hash; }, `#/room/${encodeURIComponent(room)}/event/%24none`);
    await page.getByText("cannot be shown").waitFor();
    browser.check(failedRequests);
  } finally {
    await browser.end();
  }
});
