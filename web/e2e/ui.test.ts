// Rooms, composer, dialogs, narrow pages: on the fake client.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { roomHash, roomId, withPage } from "./fake.js";
import { serveFake } from "./harness.js";

let server: Awaited<ReturnType<typeof serveFake>>;
before(async () => void (server = await serveFake()));
after(() => server.close());

const open = (path: string, act: (page: Page) => Promise<void>, options = {}) => withPage(`${server.url}/${path}`, options, act);
const composer = (page: Page) => page.getByLabel("Message to");
const text = (page: Page, body: string) => page.locator(".row .text", { hasText: body });

test("signing in says what is wrong, for the field that is", async () => {
  await open("?session=signedOut", async (page) => {
    const submit = page.getByRole("button", { name: "Sign in" });
    await page.getByLabel("User name").fill("ada");
    await page.getByLabel("Password").fill("wrong");
    for (const [address, words] of [["nowhere", "cannot be reached"], ["html.example", "does not answer like a Matrix homeserver"], ["sso.example", "does not sign in with a password"]] as const) {
      await page.getByLabel("Homeserver").fill(address);
      await submit.click();
      await page.locator("#homeserver-hint", { hasText: words }).waitFor();
      assert.equal(await page.getByLabel("Homeserver").getAttribute("aria-invalid"), "true");
    }
    await page.getByLabel("Homeserver").fill("example.org");
    await submit.click();
    await page.getByRole("alert").filter({ hasText: "Wrong user name or password." }).waitFor();
    await page.getByLabel("Password").fill("secret");
    await submit.click();
    await page.locator(".room-row").first().waitFor();
  });
});

test("1,200 rooms: few are drawn, all are reached, by scrolling and by keyboard", async () => {
  await open("?rooms=1200&latency=20", async (page) => {
    await page.locator(".room-row").first().waitFor();
    const scroll = page.locator(".rooms-scroll");
    for (let n = 0; n < 200 && (await page.locator("[aria-posinset='1200']").count()) === 0; n++) {
      await scroll.evaluate((element) => (element.scrollTop = element.scrollHeight));
      await page.waitForTimeout(40);
      assert.ok((await page.locator(".room-row").count()) < 60);
    }
    assert.equal(await page.locator("[aria-posinset='1200']").getAttribute("aria-setsize"), "1200");
    await scroll.evaluate((element) => (element.scrollTop = 0));
    await page.locator("[aria-posinset='1']").waitFor();
    assert.equal(await page.locator(".room-link[tabindex='0']").count(), 1);
    await page.getByLabel("Filter rooms").press("ArrowDown");
    await page.waitForFunction(() => document.activeElement?.classList.contains("room-link"));
    for (let n = 0; n < 25; n++) await page.keyboard.press("ArrowDown");
    await page.waitForFunction((id) => document.activeElement?.closest<HTMLElement>(".room-row")?.dataset["key"] === id, roomId(25));
    await page.keyboard.press("Home");
    await page.waitForFunction((id) => document.activeElement?.closest<HTMLElement>(".room-row")?.dataset["key"] === id, roomId(0));
  });
});

test("filters narrow the list, and say how many are left", async () => {
  await open("?rooms=100", async (page) => {
    await page.getByRole("radio", { name: "Favourites" }).check();
    await page.locator(".room-row", { hasText: "Alcove development" }).waitFor();
    await page.locator(`.room-row[data-key="${roomId(0)}"]`).waitFor({ state: "detached" });
    await page.getByRole("status").filter({ hasText: "17 rooms" }).waitFor({ state: "attached" });
    await page.getByRole("radio", { name: "All" }).check();
    await page.keyboard.press("Control+k");
    // Enter comes before the list has followed.
    await page.keyboard.type("choir");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Choir", level: 1 }).waitFor();
    await page.waitForFunction(() => document.activeElement?.id === "composer-text");
  });
});

test("an invitation is accepted or declined in its row", async () => {
  await open("", async (page) => {
    await page.getByRole("group", { name: "Garden" }).getByRole("button", { name: "Accept" }).click();
    await page.getByRole("heading", { name: "Garden", level: 1 }).waitFor();
    await composer(page).waitFor();
  });
});

