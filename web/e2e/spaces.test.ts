// Spaces, and all that is done about rooms and people: on the fake client.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { expectAccessible, roomHash, withPage } from "./fake.js";
import { Browser, serveFake } from "./harness.js";

let server: Awaited<ReturnType<typeof serveFake>>;
before(async () => void (server = await serveFake()));
after(() => server.close());

const open = (path: string, act: (page: Page) => Promise<void>, options = {}) => withPage(`${server.url}/${path}`, options, act);
const spaceId = (n: number) => `!space${n}:example.org`;
const spaceHash = (n: number, more = "") => `#/space/${encodeURIComponent(spaceId(n))}${more}`;
const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });
const space = (page: Page, name: RegExp) => page.getByRole("treeitem", { name });
const place = (page: Page, name: string) => page.locator(".place", { has: page.locator(".about-name", { hasText: name }) }).first();
const said = (page: Page, words: string | RegExp) => page.getByRole("status").filter({ hasText: words });
const asked = (page: Page) => page.evaluate(() => fake.asked.map((what) => what.join(" ")));
const focused = (page: Page) => page.evaluate(() => document.activeElement?.querySelector(".spoken")?.textContent ?? "");
const names = (page: Page) => page.locator(".room-name bdi").allTextContents();

test("without spaces there is nothing to choose from", async () => {
  await open("", async (page) => {
    await page.locator(".room-row").first().waitFor();
    assert.equal(await page.getByRole("tree").count(), 0);
  });
});

test("a space narrows the list to its rooms, by mouse or key; back leads to the space before, and a reload stays", async () => {
  await open("?spaces", async (page) => {
    await space(page, /^Neighbourhood/).click();
    await page.getByRole("heading", { name: "Neighbourhood", level: 1 }).waitFor();
    await page.locator(".room-row").nth(3).waitFor();
    await page.waitForFunction(() => document.querySelectorAll(".room-row").length === 4);
    assert.deepEqual((await names(page)).slice(0, 2), ["Book club", "Allotment 14"]);
    await said(page, "Neighbourhood: 4 rooms").waitFor({ state: "attached" });
    await page.getByRole("link", { name: /Book club/ }).click();
    await page.getByRole("heading", { name: "Book club", level: 1 }).waitFor();

    await space(page, /^All rooms/).click();
    await page.waitForFunction(() => document.querySelectorAll(".room-row").length > 10);
    await page.goBack();
    await page.waitForFunction(() => document.querySelectorAll(".room-row").length === 4);
    assert.match(page.url(), /room1/);
    await page.reload();
    await page.getByRole("heading", { name: "Neighbourhood", level: 1 }).waitFor();
    await page.waitForFunction(() => document.querySelectorAll(".room-row").length === 4);
  });
});

test("keys walk the tree of spaces, open and close it, and move a root", async () => {
  await open("?spaces", async (page) => {
    await space(page, /^All rooms/).focus();
    const keys = async (...all: string[]) => {
      for (const key of all) await page.keyboard.press(key);
      return focused(page);
    };
    assert.match(await keys("ArrowDown"), /^Allotment/);
    assert.match(await keys("ArrowRight", "ArrowRight"), /^Bees, 15/);
    assert.match(await keys("ArrowRight", "ArrowRight"), /^Bees, the wild ones/);
    assert.equal(await space(page, /^Bees, the/).getAttribute("aria-level"), "3");
    assert.match(await keys("ArrowLeft"), /^Bees, 15/);
    assert.match(await keys("ArrowLeft", "ArrowLeft"), /^Allotment/);
    assert.match(await keys("ArrowLeft", "ArrowDown"), /^Neighbourhood/);
    assert.match(await keys("End", "Home"), /^All rooms/);
    await keys("ArrowDown", "Alt+ArrowDown");
    await said(page, "Allotment association is number 2 of 4 now").waitFor({ state: "attached" });
    assert.deepEqual(await page.evaluate(() => fake.moved), [[spaceId(0), spaceId(4)]]);
    assert.match(await focused(page), /^Allotment/);
    await keys("Enter");
    await page.getByRole("heading", { name: "Allotment association", level: 1 }).waitFor();
  });
});

