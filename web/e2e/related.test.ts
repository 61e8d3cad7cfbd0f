// Reactions, replies, edits, threads, polls and removals between two people,
// with the real core and a real homeserver.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { failedRequests } from "./harness.js";
import { openRoom, signIn, World, write, type Account } from "./real.js";

let world: World;
let alice: Account;
let bob: Account;

before(async () => {
  world = await World.start();
  [alice, bob] = await Promise.all([world.account("alice"), world.account("bob")]);
});
after(() => world.stop());

const row = (page: Page, text: string) => page.locator("alcove-room-view .row", { has: page.locator(".text, legend", { hasText: text }) }).last();

/** Presses buttons of a message, one after the other. */
async function act(page: Page, text: string, name: string): Promise<void> {
  await row(page, text).focus();
  await row(page, text).getByRole("button", { name, exact: true }).click();
}

async function react(page: Page, text: string, emoji: string): Promise<void> {
  await act(page, text, "React");
  await page.getByLabel("Search for emoji").fill(emoji);
  await page.keyboard.press("Enter");
}

/** What both see, also after they come back. */
async function expectAll(page: Page): Promise<void> {
  await row(page, "who brings bread").locator(".reaction[aria-pressed]", { hasText: "2" }).waitFor();
  await row(page, "brown bread").locator(".quote", { hasText: "who brings bread" }).waitFor();
  await row(page, "brown bread").locator(".edited").waitFor();
  await row(page, "brown bread").locator("strong").waitFor();
  await row(page, "the shed").locator(".thread-summary", { hasText: "1 reply" }).waitFor();
  await row(page, "Which day?").getByText("1 vote", { exact: true }).waitFor();
  await page.locator(".row").getByText("Message removed").waitFor();
}

test("two people see the same of all that belongs to messages, also after a reload", async () => {
  const room = await bob.createRoom("Related", [alice]);
  await alice.join(room);
  for (const text of ["who brings bread", "the shed", "a mistake"]) await bob.say(room, text);
  const [hers, his] = await Promise.all([signIn(world, alice), signIn(world, bob)]);
  try {
    await Promise.all([openRoom(hers.page, "Related"), openRoom(his.page, "Related")]);
    await react(hers.page, "who brings bread", "thumbs up");
    await row(his.page, "who brings bread").locator(".reaction[aria-pressed='false']").click();
    await act(hers.page, "who brings bread", "Reply");
    await hers.page.keyboard.type("I do, white bread");
    await hers.page.keyboard.press("Enter");
    await row(hers.page, "white bread").waitFor();
    await hers.page.keyboard.press("ArrowUp");
    await hers.page.keyboard.press("Control+a");
    await hers.page.keyboard.type("I do, **brown bread**");
    await hers.page.keyboard.press("Enter");
    await act(hers.page, "the shed", "Reply in a thread");
    await hers.page.waitForFunction(() => document.activeElement?.id === "thread-composer-text"); // where the details come later
    await hers.page.getByLabel("Reply in the thread").fill("it is open");
    await hers.page.keyboard.press("Enter");
    await hers.page.locator("alcove-thread .row", { hasText: "it is open" }).waitFor();
    await hers.page.keyboard.press("Escape");
    await hers.page.getByRole("button", { name: "New poll" }).click();
    for (const [label, text] of [["Question", "Which day?"], ["Answer 1", "Friday"], ["Answer 2", "Sunday"]] as const) await hers.page.getByLabel(label).fill(text);
    await hers.page.keyboard.press("Enter");
    await row(his.page, "Which day?").getByRole("radio", { name: /^Sunday/ }).check();
    await row(his.page, "Which day?").getByRole("button", { name: "Vote" }).click();
    await act(his.page, "a mistake", "More");
    await his.page.getByRole("menuitem", { name: "Remove" }).click();
    await his.page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
    for (const { page } of [hers, his]) await expectAll(page);
    await row(his.page, "the shed").locator(".thread-summary").click();
    await his.page.locator("alcove-thread .row", { hasText: "it is open" }).waitFor();
    assert.equal(await his.page.locator("alcove-room-view .row", { hasText: "it is open" }).locator(".text", { hasText: "it is open" }).count(), 0);
    await hers.page.reload();
    await expectAll(hers.page);
    await write(hers.page, "all there");
    hers.check(failedRequests);
    his.check(failedRequests);
  } finally {
    await Promise.all([hers.end(), his.end()]);
  }
});

