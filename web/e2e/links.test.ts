// Links to people, rooms and messages: made, drawn and followed.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { roomHash, roomId, withPage } from "./fake.js";
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