test("a root is dragged before another, and moved from its menu", async () => {
  await open("?spaces", async (page) => {
    await space(page, /^דירות/).dragTo(space(page, /^Allotment/), { targetPosition: { x: 20, y: 5 } });
    await page.waitForFunction(() => fake.moved.length === 1);
    assert.deepEqual(await page.evaluate(() => fake.moved[0]), [spaceId(4), spaceId(0)]);
    await page.getByRole("treeitem").nth(1).filter({ hasText: "דירות" }).waitFor(); // behind Home
    await space(page, /^דירות/).click({ button: "right" });
    assert.equal(await page.getByRole("menuitem", { name: "Move up" }).count(), 0);
    await page.getByRole("menuitem", { name: "Move down" }).click();
    await page.waitForFunction(() => fake.moved.length === 2);
    assert.deepEqual(await page.evaluate(() => fake.moved[1]), [spaceId(4), spaceId(1)]);
  });
});

test("on a narrow page spaces are chosen in a dialog, which says what is new in them", async () => {
  await open("?spaces", async (page) => {
    await button(page, /^Spaces: All rooms/).click();
    await page.getByRole("dialog").getByText("100 new messages, 2 mentions").waitFor();
    await expectAccessible(page, "spaces in a dialog");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Allotment association", level: 1 }).waitFor();
    await page.waitForFunction(() => document.activeElement?.classList.contains("spaces-open"));
  }, { wide: false });
});

test("names of spaces and rooms are text, whatever they are", async () => {
  await open(`?spaces${spaceHash(0)}`, async (page) => {
    await place(page, "<img src=x").waitFor();
    await page.locator(".place .about-topic", { hasText: "<img src=x" }).waitFor();
    assert.equal(await page.locator("alcove-explore img, alcove-explore a[href^='http']").count(), 0);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
  });
});

test("exploring shows how to come into each room, and does it", async () => {
  await open(`?spaces${spaceHash(0)}`, async (page) => {
    await button(page, "Join Market").click();
    await said(page, "You joined Market").waitFor({ state: "attached" });
    await place(page, "Market").getByRole("link", { name: "Open Market" }).waitFor();

    await button(page, "Ask to join Newsletter").click();
    await page.getByLabel("Why you would like to join").fill("I grow leeks");
    await page.keyboard.press("Enter");
    await button(page, "Take back asking to join Newsletter").click();
    await button(page, "Ask to join Newsletter").waitFor();

    await button(page, "Show whose members may join Committee").click();
    await place(page, "Committee").getByText("Neighbourhood").waitFor();
    await place(page, "Treasurer").getByText("By invitation only").waitFor();
    await place(page, "Greenhouse").getByText("You are banned").waitFor();
    await page.getByText("A room that is not shown to you").waitFor();
    assert.equal(await place(page, "Greenhouse").getByRole("button", { name: /oin/ }).count(), 0);

    await page.getByRole("radio", { name: "Suggested" }).check();
    await page.waitForFunction(() => document.querySelectorAll(".place").length === 2);
    await place(page, "Market").getByRole("link", { name: "Open Market" }).click();
    await page.getByRole("heading", { name: "Market", level: 1 }).waitFor();
  });
});

test("a page of a large space is shown before the next is asked for; what fails is asked for again", async () => {
  await open(`?spaces=100&explore=fails${spaceHash(0)}`, async (page) => {
    const count = () => page.locator("li.branch").count();
    await page.locator("li.branch").first().waitFor();
    assert.equal(await count(), 20);
    await page.locator(".explore-scroll").evaluate((scroll) => scroll.scrollTo(0, scroll.scrollHeight));
    await page.getByRole("alert").filter({ hasText: "could not be loaded" }).waitFor();
    assert.equal(await count(), 20);
    await button(page, "Try again").click();
    await page.waitForFunction(() => document.querySelectorAll("li.branch").length === 40);
    for (let shown = 40; shown < 114; shown = Math.min(shown + 20, 114)) {
      await page.locator(".explore-scroll").evaluate((scroll) => scroll.scrollTo(0, scroll.scrollHeight));
      await page.waitForFunction((before) => document.querySelectorAll("li.branch").length > before, shown);
    }
    await said(page, /^114 rooms$/).waitFor();
  });
});

