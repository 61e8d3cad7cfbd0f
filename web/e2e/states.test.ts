// What the user is told when the core or the storage is not well, and what can
// be done about it: on the fake client.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { roomHash, withPage } from "./fake.js";
import { serveFake } from "./harness.js";

let server: Awaited<ReturnType<typeof serveFake>>;
before(async () => void (server = await serveFake()));
after(() => server.close());

const open = (path: string, act: (page: Page) => Promise<void>, options = {}) => withPage(`${server.url}/${path}`, options, act);
const button = (page: Page, name: string) => page.getByRole("button", { name });
const said = (page: Page, words: RegExp) => page.locator(".banners").filter({ hasText: words });

test("a client that cannot be made is tried again where the user wants it", async () => {
  await open("?boot=fails", async (page) => {
    await page.getByRole("alert").filter({ hasText: "lets Alcove store nothing" }).waitFor();
    await button(page, "Try again").click();
    await page.locator(".room-row").first().waitFor();
  });
});

test("a core that failed before there was anything to see is tried again, and says so if that fails too", async () => {
  await open("?cold&stays&failed=core.died&latency=300", async (page) => {
    await page.getByText("core.died").waitFor();
    await button(page, "Try again").click();
    await page.locator("main[aria-busy]").waitFor();
    await page.getByText("core.died").waitFor();
  });
});

test("a core that fails leaves what was there, and comes back when tried again", async () => {
  await open(`?failed=core.died&latency=300${roomHash(2)}`, async (page) => {
    await page.getByLabel("Message to").fill("half a thought");
    await button(page, "Try again").click();
    await said(page, /starting again/).waitFor();
    await said(page, /^\s*$/).waitFor({ state: "attached" });
    assert.equal(await page.getByLabel("Message to").inputValue(), "half a thought");
  });
});

test("what only another version of the page can mend offers nothing else", async () => {
  for (const code of ["call.mismatch", "storage.newer"]) {
    await open(`?cold&failed=${code}`, async (page) => {
      await Promise.all([page.waitForEvent("load"), button(page, "Reload").click()]);
      assert.equal(await button(page, "Try again").count(), 0);
    });
  }
});

test("storage that forgets is told once, and out of the way", async () => {
  await open("?inMemory", async (page) => {
    await said(page, /keeps nothing/).waitFor();
    await button(page, "Got it").click();
    await said(page, /^\s*$/).waitFor({ state: "attached" });
    await page.evaluate(() => fake.session({ sync: "offline" }));
    await said(page, /cannot be reached/).waitFor();
    await page.evaluate(() => fake.session({ sync: "live" }));
    await said(page, /^\s*$/).waitFor({ state: "attached" });
  });
});

test("a lock shows nothing of the account, says that a passphrase is wrong, and opens with the right one", async () => {
  await open(`?lock=locked&latency=300${roomHash(2)}`, async (page) => {
    const field = page.getByLabel("Passphrase");
    await page.waitForFunction(() => document.activeElement?.id === "passphrase");
    assert.doesNotMatch(await page.locator("html").innerHTML(), /ada|Alcove development|example\.org/i);
    assert.equal(await page.title(), "Alcove");
    await field.fill("wrong");
    await field.press("Enter");
    await page.locator("form[aria-busy='true']").waitFor();
    await page.getByRole("alert").filter({ hasText: "not the passphrase" }).waitFor();
    assert.equal(await field.getAttribute("aria-invalid"), "true");
    await page.keyboard.type("correct horse"); // what was wrong is selected
    await button(page, "Show what is typed").click();
    assert.equal(await field.getAttribute("type"), "text");
    await button(page, "Unlock").click();
    await page.getByRole("heading", { name: "Alcove development", level: 1 }).waitFor();
  });
});

test("a lock that nobody can open is left by removing everything, after a question", async () => {
  await open(`?lock=locked${roomHash(2)}`, async (page) => {
    await button(page, "Sign out and remove everything").click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove everything" }).click();
    await page.getByLabel("User name").waitFor();
    assert.equal(new URL(page.url()).hash, "#/");
    assert.equal(await page.getByLabel("User name").inputValue(), "");
  });
});

test("locking hides the page at once, and keeps no draft on the disk", async () => {
  await open(`?lock=open${roomHash(2)}`, async (page) => {
    await page.getByLabel("Message to").fill("a whisper");
    await button(page, "Settings").click();
    assert.equal(await page.evaluate(() => Object.values(localStorage).some((text) => text.includes("whisper"))), false);
    await button(page, "Lock now").click();
    await page.getByLabel("Passphrase").waitFor();
    assert.equal(await page.getByRole("dialog").count(), 0);
    assert.equal(await page.title(), "Alcove");
    assert.doesNotMatch(await page.locator("html").innerHTML(), /ada|whisper|Alcove development/i);
    await page.getByLabel("Passphrase").fill("correct horse");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Alcove development", level: 1 }).waitFor();
  });
});

