// Alice, in the UI on the real core, and Bob, who uses matrix-js-sdk, verify
// each other by emoji. Every step leaves pictures in build/out/pictures.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { type Browser, failedRequests } from "./harness.js";
import { Peer } from "./peer.js";
import { Pictures } from "./pictures.js";
import { makeRecoveryKey, message, signIn, World, write, type Account } from "./real.js";

const asPicture = "\ufe0f";

let world: World;
before(async () => void (world = await World.start()));
after(() => world.stop());

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const phase = (page: Page, name: string) => page.locator(`[data-phase="${name}"]`);

/** Two with identities, who chat. */
type Chat = { readonly alice: Account; readonly browser: Browser; readonly page: Page; readonly bob: Peer; readonly room: string };

async function chat(act: (chat: Chat) => Promise<void>): Promise<void> {
  const [alice, account] = await Promise.all([world.account("alice"), world.account("bob")]);
  await account.call("PUT", `profile/${encodeURIComponent(account.id)}/displayname`, { displayname: "Bob" });
  const bob = await Peer.start(account);
  const browser = await signIn(world, alice);
  try {
    const { page } = browser;
    await makeRecoveryKey(page, alice);
    await button(page, "New conversation").click();
    await page.getByLabel("User id").fill(bob.id);
    await button(page, "Start chat").click();
    await page.getByPlaceholder("Write an encrypted message").waitFor();
    const room = decodeURIComponent(new URL(page.url()).hash.split("/")[2] ?? "");
    await bob.do.join({ room });
    await bob.do.send({ room, text: "Is it you?" });
    await message(page, "Is it you?").waitFor();
    await write(page, "Let us make sure.");
    await act({ alice, browser, page, bob, room });
    browser.check(failedRequests);
  } finally {
    await Promise.all([browser.end(), bob.close()]);
  }
}

async function openBob(page: Page): Promise<void> {
  if (!(await page.locator(".details").isVisible())) await button(page, "Room details").click();
  await button(page, "Devices and verification of Bob").click();
  await page.locator(".device").waitFor();
}

/** Both show the same seven. */
async function compare({ page, bob }: Chat, flow: string): Promise<void> {
  const theirs = (await bob.do.code({ flow })).emoji.map((symbol) => symbol.replace(asPicture, ""));
  await phase(page, "compare").waitFor();
  const ours = (await page.locator(".pictures li > span").allTextContents()).map((symbol) => symbol.replace(asPicture, ""));
  assert.equal(ours.length, 7);
  assert.deepEqual(ours, theirs);
}

/** What both think of each other afterwards, and what Alice sees of that. */
async function trusted({ page, alice, bob, room }: Chat, pictures: Pictures): Promise<void> {
  await bob.trusts(alice.id);
  await openBob(page);
  await page.locator(".device[data-trust='verified']").waitFor();
  await page.getByText("You have verified this person.").waitFor();
  await pictures.take(page, "trusted");
  await page.keyboard.press("Escape");
  await bob.do.send({ room, text: "It is me." });
  await message(page, "It is me.").waitFor();
  assert.equal(await message(page, "Verification request").count(), 1);
  assert.equal(await page.locator(".shield").count(), 0);
  await pictures.take(page, "room");
}

test("Alice asks Bob", () => chat(async (chat) => {
  const { alice, page, bob } = chat;
  const pictures = new Pictures("verify-alice-asks");
  await openBob(page);
  assert.equal(await page.locator(".device[data-trust='verified']").count(), 0);
  await pictures.take(page, "before");
  await button(page, "Verify this person").click();
  await phase(page, "asked").waitFor();
  await pictures.take(page, "asked");
  const flow = await bob.do.accept({ user: alice.id });
  await phase(page, "ready").waitFor();
  await pictures.take(page, "ready");
  await button(page, "Compare pictures").click();
  await compare(chat, flow);
  await pictures.take(page, "compare");
  await button(page, "They match").click();
  await phase(page, "waiting").waitFor();
  await pictures.take(page, "waiting");
  await bob.do.confirm({ flow });
  await phase(page, "done").waitFor();
  await bob.do.done({ flow });
  await pictures.take(page, "done");
  await button(page, "Done").click();
  await page.keyboard.press("Escape");
  await trusted(chat, pictures);
}));

test("Bob asks Alice", () => chat(async (chat) => {
  const { alice, page, bob, room } = chat;
  const pictures = new Pictures("verify-bob-asks");
  const flow = await bob.do.verify({ user: alice.id, room });
  const show = page.locator(".toast").getByRole("button", { name: "Show" });
  await show.waitFor();
  await pictures.take(page, "told");
  await show.click();
  await phase(page, "asking").waitFor();
  await pictures.take(page, "asking");
  await button(page, "Accept").click();
  await phase(page, "ready").waitFor();
  await pictures.take(page, "ready");
  await bob.do.startSAS({ flow });
  await compare(chat, flow);
  await pictures.take(page, "compare");
  await bob.do.confirm({ flow });
  await button(page, "They match").click();
  await phase(page, "done").waitFor();
  await bob.do.done({ flow });
  await pictures.take(page, "done");
  await button(page, "Done").click();
  await trusted(chat, pictures);
}));