test("who keeps a space suggests, moves, removes and adds rooms", async () => {
  await open(`?spaces${spaceHash(0)}`, async (page) => {
    const manage = async (name: string, item: string) => {
      await button(page, `What to do with ${name} in this space`).click();
      await page.getByRole("menuitem", { name: item }).click();
    };
    const order = () => page.locator("alcove-explore > .explore-scroll > .branches > .branch > .place .about-name bdi").allTextContents();
    await place(page, "Market").waitFor();
    await manage("Market", "Do not suggest it");
    await said(page, "It is not suggested any more.").waitFor({ state: "attached" });
    assert.equal(await place(page, "Market").getByText("Suggested").count(), 0);
    await manage("Market", "Move down");
    await said(page, "It was moved.").waitFor({ state: "attached" });
    assert.deepEqual((await order()).slice(0, 2), ["Alcove development", "Market"]);
    await manage("Alcove development", "Remove from the space");
    await page.getByRole("dialog").getByRole("button", { name: "Remove from the space" }).click();
    await said(page, "It was removed").waitFor({ state: "attached" });
    assert.equal((await order()).includes("Alcove development"), false);

    await button(page, "Add rooms").click();
    await page.getByLabel("Filter your rooms").fill("alcove dev");
    await page.getByRole("checkbox", { name: "Alcove development", exact: true }).check();
    await page.getByRole("dialog").getByRole("button", { name: "Add 1 room" }).click();
    await place(page, "Alcove development").waitFor();
  });
});

test("a new room in a space is for its members", async () => {
  await open(`?spaces${spaceHash(0)}`, async (page) => {
    await button(page, "New room").click();
    await page.getByLabel("Name", { exact: true }).fill("Tools");
    await page.getByRole("radio", { name: "Members of Allotment association" }).check();
    await button(page, "Create room").click();
    await page.getByRole("heading", { name: "Tools", level: 1 }).waitFor();
    assert.deepEqual(await page.evaluate(() => fake.created), { name: "Tools", preset: "private_chat", joinRule: "restricted", space: spaceId(0), encrypted: true });
  });
});

test("what the server does not have is not offered", async () => {
  await open(`?spaces&admin&old${spaceHash(0)}`, async (page) => {
    await button(page, "New room").click();
    await page.getByRole("radio", { name: /^Only people who are invited|^Anyone$|^Anyone who/ }).first().waitFor();
    assert.equal(await page.getByRole("radio", { name: "Members of Allotment association" }).count(), 0);
  });
  await open(`?admin&old${roomHash(2, "/details")}`, async (page) => {
    await button(page, "Room settings").click();
    await page.getByRole("radio", { name: "More" }).check();
    await page.getByText("This room has version").waitFor();
    assert.equal(await button(page, /^Report/).count(), 0);
  });
});

test("a new space is made, public and with an address", async () => {
  await open("", async (page) => {
    await button(page, "New conversation").click();
    await page.getByRole("radio", { name: "New space" }).check();
    await page.getByLabel("Name", { exact: true }).fill("Street");
    await page.getByRole("radio", { name: "Anyone may find" }).check();
    await page.getByLabel("Address").fill("our street");
    await button(page, "Create space").click();
    await page.getByText("An address has no spaces and no colon.").waitFor();
    await page.getByLabel("Address").fill("our-street");
    await button(page, "Create space").click();
    await page.getByRole("heading", { name: "Street", level: 1 }).waitFor();
    assert.deepEqual(await page.evaluate(() => fake.created), { name: "Street", preset: "public_chat", alias: "our-street", listed: true, type: "m.space" });
    await space(page, /^Street/).waitFor();
  });
});

