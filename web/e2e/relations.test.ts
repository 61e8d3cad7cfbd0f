// Reactions, replies, edits, removals, polls and threads: on the fake client.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { roomHash, withPage } from "./fake.js";
import { serveFake } from "./harness.js";

let server: Awaited<ReturnType<typeof serveFake>>;
before(async () => void (server = await serveFake()));
after(() => server.close());

const open = (path: string, act: (page: Page) => Promise<void>, options = {}) => withPage(`${server.url}/${path}`, options, act);
const related = (more = "") => `?ends=relations${more}${roomHash(2)}`;
const row = (page: Page, text: string) => page.locator("alcove-room-view .row", { has: page.locator(".text, legend", { hasText: text }) }).last();
const composer = (page: Page) => page.getByLabel("Message to");
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const isFocused = (page: Page, selector: string) => page.waitForFunction((wanted) => document.activeElement?.matches(wanted), selector);

test("a reaction is painted in the frame after the press, before the core has answered", async () => {
  await open(related("&latency=5000"), async (page) => {
    const chip = row(page, "dark and white").locator(".reaction").first();
    await chip.waitFor();
    assert.equal(await chip.getAttribute("aria-pressed"), "false");
    const painted = await chip.evaluate(async (element: HTMLElement) => {
      element.click();
      await new Promise(requestAnimationFrame);
      return [element.ariaPressed, element.textContent?.trim()];
    });
    assert.deepEqual(painted, ["true", "👍 4"]);
    assert.match((await chip.getAttribute("title")) ?? "", /^You, /);
  });
});

test("a reaction goes back when the core refuses it, and that is said", async () => {
  await open(related("&refuses&latency=50"), async (page) => {
    const chip = row(page, "dark and white").locator(".reaction").first();
    await chip.click();
    await page.getByRole("status").filter({ hasText: "does not allow" }).waitFor({ state: "attached" });
    assert.equal(await chip.getAttribute("aria-pressed"), "false");
    assert.match(await chip.innerText(), /3/);
  });
});

test("reactions toggle by keyboard; a key of 20,000 characters is a short chip", async () => {
  await open(related(), async (page) => {
    const chips = row(page, "dark and white").locator(".reaction[aria-pressed]");
    assert.equal(await chips.count(), 5);
    for (const label of await chips.evaluateAll((all) => all.map((one) => one.textContent ?? ""))) assert.ok(label.length < 300, label);
    const own = chips.nth(1);
    await own.focus();
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.activeElement?.getAttribute("aria-pressed") === "false");
    await page.keyboard.press("Space");
    await page.waitForFunction(() => document.activeElement?.getAttribute("aria-pressed") === "true");
    assert.match(await own.innerText(), /14/);
  });
});

test("an emoji is found, walked to and chosen by keyboard, and offered again", async () => {
  await open(related(), async (page) => {
    const cheese = row(page, "And I the cheese");
    await cheese.focus();
    await cheese.getByRole("button", { name: "React" }).press("Enter");
    await isFocused(page, "alcove-emoji-picker input");
    await page.keyboard.type("party popp");
    await page.locator(".emoji[aria-label='party popper']").waitFor();
    await page.keyboard.press("ArrowDown");
    await isFocused(page, ".emoji");
    await page.keyboard.press("Enter");
    await cheese.locator(".reaction[aria-pressed='true']", { hasText: "🎉" }).waitFor();
    await cheese.locator(".reaction[data-kind='add']").click();
    await page.locator(".emoji").first().waitFor();
    assert.equal(await page.locator(".emoji").first().innerText(), "🎉");
    assert.equal(await page.locator(".emoji[tabindex='0']").count(), 1);
    await page.getByRole("radio", { name: "Flags" }).check();
    await page.locator(".emoji[aria-label='chequered flag']").waitFor();
  });
});

test("a quote leads to what it answers", async () => {
  await open(related(), async (page) => {
    const answer = row(page, "dark and white");
    assert.doesNotMatch(await answer.innerText(), /> </);
    await answer.locator(".quote").click();
    await page.waitForFunction(() => document.activeElement?.textContent?.includes("Who brings bread on Saturday?") && !document.activeElement.textContent.includes("dark and white"));
    await answer.locator(".edited", { hasText: "(edited)" }).waitFor();
    await row(page, "Not I").getByText("was removed").waitFor();
  });
});

test("a quote of what is not loaded leads there by keyboard, and Escape to the newest and the composer", async () => {
  await open(related(), async (page) => {
    await row(page, "And I the cheese").getByRole("button", { name: "In reply to an earlier message" }).press("Enter");
    await isFocused(page, ".row[data-sought][data-key='event 40']");
    await page.locator(".elsewhere").waitFor();
    await page.keyboard.press("ArrowDown");
    await isFocused(page, ".row:not([data-key='event 40'])");
    assert.equal(await page.locator("[data-sought]").count(), 0);
    await page.keyboard.press("End");
    await isFocused(page, ".row:last-child");
    await page.keyboard.press("Escape");
    await row(page, "And I the cheese").waitFor();
    await isFocused(page, "#composer-text");
  });
});

