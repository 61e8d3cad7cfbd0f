// Formatted messages: what they look like, and what hostile ones may not do.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { roomHash, roomId, withPage } from "./fake.js";
import { serveFake } from "./harness.js";

let server: Awaited<ReturnType<typeof serveFake>>;
before(async () => void (server = await serveFake()));
after(() => server.close());

const open = (path: string, act: (page: Page) => Promise<void>) => withPage(`${server.url}/${path}`, {}, act);

/** Shows a formatted message, and returns what it became. */
async function show(page: Page, formatted: string, plain = "the plain text") {
  const row = page.locator(".row").last();
  await row.waitFor();
  const before = await row.getAttribute("data-key");
  await page.evaluate(([id, formatted, body]) => fake.event(id, { content: { msgtype: "m.text", body, format: "org.matrix.custom.html", formatted_body: formatted } }), [roomId(2), formatted, plain] as const);
  await page.waitForFunction((before) => [...document.querySelectorAll<HTMLElement>(".row")].at(-1)?.dataset["key"] !== before, before);
  return page.locator(".row").last().locator(".text");
}

const loaded = (page: Page) => page.locator(".formatted").first().waitFor();

test("nothing is loaded for it until a formatted message is there", async () => {
  await open(roomHash(2), async (page) => {
    await page.locator(".row").last().waitFor();
    const chunks = () => page.evaluate(() => performance.getEntriesByType("resource").filter(({ name }) => name.includes("/sanitize-")).length);
    assert.equal(await chunks(), 0);
    await show(page, "<b>bold</b>");
    await loaded(page);
    assert.equal(await chunks(), 1);
  });
});

