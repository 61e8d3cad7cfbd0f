// What leads from one room to another, or in: replaced rooms, invitations, knocks.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { roomHash, withPage } from "./fake.js";
import { serveFake } from "./harness.js";
import { button } from "./places.js";

let server: Awaited<ReturnType<typeof serveFake>>;
before(async () => void (server = await serveFake()));
after(() => server.close());

const open = (path: string, act: (page: Page) => Promise<void>) => withPage(`${server.url}/${path}`, {}, act);

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

test("a room in which one is not is called by its id, and can be joined", async () => {
  const id = "!Market:elsewhere.example";
  await open(`#/room/${encodeURIComponent(id)}`, async (page) => {
    await page.getByText("You are not in this room.").waitFor();
    assert.equal(await page.getByRole("heading", { level: 1 }).last().textContent(), id);
    await page.getByRole("button", { name: "Join the room" }).waitFor();
  });
});

test("a knock is taken back", async () => {
  await open(`?knocked${roomHash(0)}`, async (page) => {
    await page.getByText("You asked to be let in.").waitFor();
    await button(page, "Take it back").click();
    await page.locator(".room-row[data-key='!room0:example.org']").waitFor({ state: "detached" });
  });
});