test("Enter sends, Shift+Enter breaks the line, an input method keeps its Enter", async () => {
  await open(roomHash(2), async (page) => {
    await composer(page).fill("one");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("two");
    assert.equal(await composer(page).inputValue(), "one\ntwo");
    await composer(page).dispatchEvent("keydown", { key: "Enter", isComposing: true, bubbles: true, cancelable: true });
    assert.equal(await composer(page).inputValue(), "one\ntwo");
    await page.keyboard.press("Enter");
    await text(page, "one\ntwo").waitFor();
    assert.equal(await composer(page).inputValue(), "");
    assert.deepEqual(await page.evaluate(() => fake.typed), [true, false]);
  });
});

test("/me, /notice, // and a command that is none", async () => {
  await open(roomHash(2), async (page) => {
    await composer(page).fill("/me stretches");
    await page.keyboard.press("Enter");
    await page.locator(".text[data-kind='emote']", { hasText: "Ada Lovelace stretches" }).waitFor();
    await composer(page).fill("//me is a command");
    await page.keyboard.press("Enter");
    await text(page, "/me is a command").waitFor();
    await composer(page).fill("/dance now");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").filter({ hasText: "There is no command /dance." }).waitFor();
    assert.equal(await composer(page).inputValue(), "/dance now");
  });
});

test("a draft stays with its room, over other rooms and a reload", async () => {
  await open(roomHash(2), async (page) => {
    await composer(page).fill("half a thought");
    await page.locator(".room-link", { hasText: "Choir" }).first().click();
    await page.getByRole("heading", { name: "Choir", level: 1 }).waitFor();
    assert.equal(await composer(page).inputValue(), "");
    await page.goBack();
    await page.getByRole("heading", { name: "Alcove development", level: 1 }).waitFor();
    assert.equal(await composer(page).inputValue(), "half a thought");
    await page.reload();
    await composer(page).waitFor();
    assert.equal(await composer(page).inputValue(), "half a thought");
  });
});

test("a message that failed is sent again, or discarded", async () => {
  await open(roomHash(2), async (page) => {
    for (const [button, left] of [["Send again", 1], ["Discard", 0]] as const) {
      await composer(page).fill(`will /fail then ${button}`);
      await page.keyboard.press("Enter");
      await page.getByText("Not sent: You may not write in this room.").waitFor();
      await page.getByRole("button", { name: button }).click();
      await page.getByText("Not sent:").waitFor({ state: "detached" });
      assert.equal(await text(page, `then ${button}`).count(), left);
    }
  });
});

test("on a narrow page one pane shows, and the browser leads back", async () => {
  await open("", async (page) => {
    const link = page.locator(".room-link", { hasText: "Alcove development" });
    await link.click();
    await page.getByRole("heading", { name: "Alcove development", level: 1 }).waitFor();
    assert.equal(await link.isVisible(), false);
    await page.getByRole("button", { name: "Room details" }).click();
    await page.getByText("240 members").waitFor();
    await page.goBack();
    await composer(page).waitFor();
    await page.waitForFunction(() => document.activeElement?.id === "room-details");
    await page.getByRole("link", { name: "Back to rooms" }).click();
    await page.waitForFunction((id) => document.activeElement?.closest<HTMLElement>(".room-row")?.dataset["key"] === id, roomId(2));
    assert.equal(await composer(page).count(), 0);
  }, { wide: false });
});

test("Escape closes the details and gives the focus back, but takes it from nobody who was quicker", async () => {
  await open(roomHash(4), async (page) => {
    const details = page.locator(".details");
    const openDetails = async () => {
      await page.getByRole("button", { name: "Room details" }).click();
      await details.locator("h1").waitFor();
    };
    const isFocused = (id: string) => page.waitForFunction((wanted) => document.activeElement?.id === wanted, id);
    await openDetails();
    await page.keyboard.press("Escape");
    await details.waitFor({ state: "detached" });
    await isFocused("room-details");
    await openDetails();
    await page.evaluate(() => {
      document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true }));
      document.querySelector<HTMLElement>("#composer-text")?.focus();
    });
    await details.waitFor({ state: "detached" });
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    await isFocused("composer-text");
  });
});