/** What Alice did without a network, as anybody sees it. */
async function expectSnow(page: Page): Promise<void> {
  await row(page, "is it cold?").locator(".reaction[aria-pressed]", { hasText: "1" }).waitFor();
  await row(page, "very cold").locator(".quote", { hasText: "is it cold?" }).waitFor();
  await row(page, "very cold").locator(".edited").waitFor();
  await row(page, "very cold").locator(".reaction[aria-pressed]", { hasText: "1" }).waitFor();
  await row(page, "the stove").locator(".thread-summary", { hasText: "1 reply" }).waitFor();
  await row(page, "Which day?").getByText("1 vote", { exact: true }).waitFor();
  assert.equal(await page.locator("alcove-room-view .row .text", { hasText: /^(warm)/ }).count(), 0);
}

test("without a network one reacts, answers, edits and votes all the same; after a reload and lost answers each is there once", async () => {
  const room = await bob.createRoom("Snow", [alice]);
  await alice.join(room);
  for (const text of ["the stove", "is it cold?"]) await bob.say(room, text);
  const answers = [["f", "Friday"], ["s", "Sunday"]].map(([id, text]) => ({ id, "org.matrix.msc1767.text": text }));
  await bob.send(room, "org.matrix.msc3381.poll.start", {
    "org.matrix.msc3381.poll.start": { question: { "org.matrix.msc1767.text": "Which day?" }, kind: "org.matrix.msc3381.poll.disclosed", max_selections: 1, answers },
    "org.matrix.msc1767.text": "Which day?",
  });
  const [hers, his] = await Promise.all([signIn(world, alice), signIn(world, bob)]);
  try {
    await Promise.all([openRoom(hers.page, "Snow"), openRoom(his.page, "Snow")]);
    await row(hers.page, "Which day?").waitFor();
    await hers.page.evaluate(() => navigator.serviceWorker.ready);
    await his.close();
    await world.gate.cut();

    const { page } = hers;
    await react(page, "is it cold?", "snow");
    await act(page, "is it cold?", "Reply");
    await page.keyboard.type("warm, not really");
    await page.keyboard.press("Enter");
    await row(page, "warm, not really").waitFor();
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Control+a");
    await page.keyboard.type("very cold");
    await page.keyboard.press("Enter");
    await react(page, "very cold", "fire");
    await act(page, "the stove", "Reply in a thread");
    await page.waitForFunction(() => document.activeElement?.id === "thread-composer-text");
    await page.getByLabel("Reply in the thread").fill("is lit");
    await page.keyboard.press("Enter");
    await page.locator("alcove-thread .row", { hasText: "is lit" }).waitFor();
    await page.keyboard.press("Escape");
    await row(page, "Which day?").getByRole("radio", { name: /^Sunday/ }).check();
    await row(page, "Which day?").getByRole("button", { name: "Vote" }).click();
    await expectSnow(page);
    await page.reload();
    await expectSnow(page);

    const answered = new Set<string>();
    world.gate.breaks = true;
    world.gate.loses = (line) => /^PUT .*\/(send|redact)\//.test(line) && !answered.has(line) && !!answered.add(line);
    await world.gate.open();
    await his.open();
    await his.page.goto(world.gate.url);
    await openRoom(his.page, "Snow");
    await expectSnow(his.page);
    await expectSnow(page);
    assert.equal(await page.locator(".send-state").count(), 0);
    assert.equal(answered.size, 6); // two reactions, two messages, an edit, a vote
    const said = await bob.read(room);
    assert.deepEqual(said.filter((body, i) => said.indexOf(body) !== i), []);
  } finally {
    world.gate.loses = () => false;
    await world.gate.cut().then(() => world.gate.open());
    await Promise.all([hers.end(), his.end()]);
  }
});