test("a link to an edit leads to what it edits", async () => {
  await open(`?ends=relations${roomHash(2, "/event/%24edit")}`, async (page) => {
    await page.waitForFunction(() => document.activeElement?.matches(".row[data-sought]") && document.activeElement.textContent?.includes("dark and white"));
    assert.equal(await page.locator("[data-sought]").count(), 1);
  });
});

test("what is not there is said, with a way to the newest", async () => {
  await open(`?ends=relations${roomHash(2, "/event/%24nowhere")}`, async (page) => {
    await page.getByRole("alert").filter({ hasText: "cannot be shown" }).waitFor();
    await button(page, "Go to the newest").press("Enter");
    await row(page, "And I the cheese").waitFor();
    await isFocused(page, "#composer-text");
  });
});

test("reactions of many kinds wait behind a button, but never one's own", async () => {
  await open(related(), async (page) => {
    const chips = row(page, "Everybody has something").locator(".reaction[aria-pressed]");
    await chips.first().waitFor();
    assert.deepEqual([await chips.count(), await chips.last().getAttribute("aria-pressed")], [13, "true"]);
    await row(page, "Everybody has something").getByRole("button", { name: "Show 11 more reactions" }).press("Enter");
    await isFocused(page, ".reaction[aria-expanded='true']");
    assert.equal(await chips.count(), 24);
    await page.keyboard.press("Enter");
    await isFocused(page, ".reaction[aria-expanded='false']");
    assert.equal(await chips.count(), 13);
  });
});

test("a message's actions are in view at the very top and the very end", async () => {
  await open(related(), async (page) => {
    await page.locator(".row").last().waitFor();
    for (const edge of ["top", "bottom"] as const) {
      const key = await page.locator(".timeline-scroll").evaluate((viewport, edge) => {
        const ends = viewport.getBoundingClientRect();
        const rows = [...viewport.querySelectorAll<HTMLElement>(".row[data-kind='message']")];
        const row = edge === "top" ? rows.find((one) => one.getBoundingClientRect().bottom > ends.top) : rows.at(-1);
        viewport.scrollTop += (row?.getBoundingClientRect()[edge] ?? 0) - ends[edge];
        return row?.dataset["key"];
      }, edge);
      await page.locator(`.row[data-key="${key}"]`).hover();
      const box = await page.locator(".toolbar").boundingBox();
      const within = await page.locator(".timeline-scroll").boundingBox();
      assert.ok(box && within && box.y >= within.y && box.y + box.height <= within.y + within.height, `${edge}: ${JSON.stringify([box, within])}`);
      await page.mouse.move(0, 0);
    }
  });
});

test("replying by keyboard: Escape leaves, a reload keeps it, and it is sent with what it answers", async () => {
  await open(related(), async (page) => {
    const cheese = row(page, "And I the cheese");
    await cheese.focus();
    await cheese.getByRole("button", { name: "Reply", exact: true }).press("Enter");
    await isFocused(page, "#composer-text");
    await page.getByText("In reply to Sven Novak:").waitFor();
    await page.keyboard.press("Escape");
    await page.locator(".composer-about").waitFor({ state: "detached" });
    await cheese.hover();
    await cheese.getByRole("button", { name: "Reply", exact: true }).click();
    await page.keyboard.type("thank you");
    await page.reload();
    await page.getByText("In reply to Sven Novak:").waitFor();
    assert.equal(await composer(page).inputValue(), "thank you");
    await composer(page).press("Enter");
    await row(page, "thank you").locator(".quote", { hasText: "And I the cheese" }).waitFor();
    await page.locator(".composer-about").waitFor({ state: "detached" });
    const [sent] = await page.evaluate(() => fake.sent);
    assert.equal((sent as { replyTo?: string }).replyTo, await cheese.getAttribute("data-key"));
  });
});

test("arrow up in an empty composer edits the last message; Escape gives back what was there", async () => {
  await open(roomHash(2), async (page) => {
    await composer(page).fill("one mistake");
    await page.keyboard.press("Enter");
    await row(page, "one mistake").waitFor();
    await page.keyboard.press("ArrowUp");
    await page.locator(".composer-about", { hasText: "Editing" }).waitFor();
    assert.equal(await composer(page).inputValue(), "one mistake");
    await page.keyboard.press("Escape");
    assert.equal(await composer(page).inputValue(), "");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Control+a");
    await page.keyboard.type("no mistake");
    await page.keyboard.press("Enter");
    await row(page, "no mistake").locator(".edited").waitFor();
    assert.equal(await composer(page).inputValue(), "");
    assert.equal(await page.getByText("one mistake").count(), 0);
  });
});

