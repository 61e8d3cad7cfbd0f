// The service worker: starting without a network, and new versions.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Browser, failedRequests } from "./harness.js";
import { World } from "./real.js";

let world: World;
before(async () => void (world = await World.start()));
after(() => world.stop());

async function withBrowser(act: (browser: Browser) => Promise<void>): Promise<void> {
  const browser = new Browser();
  try {
    await browser.open();
    await act(browser);
    browser.check(failedRequests);
  } finally {
    await browser.end();
  }
}

test("the manifest's icons are there, in their sizes", async () => {
  const manifest = (await (await fetch(`${world.gate.url}/manifest.webmanifest`)).json()) as { icons: { src: string; sizes: string; type: string }[] };
  assert.ok(manifest.icons.length >= 4);
  for (const { src, sizes, type } of manifest.icons) {
    const response = await fetch(world.gate.url + src);
    assert.equal(response.headers.get("content-type"), type);
    const bytes = Buffer.from(await response.arrayBuffer());
    if (type === "image/png") assert.equal(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`, sizes);
  }
});

test("the page starts without a network after its first visit", async () => {
  await withBrowser(async ({ page }) => {
    await page.goto(world.gate.url);
    await page.getByLabel("Password").waitFor();
    await page.evaluate(() => navigator.serviceWorker.ready);
    await world.gate.cut();
    try {
      await page.reload();
      await page.getByLabel("Password").waitFor();
      assert.equal(await page.getByLabel("Homeserver").inputValue(), world.gate.url);
    } finally {
      await world.gate.open();
    }
  });
});

test("a new version waits until the user wants it, and disturbs nothing before", async () => {
  await withBrowser(async ({ page }) => {
    await page.goto(world.gate.url);
    await page.getByLabel("Password").waitFor();
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.reload();
    await page.getByLabel("User name").fill("half typed");
    world.gate.appended.set("/sw.js", "\n// newer");
    await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
    await page.getByText("A new version of Alcove is ready.").waitFor();
    assert.equal(await page.getByLabel("User name").inputValue(), "half typed");
    await Promise.all([page.waitForEvent("load"), page.getByRole("button", { name: "Reload now" }).click()]);
    await page.getByLabel("Password").waitFor();
    assert.equal(await page.evaluate(async () => (await navigator.serviceWorker.ready).waiting), null);
    assert.equal(await page.getByText("A new version of Alcove is ready.").count(), 0);
  });
});
