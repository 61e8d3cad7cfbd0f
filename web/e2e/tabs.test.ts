// Two tabs on one account, on the fake client: what they share, what a page
// forgets when the account goes, and that a hand-over is not seen.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { roomHash, roomId, withPage } from "./fake.js";
import { serveFake } from "./harness.js";

let server: Awaited<ReturnType<typeof serveFake>>;
before(async () => void (server = await serveFake()));
after(() => server.close());

const composer = (page: Page) => page.getByLabel("Message to");
const text = (page: Page, body: string) => page.locator(".row .text", { hasText: body });
const value = (page: Page, wanted: string) =>
  page.waitForFunction((wanted) => document.querySelector<HTMLTextAreaElement>("#composer-text")?.value === wanted, wanted);
const drafts = (page: Page) => page.evaluate(() => Object.entries(localStorage).filter(([key]) => key.includes("draft")));
const signedOut = { state: "signedOut", sync: "stopped", userId: undefined, deviceId: undefined, homeserver: undefined };

/** Two pages of one browser, both in the same room. */
const withTwo = (act: (one: Page, two: Page) => Promise<void>) =>
  withPage(`${server.url}/${roomHash(2)}`, {}, async (one) => {
    await composer(one).waitFor();
    const two = await one.context().newPage();
    await two.goto(one.url());
    await composer(two).waitFor();
    await act(one, two);
  });

test("a draft is the same in both tabs, and sent once it is gone from both", async () => {
  await withTwo(async (one, two) => {
    await composer(one).fill("half a");
    await value(two, "half a");
    await composer(two).pressSequentially(" thought");
    await value(one, "half a thought");
    await composer(one).press("Enter");
    await value(two, "");
    assert.deepEqual(await drafts(two), []);
    assert.deepEqual(await two.evaluate(() => fake.typed), [true], "following a draft is not typing");
  });
});

test("sending in one tab takes nothing from another that has written on", async () => {
  await withTwo(async (one, two) => {
    await composer(one).fill("hello");
    await value(two, "hello");
    const key = await one.evaluate(() => Object.keys(localStorage).find((key) => key.includes("draft")) ?? "");
    // The tab that sends has not heard yet of what the other wrote on.
    await one.evaluate((key) => localStorage.setItem(key, "hello there"), key);
    await value(two, "hello there");
    await composer(one).press("Enter");
    await text(one, "hello").waitFor();
    assert.deepEqual(await drafts(one), [[key, "hello there"]]);
    // The tab that writes on hears late that what it had before was sent.
    await two.evaluate((key) => window.dispatchEvent(new StorageEvent("storage", { key, oldValue: "hello", newValue: null })), key);
    await composer(two).press("!");
    assert.deepEqual(await drafts(two), [[key, "hello there!"]]);
  });
});

test("when another tab logs out, nothing of the account stays on the page, and nothing comes back", async () => {
  await withTwo(async (one, two) => {
    await two.evaluate((id) => fake.room(id, { unread: 3 }), roomId(2));
    await two.waitForFunction(() => /^\(\d+\) Alcove development – Alcove$/.test(document.title));
    await composer(two).fill("will /fail");
    await composer(two).press("Enter");
    await two.getByText("Not sent").waitFor();
    await composer(two).fill("a whisper");
    await value(one, "a whisper");
    await two.getByRole("button", { name: "Settings" }).click();
    await two.getByText("@ada:example.org").waitFor();

    await one.evaluate((change) => fake.session(change), signedOut);
    await value(two, "");
    // The other tab's core is a moment late.
    await two.evaluate(() => {
      const field = document.querySelector<HTMLTextAreaElement>("#composer-text");
      if (field) field.value = "typed too late";
      field?.dispatchEvent(new Event("input"));
    });
    await two.evaluate((change) => fake.session(change), signedOut);
    for (const page of [one, two]) {
      await page.getByLabel("User name").waitFor();
      assert.deepEqual(await drafts(page), []);
      assert.equal(await page.getByRole("dialog").count(), 0);
      assert.equal(await page.title(), "Alcove");
      assert.equal(new URL(page.url()).hash, "#/");
      assert.equal(await page.evaluate(() => history.state), null);
      assert.doesNotMatch(await page.locator("html").innerHTML(), /ada|whisper|Alcove development|room2/i);
    }
    await two.getByRole("status").filter({ hasText: "You are signed out." }).waitFor({ state: "attached" });
  });
});

test("a message that fails after its account has gone leaves no draft", async () => {
  await withPage(`${server.url}/?refuses&latency=300${roomHash(2)}`, {}, async (page) => {
    await composer(page).fill("not stored");
    await composer(page).press("Enter");
    await page.evaluate((change) => fake.session(change), signedOut);
    await page.getByLabel("User name").waitFor();
    await page.waitForFunction(() => fake.refused === 1);
    assert.deepEqual(await drafts(page), []);
  });
});

test("another account finds nothing of the one before", async () => {
  await withPage(`${server.url}/${roomHash(2)}`, {}, async (page) => {
    await composer(page).fill("for Ada's eyes");
    await page.evaluate(() => fake.session({ userId: "@bob:example.org" }));
    await page.getByText("Choose a room").waitFor();
    assert.deepEqual(await drafts(page), []);
  });
});

test("a hand-over to another core is not seen, heard or felt", async () => {
  await withPage(`${server.url}/${roomHash(2)}`, {}, async (page) => {
    await composer(page).fill("in the middle of");
    await page.evaluate(() => {
      const seen: string[] = [];
      const place = () => JSON.stringify(document.querySelector(".row:last-child")?.getBoundingClientRect());
      const start = place();
      const look = () => {
        const greyed = document.getAnimations().some((one) => one instanceof CSSAnimation && one.animationName === "pale" && one.effect?.getComputedTiming().progress !== null && one.effect?.getComputedTiming().progress !== 0);
        if (greyed) seen.push("greyed");
        if (place() !== start) seen.push("moved");
        if (document.querySelector(".banners")?.textContent?.trim()) seen.push("told");
        if (document.activeElement?.id !== "composer-text") seen.push("lost focus");
        requestAnimationFrame(look);
      };
      look();
      Object.assign(globalThis, { seen });
    });
    for (const change of [{ core: "restarting" }, { core: "running", state: "restoring" }, { sync: "starting", state: "ready" }, { sync: "live" }]) {
      await page.evaluate((change) => {
        fake.stale(!("sync" in change && change.sync === "live"));
        fake.session(change);
      }, change);
      await page.waitForTimeout(200);
    }
    assert.deepEqual(await page.evaluate(() => [...new Set((globalThis as unknown as { seen: string[] }).seen)]), []);
  });
});

test("a core that stays away is told, quietly, and what was there stays", async () => {
  await withPage(`${server.url}/${roomHash(2)}`, {}, async (page) => {
    await composer(page).waitFor();
    await page.evaluate(() => fake.session({ core: "restarting" }));
    await page.getByRole("status").filter({ hasText: "starting again" }).waitFor();
    assert.ok((await page.locator(".row").count()) > 5);
    await page.evaluate(() => fake.session({ core: "running" }));
    await page.getByText("starting again").waitFor({ state: "detached" });
  });
});