test("a passphrase is set, changed and given up", async () => {
  await open(roomHash(2), async (page) => {
    await page.getByLabel("Message to").fill("typed before");
    await button(page, "Settings").click();
    const dialog = (name: string) => page.getByRole("dialog", { name });
    const fill = async (name: string, values: Record<string, string>, act: string) => {
      for (const [label, text] of Object.entries(values)) await dialog(name).getByLabel(label, { exact: true }).fill(text);
      await dialog(name).getByRole("button", { name: act }).click();
    };
    const alert = (words: string) => page.getByRole("alert").filter({ hasText: words }).waitFor();

    await button(page, "Set a passphrase").click();
    await fill("Set a passphrase", { "New passphrase": "short" }, "Set the passphrase");
    await alert("at least 8 characters");
    await fill("Set a passphrase", { "New passphrase": "battery staple", "New passphrase, once more": "battery stable" }, "Set the passphrase");
    await alert("not the same");
    await fill("Set a passphrase", { "New passphrase": "battery staple", "New passphrase, once more": "battery staple" }, "Set the passphrase");
    await button(page, "Lock now").waitFor();
    assert.deepEqual(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes("draft"))), []);

    await button(page, "Change it").click();
    const change = { "New passphrase": "horse battery", "New passphrase, once more": "horse battery" };
    await fill("Change it", { "Present passphrase": "wrong one", ...change }, "Change the passphrase");
    await alert("not the passphrase");
    await fill("Change it", { "Present passphrase": "battery staple", ...change }, "Change the passphrase");
    await dialog("Change it").waitFor({ state: "detached" });

    await button(page, "Do without").click();
    await fill("Do without", { "Present passphrase": "horse battery" }, "Do without a passphrase");
    await button(page, "Set a passphrase").waitFor();
    await page.keyboard.press("Escape");
    assert.equal(await page.getByLabel("Message to").inputValue(), "typed before");
    await page.reload();
    await page.getByLabel("Message to").waitFor();
    assert.equal(await page.getByLabel("Message to").inputValue(), "typed before");
  });
});

test("settings say how what is stored is kept, and ask the browser to keep it", async () => {
  await open("?unkept&follows", async (page) => {
    await button(page, "Settings").click();
    const facts = page.locator("alcove-privacy");
    await facts.getByText("48 MB of 2.1 GB").waitFor();
    await facts.getByText("with a key that the browser does not hand out").waitFor();
    await facts.getByText("Another open tab does the work").waitFor();
    await button(page, "Ask to keep it").click();
    await facts.getByText("The browser keeps it now.").waitFor();
    await page.evaluate(() => fake.session({ leader: true }));
    await facts.getByText("Does the work for all open tabs.").waitFor();
  });
});

test("what the browser lost is signed in to anew: the user and the server are known, the device is another", async () => {
  await open(`?session=storageLost&lost=2${roomHash(2)}`, async (page) => {
    await page.getByText("The browser has lost").filter({ hasText: "2 messages that were not sent yet are gone." }).waitFor();
    assert.equal(await page.getByLabel("User name").inputValue(), "@ada:example.org");
    assert.equal(await page.getByLabel("Homeserver").inputValue(), "https://example.org");
    await page.waitForFunction(() => document.activeElement?.id === "password");
    await page.keyboard.type("secret");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Alcove development", level: 1 }).waitFor();
    assert.equal(await page.evaluate(() => fake.credentials?.deviceId), undefined);
  });
});

test("what the browser lost in part is told", async () => {
  await open("?lost=1", async (page) => {
    await said(page, /lost some of what.*3 rooms were loaded again\. 1 message that was not sent yet is gone\./).waitFor();
    await button(page, "Got it").click();
    await said(page, /^\s*$/).waitFor({ state: "attached" });
  });
});

test("what the browser lost is forgotten, and so is who it was", async () => {
  await open("?session=storageLost", async (page) => {
    await button(page, "Forget this account").click();
    await page.getByRole("heading", { name: "Sign in to Matrix" }).waitFor();
    assert.equal(await page.getByLabel("User name").inputValue(), "");
  });
});

test("a session that ended is signed in to on the same device, or forgotten after a question", async () => {
  await open("?session=softLogout", async (page) => {
    await button(page, "Forget this account").click();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    await page.getByLabel("Password").fill("secret");
    await page.keyboard.press("Enter");
    await page.locator(".room-row").first().waitFor();
    assert.equal(await page.evaluate(() => fake.credentials?.deviceId), "FAKEDEVICE");
  });
});

test("damaged storage is removed after a question that says what is lost, from wherever it is told", async () => {
  for (const path of ["?cold&failed=storage.corrupt", "?boot=fails", `?failed=storage.hung${roomHash(2)}`]) {
    await open(path.replace(/#|$/, "&latency=1500$&"), async (page) => {
      await button(page, "Remove and sign in anew").click();
      const dialog = page.getByRole("dialog");
      await dialog.getByText("Messages that were not sent yet are lost").waitFor();
      await dialog.getByRole("button", { name: "Remove everything" }).click();
      await dialog.getByRole("status").filter({ hasText: "This may take a moment…" }).waitFor();
      await page.getByRole("heading", { name: "Sign in to Matrix" }).waitFor();
      assert.equal(await dialog.count(), 0);
    });
  }
});

test("what has nothing to do with the storage does not offer to remove it", async () => {
  for (const code of ["core.missing", "storage.blocked", "storage.outdated"]) {
    await open(`?cold&failed=${code}`, async (page) => {
      await button(page, "Reload").waitFor();
      assert.equal(await button(page, "Remove and sign in anew").count(), 0);
    });
  }
});