test("a chat with someone is the one that is there already", async () => {
  await open("", async (page) => {
    await button(page, "New conversation").click();
    await page.getByRole("combobox").pressSequentially("theo li");
    await page.getByRole("option", { name: /Theo Lindqvist/ }).click();
    await button(page, "Start chat").click();
    await page.getByRole("heading", { name: "Theo Lindqvist", level: 1 }).waitFor();
    assert.equal(await page.evaluate(() => fake.created), undefined);
    assert.deepEqual(await page.evaluate(() => fake.searched.at(-1)), "theo li");
  });
});

test("several people are invited at once, and who could not be is named and stays", async () => {
  await open(roomHash(2, "/details"), async (page) => {
    await button(page, "Invite someone").click();
    const field = page.getByRole("combobox", { name: "Name or user id" });
    await field.fill("@nobody:example.org, @new:example.org");
    await field.press("Enter");
    await field.pressSequentially("priya");
    await page.getByRole("option").first().waitFor();
    await field.press("Enter");
    assert.equal(await page.locator(".chip").count(), 3);
    await button(page, "Invite 3 people").click();
    await page.getByRole("alert").filter({ hasText: "Not invited: @nobody:example.org" }).waitFor();
    assert.equal(await page.locator(".chip").count(), 1);
    assert.equal((await asked(page)).filter((what) => what.startsWith("invite")).length, 2);
    await button(page, "Do not choose @nobody:example.org").click();
    await button(page, "Invite").last().click();
    await page.getByText("Choose at least one person.").waitFor();
    await field.fill("nonsense");
    await button(page, "Invite").last().click();
    await page.getByText("This is no user id.").waitFor();
  });
});

test("public rooms are searched, of another server too, page by page", async () => {
  await open("", async (page) => {
    await button(page, "New conversation").click();
    await page.getByRole("radio", { name: "Join a room" }).check();
    await button(page, "Look through public rooms").click();
    const dialog = page.getByRole("dialog", { name: "Find rooms" });
    await dialog.getByText("Street 0").waitFor();
    await dialog.getByLabel("Server").fill("nowhere.example");
    await dialog.getByRole("alert").filter({ hasText: "could not be loaded" }).waitFor();
    await dialog.getByLabel("Server").fill("");
    await dialog.getByRole("radio", { name: "Spaces" }).check();
    await said(page, "5 rooms found").waitFor();
    await dialog.getByLabel("Search").fill("street 4 ");
    await button(page, "Join Street 4 (space)").click();
    await dialog.getByRole("link", { name: "Open Street 4 (space)" }).click();
    await page.getByRole("heading", { name: "Street 4 (space)", level: 1 }).waitFor();
    assert.equal(await page.getByRole("dialog").count(), 0);
  });
});

test("a room's settings are saved, and what is refused is said at the field", async () => {
  await open(`?admin&spaces${roomHash(2, "/details")}`, async (page) => {
    await button(page, "Room settings").click();
    await page.getByLabel("Name", { exact: true }).fill("Kitchen");
    await button(page, "Save: Name").click();
    await said(page, "Saved.").waitFor();
    await page.getByLabel("New address").fill("taken");
    await button(page, "Add").last().click();
    await page.getByRole("alert").filter({ hasText: "Perhaps the address is taken" }).waitFor();

    await page.getByRole("radio", { name: "Access" }).check();
    await page.getByRole("radio", { name: "Members of certain spaces or rooms", exact: true }).check();
    await button(page, "Save: Who may join").click();
    await page.getByText("Choose at least one.").waitFor();
    await page.getByRole("checkbox", { name: "Neighbourhood" }).check();
    await button(page, "Save: Who may join").click();
    await said(page, "Saved.").waitFor();

    await page.getByRole("radio", { name: "Permissions" }).check();
    await page.getByRole("combobox", { name: "Invite people" }).selectOption({ label: "Moderators" });
    assert.equal(await page.getByRole("combobox", { name: "Upgrade the room" }).isDisabled(), true);
    await button(page, "Save the permissions").click();
    await said(page, "Saved.").waitFor();

    await page.getByRole("radio", { name: "More" }).check();
    assert.deepEqual(await page.getByLabel("New version").locator("option").allTextContents(), ["11", "12"]);
    await button(page, "Upgrade the room").click();
    await said(page, /step \d of 4/).waitFor();
    await page.getByText("The room was upgraded.").waitFor();
    const all = await asked(page);
    for (const what of ["name", "access restricted", "levels", "upgrade 12 4"]) assert.ok(all.includes(what), `${what}: ${all.join("; ")}`);
    await page.getByRole("heading", { name: "Kitchen", level: 1 }).waitFor();
  });
});

