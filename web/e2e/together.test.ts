// Several tabs on one account, with the real core and a real homeserver.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { failedRequests } from "./harness.js";
import { message, openRoom, signIn, World, write, type Account } from "./real.js";
import { Three } from "./three.js";

let world: World;
let alice: Account;
let bob: Account;

before(async () => {
  world = await World.start();
  [alice, bob] = await Promise.all([world.account("alice"), world.account("bob")]);
});
after(() => world.stop());

async function sharedRoom(name: string): Promise<string> {
  const room = await bob.createRoom(name, [alice]);
  await alice.join(room);
  return room;
}

async function withThree(name: string, act: (three: Three, room: string) => Promise<void>): Promise<void> {
  const room = await sharedRoom(name);
  const three = await Three.open(world, alice, name, room);
  try {
    await act(three, room);
    three.browser.check(failedRequests);
  } finally {
    world.gate.loses = () => false;
    await three.browser.end();
  }
}

/** The stores of all databases that hold anything. A new database waits for the next account. */
async function stored(): Promise<string[]> {
  const settled = <T>(request: IDBRequest<T>) => new Promise<T>((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const found: string[] = [];
  for (const { name } of await indexedDB.databases()) {
    if (!name || name === "alcove-keys") continue;
    const db = await settled(indexedDB.open(name));
    const stores = [...db.objectStoreNames];
    const tx = db.transaction(stores);
    for (const store of stores) if (await settled(tx.objectStore(store).count())) found.push(store);
    db.close();
  }
  return found;
}

/** Notes every banner that a page ever shows from now on. */
const listen = (page: Page) =>
  page.evaluate(() => {
    const told: string[] = [];
    Object.assign(globalThis, { told });
    const look = () => {
      const text = document.querySelector(".banners")?.textContent?.trim();
      if (text && told.at(-1) !== text) told.push(text);
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
const told = (page: Page) => page.evaluate(() => (globalThis as unknown as { told: string[] }).told);

/** Sets "battery staple", and leaves the settings open. */
async function setPassphrase(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Set a passphrase" }).click();
  await page.getByLabel("New passphrase", { exact: true }).fill("battery staple");
  await page.getByLabel("New passphrase, once more").fill("battery staple");
  await page.getByRole("button", { name: "Set the passphrase" }).click();
}

test("three tabs have one core; what is written in each is in all of them, once", async () => {
  await withThree("One core", async (three, room) => {
    await three.leader();
    for (const [n, page] of three.tabs.entries()) await write(page, `from tab ${n}`);
    await bob.say(room, "from Bob");
    for (const page of three.tabs) {
      for (const text of ["from tab 0", "from tab 1", "from tab 2", "from Bob"]) await message(page, text).waitFor();
      await page.waitForFunction(() => !document.querySelector(".send-state"));
      assert.equal(await page.locator(".row .text", { hasText: "from tab" }).count(), 3);
    }
    assert.deepEqual((await bob.read(room)).filter((body) => body.startsWith("from tab")).sort(), ["from tab 0", "from tab 1", "from tab 2"]);
  });
});

test("the leader is closed while it sends: the message arrives once, the others go on unmoved", async () => {
  await withThree("Hand-over", async (three, room) => {
    const leader = await three.leader();
    world.gate.loses = three.isSend;
    await write(leader, "sent while closing");
    // The server has it; nobody in the browser knows.
    await world.gate.until(three.isSend, world.gate.lost);
    world.gate.loses = () => false;
    const others = three.tabs.filter((tab) => tab !== leader);
    for (const page of others) await listen(page);
    await three.close(leader);

    await three.leader();
    for (const page of others) {
      await message(page, "sent while closing").waitFor();
      await page.waitForFunction(() => !document.querySelector(".send-state"));
    }
    for (const [n, page] of others.entries()) await write(page, `after it, from ${n}`);
    await bob.say(room, "and Bob");
    for (const page of others) {
      for (const text of ["after it, from 0", "after it, from 1", "and Bob"]) await message(page, text).waitFor();
      assert.equal(await message(page, "sent while closing").count(), 1);
      assert.deepEqual(await told(page), []);
    }
    assert.equal((await bob.read(room)).filter((body) => body === "sent while closing").length, 1);
  });
});

test("what was sent from a tab that is gone at once is sent, or a draft in the others", async () => {
  await withThree("Last words", async (three) => {
    const leader = await three.leader();
    const order = [...three.tabs].sort((one) => (one === leader ? -1 : 1)); // so that the second leaves with nobody to take its message
    const isThere = (page: Page, n: number) => page.waitForFunction((text) => {
      const sent = [...document.querySelectorAll(".row .text")].some((row) => row.textContent?.includes(text));
      return sent || document.querySelector<HTMLTextAreaElement>("#composer-text")?.value.includes(text);
    }, `last words ${n}`);
    for (const [n, page] of order.slice(0, 2).entries()) {
      for (let before = 0; before < n; before++) await isThere(page, before);
      const composer = page.getByLabel("Message to");
      await composer.press("End");
      await composer.pressSequentially(`last words ${n}.`);
      await page.evaluate(() => document.querySelector<HTMLFormElement>("form.composer")?.requestSubmit());
      await three.close(page);
    }
    const [last] = three.tabs;
    assert.ok(last);
    for (const n of [0, 1]) await isThere(last, n);
  });
});

test("the leader is reloaded, the next one crashes: the others see nothing of it", async () => {
  await withThree("Trouble", async (three, room) => {
    const first = await three.leader();
    await first.getByLabel("Message to").fill("half a thought");
    const others = three.tabs.filter((tab) => tab !== first);
    for (const page of others) await listen(page);
    await first.reload();
    await first.getByLabel("Message to").waitFor();
    assert.equal(await first.getByLabel("Message to").inputValue(), "half a thought");
    const second = await three.leader();
    assert.notEqual(second, first);

    await three.crash(second);
    await three.leader();
    await bob.say(room, "still there?");
    for (const page of three.tabs) await message(page, "still there?").waitFor();
    for (const page of three.tabs.filter((tab) => tab !== first)) assert.deepEqual(await told(page), []);
  });
});

test("logging out in one tab leaves nothing in any", async () => {
  await withThree("Gone", async (three) => {
    const [one, two, rest] = three.tabs as [Page, Page, Page];
    await two.evaluate(() => navigator.serviceWorker.ready);
    await two.getByLabel("Message to").fill("a draft that must go");
    await rest.getByRole("button", { name: "Settings" }).click();
    await one.getByRole("button", { name: "Settings" }).click();
    await one.getByRole("button", { name: "Log out" }).click();
    await one.locator("dialog").getByRole("button", { name: "Log out" }).click();
    for (const page of three.tabs) {
      await page.getByLabel("Password").waitFor();
      assert.equal(await page.title(), "Alcove");
      assert.equal(new URL(page.url()).hash, "#/");
      assert.doesNotMatch(await page.locator("html").innerHTML(), new RegExp(`${alice.username}|Gone|a draft`));
      assert.deepEqual(await page.evaluate(() => [history.state, sessionStorage.length, localStorage.length]), [null, 0, 0]);
    }
    assert.deepEqual((await one.evaluate(stored)).filter((store) => store !== "_epoch" && store !== "meta"), []);
    const shell = /^\/$|^\/(assets\/|icon|manifest|config\.json)/;
    const kept = await one.evaluate(async () => {
      const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
      return (await Promise.all(caches_.map((cache) => cache.keys()))).flat().map(({ url }) => new URL(url).pathname);
    });
    assert.ok(kept.length > 0);
    assert.deepEqual(kept.filter((path) => !shell.test(path)), []);
  });
});

test("signing in in one tab signs in all", async () => {
  await sharedRoom("Everywhere");
  const browser = await signIn(world, alice);
  try {
    const one = browser.page;
    await one.getByRole("button", { name: "Settings" }).click();
    await one.getByRole("button", { name: "Log out" }).click();
    await one.locator("dialog").getByRole("button", { name: "Log out" }).click();
    const two = await one.context().newPage();
    await two.goto(world.gate.url);
    for (const page of [one, two]) await page.getByLabel("Password").waitFor();
    await two.getByLabel("User name").fill(alice.username);
    await two.getByLabel("Password").fill(alice.password);
    await two.getByRole("button", { name: "Sign in" }).click();
    for (const page of [one, two]) await page.locator(".room-row", { hasText: "Everywhere" }).waitFor();
    browser.check(failedRequests);
  } finally {
    await browser.end();
  }
});

test("what is unread is in the title of every tab, and read in one it is read in all", async () => {
  const room = await sharedRoom("Unread");
  const browser = await signIn(world, alice);
  try {
    const one = browser.page;
    await one.locator(".room-row", { hasText: "Unread" }).waitFor();
    const two = await one.context().newPage();
    await two.goto(world.gate.url);
    await two.locator(".room-row", { hasText: "Unread" }).waitFor();
    const before = await two.title();
    await bob.say(room, "look here");
    for (const page of [one, two]) await page.waitForFunction((before) => document.title !== before && /^\(\d+\) Alcove$/.test(document.title), before);
    await one.bringToFront();
    await openRoom(one, "Unread");
    await message(one, "look here").waitFor();
    await two.waitForFunction((before) => document.title === before, before);
    browser.check(failedRequests);
  } finally {
    await browser.end();
  }
});

test("a passphrase locks all tabs, also after a reload, and opens all of them", async () => {
  await withThree("Under lock", async (three, room) => {
    const [one, two] = three.tabs as [Page, Page, Page];
    await setPassphrase(one);
    await one.getByRole("button", { name: "Lock now" }).click();
    const locked = async (page: Page) => {
      await page.getByLabel("Passphrase").waitFor();
      assert.equal(await page.title(), "Alcove");
      assert.doesNotMatch(await page.locator("html").innerHTML(), new RegExp(`${alice.username}|Under lock`));
    };
    for (const page of three.tabs) await locked(page);
    await two.reload();
    await locked(two);
    await two.getByLabel("Passphrase").fill("another one");
    await two.keyboard.press("Enter");
    await two.getByText("This is not the passphrase.").waitFor();
    await two.getByLabel("Passphrase").fill("battery staple");
    await two.keyboard.press("Enter");
    await bob.say(room, "open again");
    for (const page of three.tabs) await message(page, "open again").waitFor();
    await three.leader();
  });
});

test("a lock that nobody can open is left in all tabs by removing everything, and another sign-in works", async () => {
  await withThree("Forgotten", async (three) => {
    const [one, two] = three.tabs as [Page, Page, Page];
    await setPassphrase(one);
    await one.getByRole("button", { name: "Lock now" }).click();
    await two.getByRole("button", { name: "Sign out and remove everything" }).click();
    await two.getByRole("dialog").getByRole("button", { name: "Remove everything" }).click();
    for (const page of three.tabs) {
      await page.getByLabel("User name").waitFor();
      assert.equal(new URL(page.url()).hash, "#/");
    }
    await one.getByLabel("User name").fill(alice.username);
    await one.getByLabel("Password").fill(alice.password);
    await one.getByRole("button", { name: "Sign in" }).click();
    for (const page of three.tabs) await page.locator(".room-row", { hasText: "Forgotten" }).waitFor();
  });
});

test("what the browser lost is said in all tabs, and a sign-in brings rooms and messages back to them", async () => {
  await withThree("Lost", async (three, room) => {
    await bob.say(room, "before the loss");
    for (const page of three.tabs) await message(page, "before the loss").waitFor();
    const [one, ...rest] = three.tabs as [Page, Page, Page];
    for (const page of rest) await three.close(page);
    await one.goto("about:blank");
    // As a browser that is short of space does it: the databases go, localStorage stays.
    const away = await one.context().newPage();
    await away.goto(`${world.gate.url}/icon.svg`);
    await away.evaluate(async () => {
      for (const { name } of await indexedDB.databases()) {
        const gone = indexedDB.deleteDatabase(name ?? "");
        await new Promise((resolve) => (gone.onsuccess = resolve));
      }
    });
    await away.goto(world.gate.url);
    await one.goto(world.gate.url);
    for (const page of [one, away]) {
      await page.getByText("The browser has lost what Alcove stored here").waitFor();
      assert.equal(await page.getByLabel("User name").inputValue(), alice.id);
    }
    await one.getByLabel("Password").fill(alice.password);
    await one.getByRole("button", { name: "Sign in" }).click();
    for (const page of [one, away]) await openRoom(page, "Lost");
    for (const page of [one, away]) await message(page, "before the loss").waitFor();
  });
});
