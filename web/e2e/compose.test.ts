// Writing: format, mentions, emoji, drafts.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { roomHash, withPage } from "./fake.js";
import { serveFake } from "./harness.js";

let server: Awaited<ReturnType<typeof serveFake>>;
before(async () => void (server = await serveFake()));
after(() => server.close());

const open = (act: (page: Page) => Promise<void>) => withPage(`${server.url}/${roomHash(2)}`, {}, act);
const composer = (page: Page) => page.getByLabel("Message to");

type Sent = { readonly body: string; readonly html?: string; readonly mentions?: object };

async function send(page: Page, text: string): Promise<Sent> {
  const before = await page.evaluate(() => fake.sent.length);
  await composer(page).fill(text);
  await page.keyboard.press("Enter");
  await page.waitForFunction((before) => fake.sent.length > before, before);
  const sent = (await page.evaluate(() => fake.sent.at(-1))) as Sent;
  return sent;
}

test("Markdown is sent as HTML beside what was typed; a text without marks is sent alone", async () => {
  await open(async (page) => {
    assert.equal((await send(page, "**yes** and `no`")).html, "<strong>yes</strong> and <code>no</code>");
    assert.equal((await send(page, "one\n\n- two\n- three")).html, "<p>one</p>\n<ul>\n<li>two</li>\n<li>three</li>\n</ul>");
    assert.equal((await send(page, "**<script>alert(1)</script>** <b>x</b>")).html, "<strong>&lt;script&gt;alert(1)&lt;/script&gt;</strong> &lt;b&gt;x&lt;/b&gt;");
    for (const plain of ["nothing to format", "see https://example.org/a_b_c", "5 < 6 > 4", "<b>not bold</b>", "snake_case_name", "a\nb", "#choir at 5", "2 * 3 = 6"]) {
      assert.equal((await send(page, plain)).html, undefined, plain);
    }
    assert.doesNotMatch((await send(page, "[go](javascript:alert(1)) *x*")).html ?? "", /javascript/);
  });
});

test("messages leave in the order in which they were written", async () => {
  await open(async (page) => {
    for (const text of ["**first**", "second", "*third*", "fourth"]) {
      await composer(page).fill(text);
      await page.keyboard.press("Enter");
    }
    await page.waitForFunction(() => fake.sent.length === 4);
    assert.deepEqual(await page.evaluate(() => fake.sent.map((one) => (one as { body: string }).body)), ["**first**", "second", "*third*", "fourth"]);
  });
});

test("a name is completed by keyboard, and whoever it is of is mentioned", async () => {
  await open(async (page) => {
    await composer(page).pressSequentially("hello @jo");
    const option = page.getByRole("option", { selected: true });
    await option.filter({ hasText: "Jonas" }).waitFor();
    assert.equal(await composer(page).getAttribute("aria-activedescendant"), await option.getAttribute("id"));
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    assert.match(await composer(page).inputValue(), /^hello @Jonas[^@]* $/);
    assert.equal(await page.getByRole("listbox").count(), 0);
    await page.keyboard.type("and 👍");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => fake.sent.length === 1);
    const sent = (await page.evaluate(() => fake.sent[0])) as Sent;
    const users = (sent.mentions as { users: string[] }).users;
    assert.equal(users.length, 1);
    assert.ok(sent.html?.includes(`<a href="https://matrix.to/#/${encodeURIComponent(users[0] ?? "")}">@Jonas`), sent.html);
    await page.locator(".row").last().locator(".pill").waitFor();
  });
});

test("Escape closes the list and keeps the text; a name that was taken out again mentions nobody", async () => {
  await open(async (page) => {
    await composer(page).pressSequentially("@mir");
    await page.getByRole("option").first().waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("listbox").waitFor({ state: "detached" });
    assert.equal(await composer(page).inputValue(), "@mir");
    await composer(page).pressSequentially("a");
    await page.getByRole("option").first().click();
    const sent = await send(page, "nobody");
    assert.equal(sent.mentions, undefined);
    assert.equal(sent.html, undefined);
  });
});

test("everybody is mentioned by who may", async () => {
  await open(async (page) => {
    await composer(page).pressSequentially("@roo");
    await page.getByRole("option", { name: "@room" }).click();
    assert.equal(await composer(page).inputValue(), "@room ");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => fake.sent.length === 1);
    assert.deepEqual(((await page.evaluate(() => fake.sent[0])) as Sent).mentions, { room: true });
  });
});

test("shortcodes become emoji, as a choice and as they are closed", async () => {
  await open(async (page) => {
    await composer(page).pressSequentially("well done :tad");
    await page.getByRole("option", { name: ":tada:" }).waitFor();
    await page.keyboard.press("Tab");
    assert.equal(await composer(page).inputValue(), "well done 🎉");
    await composer(page).pressSequentially(" :smile:");
    await page.waitForFunction(() => document.querySelector<HTMLTextAreaElement>("#composer-text")?.value === "well done 🎉 😄");
    await composer(page).pressSequentially(" 10:30: ok");
    assert.equal(await composer(page).inputValue(), "well done 🎉 😄 10:30: ok");
  });
});

test("the format is shown before it is sent, where it is asked for", async () => {
  await open(async (page) => {
    await composer(page).fill("**loud**");
    const toggle = page.getByRole("button", { name: "Show the formatted message" });
    await toggle.click();
    await page.locator(".composer-preview strong", { hasText: "loud" }).waitFor();
    await composer(page).fill("quiet");
    await page.locator(".composer-preview").waitFor({ state: "detached" });
    assert.equal(await toggle.getAttribute("aria-pressed"), "true");
  });
});

test("what marks and emoji need is loaded when they are written", async () => {
  await open(async (page) => {
    await page.locator(".row").last().waitFor();
    const chunks = () => page.evaluate(() => performance.getEntriesByType("resource").flatMap(({ name }) => /\/(markdown|_virtual_emoji|clean|picker|create-poll)-/.exec(name)?.[1] ?? []));
    assert.deepEqual(await chunks(), []);
    await send(page, "plain");
    assert.deepEqual(await chunks(), []);
    await send(page, "*marked*");
    assert.ok((await chunks()).includes("markdown"));
  });
});