test("who may not change a room's settings sees them", async () => {
  await open(roomHash(2, "/details"), async (page) => {
    await button(page, "Room settings").click();
    await page.getByRole("radio", { name: "Access" }).check();
    await page.getByText("You may see this, and not change it.").first().waitFor();
    assert.equal(await page.getByLabel("Who may read what was written").isDisabled(), true);
    assert.equal(await button(page, "Save: Who may join").count(), 0);
    await page.getByRole("radio", { name: "More" }).check();
    assert.equal(await button(page, "Upgrade the room").count(), 0);
  });
});

test("members are found; who asks is let in; roles, bans and ignoring are asked about", async () => {
  await open(`?admin${roomHash(2, "/details")}`, async (page) => {
    const menu = async (name: string, item: string) => {
      await button(page, `What to do with ${name}`).first().click();
      await page.getByRole("menuitem", { name: item, exact: true }).click();
    };
    const dialog = page.getByRole("dialog");
    await button(page, /^Let in /).click();
    await page.getByText("Asking to be let in").waitFor({ state: "detached" });

    await page.getByLabel("Find members").fill("theo lind");
    await said(page, "members found").or(said(page, "1 member found")).first().waitFor({ state: "attached" });
    await menu("Theo Lindqvist", "Make a moderator");
    await page.getByText("Moderator").first().waitFor();
    await menu("Theo Lindqvist", "Make an admin");
    await dialog.getByText("You cannot take that back.").waitFor();
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await menu("Theo Lindqvist", "Ban");
    await dialog.getByLabel("Reason").fill("spam");
    await dialog.getByRole("button", { name: "Ban" }).click();
    await page.getByRole("heading", { name: /^Banned/ }).waitFor();

    await page.getByLabel("Find members").fill("ewa");
    await menu("Ewa", "Ignore");
    await dialog.getByRole("button", { name: "Ignore" }).click();
    await page.getByText("ignored").first().waitFor();
    const all = await asked(page);
    for (const what of ["power @user3:example.org", "ban @user3:example.org spam"]) assert.ok(all.includes(what), `${what}: ${all.join("; ")}`);
  });
});

test("a room that was replaced leads on: at once where both rooms say so, else only after it was shown", async () => {
  await open(roomHash(2), async (page) => {
    await page.locator(".row").last().waitFor();
    await page.evaluate(() => fake.details("!room2:example.org", { replacement: { id: "!Market:elsewhere.example" } }));
    await page.getByText("This room has been replaced.").waitFor();
    assert.equal(await page.getByLabel("Message to").count(), 0);
    await button(page, "Go to the new room").click();
    await page.getByRole("dialog").getByText("Only the old room says").waitFor();
    assert.match(page.url(), /room2/);
    await button(page, "Join Market").click();
    await page.getByRole("heading", { name: "Market", level: 1 }).waitFor();
  });
  await open(`?items=5${roomHash(2)}`, async (page) => {
    await page.locator(".row").last().waitFor();
    await page.evaluate(() => {
      fake.details("!room2:example.org", { replacement: { id: "!room4:example.org", confirmed: true } });
      fake.details("!room4:example.org", { predecessor: "!room2:example.org" });
    });
    await button(page, "Go to the new room").click();
    await page.getByRole("heading", { name: "Choir", level: 1 }).waitFor();
    await page.getByRole("link", { name: "It goes on where an older room ended." }).click();
    await page.getByRole("heading", { name: "Alcove development", level: 1 }).waitFor();
  });
});

