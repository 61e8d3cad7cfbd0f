// Links to people, rooms and messages: made, drawn and followed.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { expectAccessible, roomHash, roomId, withPage } from "./fake.js";
import { serveFake } from "./harness.js";

let server: Awaited<ReturnType<typeof serveFake>>;
before(async () => void (server = await serveFake()));
after(() => server.close());

const open = (path: string, act: (page: Page) => Promise<void>) => withPage(`${server.url}/${path}`, {}, act);
const to = "https://matrix.to/#/";

test("a message's link and a room's are copied, and it is said", async () => {
  await open(roomHash(2, "/details"), async (page) => {
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    const copied = () => page.evaluate(() => navigator.clipboard.readText());
    await page.getByRole("button", { name: "Copy a link" }).click();
    await page.getByRole("status").getByText("The link is copied.").waitFor();
    assert.equal(await copied(), `${to}${encodeURIComponent(roomId(2))}?via=example.org`);
    const row = page.locator(".row[data-kind='message']").last();
    const id = await row.getAttribute("data-key");
    await row.focus();
    await row.getByRole("button", { name: "More", exact: true }).click();
    await page.getByRole("menuitem", { name: "Copy a link to it" }).press("Enter");
    await page.locator("alcove-timeline").getByText("The link is copied.").waitFor({ state: "attached" });
    assert.equal(await copied(), `${to}${encodeURIComponent(roomId(2))}/${encodeURIComponent(id?.replace("event ", "$event") ?? "")}?via=example.org`);
  });
});

const title = (page: Page, name: string) => page.getByRole("heading", { name, level: 1 }).waitFor();
const hash = (page: Page) => page.evaluate(() => location.hash);
const linkHash = (uri: string) => `#/link/${encodeURIComponent(uri)}`;
const opened = (page: Page) => page.context().pages().length;

/** Says something in the room that is shown, and returns its text. */
async function say(page: Page, body: string) {
  await page.locator(".row").last().waitFor();
  await page.evaluate(([id, body]) => fake.event(id, { content: { msgtype: "m.text", body } }), [roomId(2), body] as const);
  const text = page.locator(".row").last().locator(".text");
  await text.locator("a").first().waitFor();
  return text;
}

test("2-46: a known room's pill has its name and opens here, by keyboard too, and a message's leads to the message", async () => {
  await open(roomHash(2), async (page) => {
    const text = await say(page, `see ${to}${roomId(4)}?via=example.org and matrix:roomid/room5:example.org/e/event350`);
    await text.getByRole("link", { name: "Choir", exact: true }).press("Enter");
    await title(page, "Choir");
    assert.equal(await hash(page), roomHash(4));
    await page.goBack();
    await page.locator(".row").last().getByRole("link", { name: /^Message in / }).click();
    await page.waitForFunction((wanted) => location.hash === wanted, roomHash(5, "/event/%24event350"));
    assert.equal(opened(page), 1);
  });
});

test("E-10: what only looks like matrix.to is an ordinary link out of the page", async () => {
  await open(roomHash(2), async (page) => {
    const text = await say(page, "https://evilmatrix.to/#/@ada:example.org");
    assert.equal(await text.locator(".pill").count(), 0);
    const link = text.getByRole("link");
    assert.deepEqual([await link.getAttribute("target"), await link.getAttribute("href")], ["_blank", "https://evilmatrix.to/#/@ada:example.org"]);
  });
});