test("a message is removed by keyboard, after a question, and its details can be read", async () => {
  await open(related(), async (page) => {
    await composer(page).fill("soon gone");
    await page.keyboard.press("Enter");
    const gone = row(page, "soon gone");
    await gone.focus();
    await gone.getByRole("button", { name: "More" }).press("Enter");
    await isFocused(page, "[role='menuitem']");
    await page.keyboard.press("Escape");
    await isFocused(page, ".toolbar button");
    await page.keyboard.press("Enter");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Details" }).getByText("m.room.message").waitFor();
    await page.keyboard.press("Escape");
    await gone.focus();
    await gone.getByRole("button", { name: "More" }).press("Enter");
    await page.keyboard.press("End");
    await page.keyboard.press("Enter");
    await page.getByLabel("Reason").fill("a typo");
    await page.keyboard.press("Enter");
    await gone.waitFor({ state: "detached" });
    await page.locator(".row").last().getByText("Message removed").waitFor();
  });
});

test("a poll: one answer, several, hidden, ended", async () => {
  await open(related(), async (page) => {
    const day = row(page, "Which day?");
    assert.equal(await day.getByRole("radio", { name: /^Saturday/ }).isChecked(), true);
    await day.getByRole("radio", { name: /^Saturday/ }).press("ArrowUp");
    await button(page, "Change my vote").press("Enter");
    await day.getByText("5 votes").waitFor();
    const cook = row(page, "What do we cook?");
    assert.equal(await cook.locator(".poll-votes").count(), 0);
    for (const name of ["Soup", "Bread", "Soup and bread"]) await cook.getByRole("checkbox", { name, exact: true }).click();
    assert.equal(await cook.getByRole("checkbox", { checked: true }).count(), 2);
    await cook.getByRole("button", { name: "Vote" }).click();
    await cook.getByRole("button", { name: "Change my vote" }).waitFor();
    await cook.getByRole("button", { name: "End the poll" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "End the poll" }).click();
    await cook.getByText("The poll has ended.").waitFor();
    assert.equal(await cook.locator("[data-winner]").count(), 2);
    assert.equal(await cook.getByRole("checkbox").count(), 0);
  });
});

test("a poll is made", async () => {
  await open(roomHash(2), async (page) => {
    await button(page, "New poll").click();
    const dialog = page.getByRole("dialog", { name: "New poll" });
    await button(page, "Create the poll").click();
    await dialog.getByText("needs a question").waitFor();
    await dialog.getByLabel("Question").fill("Tea?");
    await dialog.getByLabel("Answer 1").fill("Yes");
    await button(page, "Add an answer").click();
    await isFocused(page, "#poll-answer-3");
    await page.keyboard.type("No");
    await page.keyboard.press("Enter");
    await row(page, "Tea?").getByRole("radio", { name: /^Yes/ }).waitFor();
    assert.equal(await row(page, "Tea?").getByRole("radio").count(), 2);
  });
});

for (const wide of [true, false]) {
  test(`a thread opens beside its room and Escape leads back, ${wide ? "wide" : "narrow"}`, async () => {
    await open(related(), async (page) => {
      const root = row(page, "Let us talk about the shed.");
      await root.locator(".thread-summary", { hasText: "3 replies" }).press("Enter");
      const thread = page.locator("alcove-thread");
      await thread.getByText("Since Monday").waitFor();
      assert.equal(await page.locator("alcove-room-view").isVisible(), wide);
      await isFocused(page, "#thread-composer-text");
      await page.keyboard.type("Good to know");
      await page.keyboard.press("Enter");
      await thread.locator(".row", { hasText: "Good to know" }).waitFor();
      await page.keyboard.press("Escape");
      await thread.waitFor({ state: "detached" });
      await root.locator(".thread-summary", { hasText: "4 replies" }).waitFor();
      await page.waitForFunction(() => document.activeElement?.textContent?.includes("Let us talk about the shed."));
      assert.equal(await page.getByText("Good to know").count(), 1, "in the summary alone");
    }, { wide });
  });
}

test("a finger gets at the actions too", async () => {
  await open(related(), async (page) => {
    const cheese = row(page, "And I the cheese");
    await cheese.locator(".text").tap();
    await cheese.getByRole("button", { name: "More" }).tap();
    await page.getByRole("menuitem", { name: "Details" }).tap();
    await page.getByRole("dialog", { name: "Details" }).waitFor();
  }, { wide: false, touch: true });
});