test("an invitation is text only, and can be declined along with who sent it", async () => {
  await open(roomHash(0), async (page) => {
    await page.getByText("Noor Byrne invites you").waitFor();
    assert.equal(await page.locator("alcove-invitation a, alcove-invitation img, .room-topic a").count(), 0);
    await button(page, "More answers").click();
    await page.getByRole("menuitem", { name: "Decline and ignore Noor Byrne" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Decline and ignore" }).click();
    await page.locator(".room-row[data-key='!room0:example.org']").waitFor({ state: "detached" });
  });
});

test("a knock is taken back", async () => {
  await open(`?knocked${roomHash(0)}`, async (page) => {
    await page.getByText("You asked to be let in.").waitFor();
    await button(page, "Take it back").click();
    await page.locator(".room-row[data-key='!room0:example.org']").waitFor({ state: "detached" });
  });
});

const looks: readonly (readonly [string, string, ((page: Page) => Promise<unknown>)?])[] = [
  ["a space", "?spaces", async (page) => {
    if (await page.getByRole("tree").isVisible()) await space(page, /^Neighbourhood/).click();
  }],
  ["exploring", `?spaces${spaceHash(0)}`, (page) => button(page, "Ask to join Newsletter").click()],
  ["exploring, details", `?spaces${spaceHash(0, "/details")}`, (page) => page.locator(".member").first().waitFor()],
  ["adding rooms", `?spaces${spaceHash(0)}`, (page) => button(page, "Add rooms").click().then(() => page.getByRole("checkbox").first().waitFor())],
  ["a new room in a space", `?spaces${spaceHash(0)}`, (page) => button(page, "New room").click().then(() => page.getByText("Advanced").click())],
  ["public rooms", "", async (page) => {
    await button(page, "New conversation").click();
    await page.getByRole("radio", { name: "Join a room" }).check();
    await button(page, "Look through public rooms").click();
    await page.getByText("Street 0").waitFor();
  }],
  ["inviting", roomHash(2, "/details"), async (page) => {
    await button(page, "Invite someone").click();
    await page.getByRole("combobox").fill("@nobody:example.org");
    await page.keyboard.press("Enter");
    await page.getByRole("combobox").pressSequentially("priya");
    await page.getByRole("option").first().waitFor();
  }],
  ...["General", "Access", "Permissions", "More"].map((section) => [`settings, ${section}`, `?admin&spaces${roomHash(2, "/details")}`, async (page: Page) => {
    await button(page, "Room settings").click();
    await page.getByRole("radio", { name: section }).check();
  }] as const),
  ["settings that one may not change", roomHash(2, "/details"), (page) => button(page, "Room settings").click()],
  ["members", `?admin${roomHash(2, "/details")}`, (page) => button(page, "What to do with Jonas").first().click()],
  ["replaced", roomHash(2), (page) => page.locator(".row").last().waitFor().then(() => page.evaluate(() => fake.details("!room2:example.org", { replacement: { id: "!Market:elsewhere.example" } })))],
  ["before joining", `#/room/${encodeURIComponent("!Market:elsewhere.example")}`, (page) => button(page, "Join the room").click().then(() => button(page, "Join Market").waitFor())],
  ["invitation", roomHash(0), (page) => button(page, "More answers").click()],
];

for (const wide of [true, false]) {
  test(`axe finds nothing, ${wide ? "wide" : "narrow"}`, async (t) => {
    const browser = new Browser();
    await browser.open({ wide });
    const { page } = browser;
    for (const [name, path, act] of looks) {
      await t.test(name, async () => {
        await page.goto("about:blank");
        await page.goto(`${server.url}/${path}`);
        await page.locator("h1").first().waitFor({ state: "attached" });
        await act?.(page);
        await expectAccessible(page, name);
        browser.check();
      });
    }
    await browser.end();
  });
}