test("hostile markup shows its words, runs nothing, loads nothing and keeps no style", async () => {
  const hostile = [
    `<script>globalThis.hit = 1</script>`, `<img src=x onerror="globalThis.hit = 1">`, `<img src="https://evil.example/a.png" alt="x">`,
    `<svg onload="globalThis.hit = 1"><script>globalThis.hit = 1</script></svg>`, `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=globalThis.hit=1&gt;">`,
    `<a href="javascript:globalThis.hit = 1">go</a>`, `<a href=" java\nscript:globalThis.hit=1">go</a>`, `<a href="data:text/html,<script>1</script>">go</a>`, `<a xlink:href="javascript:1" href="#/room/x">go</a>`,
    `<iframe src="https://evil.example/"></iframe>`, `<object data="https://evil.example/"></object><embed src="https://evil.example/">`, `<form action="https://evil.example/"><input name="a"><button>go</button></form>`,
    `<link rel="stylesheet" href="https://evil.example/"><style>* { display: none }</style>`, `<b style="position:fixed;inset:0;background:url(https://evil.example/)">b</b>`, `<b class="dialog" id="composer-text" data-key="x" tabindex="5" accesskey="a" contenteditable>b</b>`,
    `<base href="https://evil.example/">`, `<meta http-equiv="refresh" content="0;url=https://evil.example/">`, `<template><script>globalThis.hit = 1</script></template>`, `<noscript><p title="</noscript><img src=x onerror=globalThis.hit=1>">`,
    `<video src="https://evil.example/" autoplay></video><audio src="https://evil.example/"></audio>`, `<span data-mx-color="red;background:url(https://evil.example/)">c</span>`, `<font color="url(https://evil.example)">c</font>`,
    `<details open ontoggle="globalThis.hit = 1"><summary>s</summary></details>`, `<marquee onstart="globalThis.hit = 1">m</marquee>`, `<dialog open>d</dialog>`, `<alcove-app></alcove-app><x-y onclick="globalThis.hit=1">c</x-y>`,
    `<a href="https://matrix.to/#/@a:b">a</a>`.repeat(400), `<a href="matrix:roomid/x?${"&".repeat(99)}&quot;onclick=1"><b onclick="globalThis.hit = 1">c</b></a>`, `<ol start="1;globalThis.hit=1"><li>a</li></ol>`, `<form id="attributes"><input name="attributes"><img name="childNodes">`, `<mx-reply><b>quoted</b></mx-reply>said`, `<mx-reply><mx-reply>a</mx-reply>b</mx-reply>said`,
    "<div>".repeat(3_000) + "deep", "<b><i>".repeat(500) + "deep", "<table>".repeat(200) + "deep", "<blockquote>".repeat(99) + `<a href="https://example.org">in</a>`, "&".repeat(60_000), "<p>a".repeat(9_000),
  ];
  await withPage(`${server.url}/${roomHash(2)}`, {}, async (page, { problems }) => {
    const asked: string[] = [];
    await page.route(/evil\.example/, (route) => (asked.push(route.request().url()), route.abort()));
    await show(page, "<b>bold</b>");
    await loaded(page);
    for (const markup of hostile) {
      const text = await show(page, markup);
      const found = await text.evaluate((root) => {
        const allowed = new Set(["href", "target", "rel", "class", "title", "data-kind", "data-own", "start", "tabindex", "role", "aria-label", "aria-expanded", "type", "hidden", "dir", "aria-hidden", "data-tone", "data-size", "data-shape"]);
        const bad: string[] = [];
        let deepest = 0;
        for (const element of root.querySelectorAll(".formatted > div *")) {
          for (const { name } of element.attributes) if (!allowed.has(name)) bad.push(`${element.localName} ${name}`);
          if (!/^(alcove-pill|a|b|bdi|blockquote|br|caption|code|del|details|div|em|font|hr|i|li|ol|p|pre|s|span|strike|strong|sub|summary|sup|table|tbody|td|th|thead|tr|u|ul|button)$/.test(element.localName)) bad.push(element.localName);
          if (element instanceof HTMLAnchorElement && !/^(https?|ftp|mailto|magnet):|#\/link\/(matrix%3A|https%3A%2F%2Fmatrix\.to%2F%23%2F)/.test(element.getAttribute("href") ?? "")) bad.push(element.outerHTML);
          let depth = 0;
          for (let one: Element | null = element; one && one !== root; one = one.parentElement) depth++;
          deepest = Math.max(deepest, depth);
        }
        return { bad, deepest, text: root.textContent?.trim() ?? "", hit: "hit" in globalThis };
      });
      assert.deepEqual(found.bad, [], markup.slice(0, 200));
      assert.ok(found.deepest <= 110, `${markup.slice(0, 60)} is ${found.deepest} deep`);
      assert.ok(found.text.length > 0, `${markup.slice(0, 60)} shows nothing`);
      assert.equal(found.hit, false, markup.slice(0, 200));
    }
    assert.deepEqual(asked, []);
    // The page's policy tells of what it would stop in a document that is only parsed.
    const told = problems.filter((problem) => /violates the following Content Security Policy/.test(problem));
    for (const one of told) problems.splice(problems.indexOf(one), 1);
  });
});

test("what a reply answers is not said again", async () => {
  await open(roomHash(2), async (page) => {
    const text = await show(page, "<mx-reply><blockquote>quoted</blockquote></mx-reply><p>said <mx-reply>within</mx-reply></p>");
    await loaded(page);
    assert.equal((await text.innerText()).trim(), "said within");
  });
});

test("a spoiler opens and closes by keyboard, and hides its words until then", async () => {
  await open(roomHash(2), async (page) => {
    const text = await show(page, `It is <span data-mx-spoiler="where">under <a href="https://example.org">the pot</a></span>.`);
    const button = text.getByRole("button", { name: "Spoiler: where" });
    await button.waitFor();
    assert.doesNotMatch(await text.innerText(), /pot/);
    await button.press("Enter");
    assert.equal(await button.getAttribute("aria-expanded"), "true");
    await text.getByRole("link", { name: "the pot" }).waitFor();
    await button.press("Space");
    assert.doesNotMatch(await text.innerText(), /pot/);
  });
});

test("links to people and rooms are pills, and who wrote them does not say what they are called", async () => {
  await open(roomHash(2), async (page) => {
    const to = "https://matrix.to/#/";
    const text = await show(page, `<a href="${to}@ada:example.org">Nobody</a> <a href="matrix:u/user3:example.org">Theo</a> <a href="${to}${roomId(4)}">Bank</a> <a href="https://example.org/">web</a>`);
    await loaded(page);
    assert.equal(await text.locator(".pill").count(), 3);
    await text.locator(".pill[data-own]").getByText("Ada Lovelace", { exact: true }).waitFor();
    assert.equal(await text.getByRole("link", { name: "web" }).getAttribute("rel"), "noopener noreferrer nofollow");
    await text.getByRole("link", { name: "Choir" }).click();
    await page.getByRole("heading", { name: "Choir", level: 1 }).waitFor();
  });
});

test("a sender chooses a hue, and not how well it can be read", async () => {
  await open(roomHash(2), async (page) => {
    const text = await show(page, `<font color="#ffff00">a</font><span data-mx-color="#ffffff" data-mx-bg-color="#fffffe">b</span>`);
    await loaded(page);
    for (const scheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      const lightness = await text.locator(".inked").evaluateAll((all) => all.map((one) => Number(/oklch\(([\d.]+)/.exec(getComputedStyle(one).color)?.[1])));
      assert.equal(lightness.length, 2);
      for (const l of lightness) assert.ok(scheme === "light" ? l <= 0.45 : l >= 0.78, `${l} in ${scheme}`);
    }
  });
});