test("a mention in plain text is named as in the room; a chat is asked for, and one that exists is used again", async () => {
  await open(roomHash(2), async (page) => {
    const text = await say(page, "ask @user3:example.org or @user9:example.org");
    const [known = "", other = ""] = await page.evaluate(() => [3, 9].map((n) => document.querySelector(`.pill[title="@user${n}:example.org"]`)?.textContent ?? ""));
    assert.ok(known && other);
    await text.locator(".pill").nth(1).getByText("@user9", { exact: false }).waitFor({ state: "detached" });
    await text.locator(".pill").nth(1).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("@user9:example.org").first().waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    assert.equal(await page.evaluate(() => fake.created), undefined);
    await text.locator(".pill").nth(1).press("Enter");
    await dialog.getByRole("button", { name: "Start a chat" }).click();
    await dialog.waitFor({ state: "detached" });
    assert.deepEqual(await page.evaluate(() => (fake.created as { invite?: unknown }).invite), ["@user9:example.org"]);
    await page.goto(`${server.url}/${linkHash("matrix:u/user3:example.org?action=chat")}`);
    await page.waitForFunction((wanted) => location.hash === wanted, roomHash(3));
    assert.equal(await dialog.count(), 0);
  });
});

test("2-46: the page takes matrix: links from the browser; a room is joined after a question, and Escape cancels", async () => {
  const uri = "web+matrix:r/far-join:example.net?action=join&via=example.net";
  const manifest = (await (await fetch(`${server.url}/manifest.webmanifest`)).json()) as { protocol_handlers: { protocol: string; url: string }[] };
  const handler = manifest.protocol_handlers.find(({ protocol }) => protocol === "web+matrix")?.url ?? "";
  await open(handler.slice(1).replace("%s", encodeURIComponent(uri)), async (page) => {
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("heading", { name: "Far away" }).waitFor();
    assert.equal(await hash(page), "#/");
    await expectAccessible(page, "a room to join");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    assert.deepEqual(await page.evaluate(() => fake.joined), []);
    await page.goto(`${server.url}/${linkHash(uri)}`);
    await dialog.getByRole("button", { name: "Join" }).click();
    await dialog.waitFor({ state: "detached" });
    assert.deepEqual(await page.evaluate(() => fake.joined), [{ id: "!far:example.net", via: ["example.net"] }]);
    assert.equal(await hash(page), "#/room/!far%3Aexample.net");
    await page.goto(`${server.url}/${linkHash("matrix:r/far-invite:example.net")}`);
    await dialog.getByText("By invitation only").waitFor();
    assert.equal(await dialog.getByRole("button", { name: "Join" }).count(), 0);
    await page.keyboard.press("Escape");
    await page.goto(`${server.url}/${linkHash("matrix:r/nowhere:example.net")}`);
    await dialog.getByRole("alert").getByText("Nothing is known of this room.").waitFor();
  });
});

const where = (page: Page, wanted: string) => page.waitForFunction((wanted) => location.hash === wanted, wanted);
const held = (page: Page, name: string) => page.waitForFunction((name) => document.activeElement?.textContent?.trim() === name, name);

test("2-46: a message in a room that one joins is opened; its servers and those of the link are asked, and its space is looked into", async () => {
  await open(linkHash("matrix:roomid/far-join:example.net/e/there?via=one.example"), async (page) => {
    await held(page, "Join");
    await page.keyboard.press("Enter");
    await where(page, "#/room/!far%3Aexample.net/event/%24there");
    assert.deepEqual(await page.evaluate(() => fake.joined), [{ id: "!far:example.net", via: ["one.example", "example.net"] }]);
    await page.goto(`${server.url}/${linkHash("matrix:roomid/far-space:example.net")}`);
    await page.getByRole("dialog").getByRole("button", { name: "Join" }).click();
    await where(page, "#/space/!far%3Aexample.net");
  });
});

test("a key that is held since it followed a link answers nothing", async () => {
  await open(roomHash(2), async (page) => {
    await (await say(page, "see #far-join:example.net")).getByRole("link").focus();
    await page.keyboard.down("Enter");
    await held(page, "Join");
    await page.keyboard.down("Enter");
    assert.equal(await page.locator("dialog [aria-disabled='true']").count(), 0);
    await page.keyboard.up("Enter");
    await page.keyboard.press("Enter");
    await where(page, "#/room/!far%3Aexample.net");
    assert.equal(await page.evaluate(() => fake.joined.length), 1);
  });
});