test("a link to a room opens it, and going back leads to the rooms, not away", async () => {
  await open(roomHash(4), async (page) => {
    await page.getByRole("heading", { name: "Choir", level: 1 }).waitFor();
    await page.getByRole("link", { name: "Back to rooms" }).click();
    await page.locator(".room-row").first().waitFor();
    assert.equal(new URL(page.url()).hash, "#/");
  }, { wide: false });
});

test("dialogs give the focus back, and Escape closes them", async () => {
  await open("", async (page) => {
    for (const name of ["New conversation", "Settings", "Keyboard shortcuts"]) {
      const opener = page.getByRole("button", { name });
      await opener.focus();
      await page.keyboard.press("Enter");
      await page.getByRole("dialog", { name }).waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
      assert.equal(await opener.evaluate((element) => element === document.activeElement), true, name);
    }
  });
});

test("a dialog that closes takes the focus from nobody who was quicker", async () => {
  await open(roomHash(7), async (page) => {
    await page.getByRole("button", { name: "Keyboard shortcuts" }).click();
    const focused = await page.evaluate(async () => {
      const dialog = document.querySelector("dialog")!;
      const closed = new Promise((resolve) => dialog.addEventListener("close", resolve));
      dialog.close();
      document.querySelector<HTMLElement>("#composer-text")?.focus();
      await closed;
      return document.activeElement?.id;
    });
    assert.equal(focused, "composer-text");
  });
});

test("shortcuts: rooms above and below, the list of shortcuts", async () => {
  await open(roomHash(4), async (page) => {
    await page.getByRole("heading", { name: "Choir", level: 1 }).waitFor();
    await page.keyboard.press("Alt+ArrowDown");
    await page.getByRole("heading", { name: "Allotment 14", level: 1 }).waitFor();
    await page.keyboard.press("Alt+ArrowUp");
    await page.getByRole("heading", { name: "Choir", level: 1 }).waitFor();
    await page.keyboard.press("Control+/");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  });
});

test("the theme is chosen, and stays", async () => {
  await open("", async (page) => {
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByRole("radio", { name: "Dark" }).check();
    assert.notEqual(await ground(), light);
    const dark = await ground();
    await page.reload();
    await page.locator(".room-row").first().waitFor();
    assert.equal(await ground(), dark);
  });
});

test("logging out warns of what was not sent, and forgets drafts", async () => {
  await open(`?unsent${roomHash(2)}`, async (page) => {
    await composer(page).fill("a secret");
    await page.getByRole("button", { name: "Settings" }).click();
    await page.getByRole("button", { name: "Log out" }).click();
    await page.getByRole("dialog", { name: "Log out?" }).getByRole("button", { name: "Log out" }).click();
    await page.getByText("were not sent yet").waitFor();
    await page.getByRole("button", { name: "Log out and lose them" }).click();
    await page.getByLabel("Password").waitFor();
    assert.equal(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes("draft")).length), 0);
  });
});

test("what goes wrong with the connection or the storage is said", async () => {
  await open(roomHash(2), async (page) => {
    const said = page.locator(".banners");
    const steps: readonly (readonly [object, RegExp])[] = [
      [{ sync: "offline" }, /cannot be reached/],
      [{ sync: "failing", error: { code: "server.error", message: "", recoverable: true } }, /has a problem/],
      [{ sync: "paused", error: undefined }, /storage of this browser is full/],
      [{ sync: "live", core: "restarting" }, /starting again/],
      [{ core: "failed", error: { code: "storage.fenced", message: "", recoverable: false } }, /another tab/],
    ];
    for (const [change, words] of steps) {
      await page.evaluate((change) => fake.session(change), change);
      await said.filter({ hasText: words }).waitFor();
    }
    await page.evaluate(() => fake.session({ core: "running", sync: "live", error: undefined }));
    await page.waitForFunction(() => document.querySelector(".banners")?.textContent?.trim() === "");
  });
});