test("of a room that is not shown there is its name, and one can try to join it; what goes wrong is said", async () => {
  await open(linkHash("matrix:r/nowhere:example.net?via=one.example"), async (page) => {
    const dialog = page.getByRole("dialog");
    await dialog.getByText("#nowhere:example.net", { exact: true }).waitFor();
    await expectAccessible(page, "a room that is not shown");
    await dialog.getByRole("button", { name: "Join #nowhere:example.net" }).click();
    await dialog.getByRole("alert").getByText("The homeserver does not know this.").waitFor();
    assert.deepEqual(await page.evaluate(() => fake.joined), [{ id: "#nowhere:example.net", via: ["one.example"] }]);
  });
});

test("a link to a room that one has to ask for takes the reason; one for members of another room names it", async () => {
  await open(linkHash("matrix:roomid/Newsletter:elsewhere.example"), async (page) => {
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Ask to join Newsletter" }).click();
    await dialog.getByLabel("Why you would like to join").fill("I grow leeks");
    await page.keyboard.press("Enter");
    await dialog.getByRole("button", { name: "Take back asking to join Newsletter" }).waitFor();
    await page.goto(`${server.url}/?spaces${linkHash("matrix:roomid/Committee:elsewhere.example")}`);
    await dialog.getByRole("button", { name: "Show whose members may join Committee" }).click();
    await dialog.getByRole("link", { name: "Open Neighbourhood" }).waitFor();
  });
});

test("of a room that takes long a dialog says that it is looked for; one that is known then is gone to, unless the dialog was closed", async () => {
  const latency = 2_000;
  const known = linkHash("matrix:roomid/room4:example.org/e/event350");
  await open(`?latency=${latency}${roomHash(2)}`, async (page) => {
    const looking = page.getByRole("status").getByText("Asking what there is to know");
    await page.evaluate((known) => void (location.hash = known), known);
    await looking.waitFor();
    await page.keyboard.press("Escape");
    await looking.waitFor({ state: "detached" });
    await page.evaluate((latency) => new Promise((resolve) => setTimeout(resolve, latency)), latency); // by then the answer came
    assert.equal(await hash(page), roomHash(2));
    await page.evaluate((known) => void (location.hash = known), known);
    await looking.waitFor();
    await where(page, roomHash(4, "/event/%24event350"));
    await page.getByRole("dialog").waitFor({ state: "detached" });
  });
});

test("who closes the dialog while they join stays where they are", async () => {
  const latency = 1_000;
  await open(`?latency=${latency}${linkHash("matrix:r/far-join:example.net")}`, async (page) => {
    await page.getByRole("dialog").getByRole("button", { name: "Join" }).click();
    await page.waitForFunction(() => document.querySelector("dialog .entry [aria-disabled='true']"));
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => fake.joined.length === 1);
    await page.evaluate((latency) => new Promise((resolve) => setTimeout(resolve, latency)), latency);
    assert.equal(await hash(page), "#/");
  });
});

test("a link that is none leads nowhere", async () => {
  await open(linkHash("https://evil.example/"), async (page) => {
    await page.locator(".room-none").waitFor();
    assert.equal(await page.getByRole("dialog").count(), 0);
  });
});

test("a pill keeps its name while the message around it is drawn again", async () => {
  await open(roomHash(2), async (page) => {
    const pill = (await say(page, "ask @user9:example.org")).locator(".pill");
    await pill.getByText("@user9").waitFor({ state: "detached" });
    const name = await pill.innerText();
    for (let n = 0; n < 5; n++) {
      await page.evaluate(() => document.querySelector<HTMLElement & { requestUpdate(): void; updateComplete: Promise<unknown> }>("alcove-timeline")?.requestUpdate());
      await page.locator(".row").last().hover();
      assert.equal(await pill.innerText(), name);
    }
  });
});
