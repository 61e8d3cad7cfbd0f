// Requests to the browser's database that never settle: the core ends and the
// next one goes on, with nothing lost, or the client fails with the reason.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Disk } from "./disk.js";
import type { Hang } from "./disk.js";
import { Lab } from "./lab.js";
import type { Talk } from "./lab.js";
import { Tab } from "./tab.js";

const lab = new Lab();
const timeout = 120_000;

/** agree waits until the server and the page have these messages, once each and in this order. */
async function agree({ tab, other, room }: Talk, bodies: readonly string[]): Promise<void> {
  for (const body of bodies) await tab.shows(body);
  assert.deepEqual((await other.heard(room)).map(({ body }) => body), bodies);
  assert.deepEqual((await tab.everything()).map(({ body }) => body), bodies);
}

/** provoke does what needs the disk in that way. It may hang too, so nobody waits for it. */
async function provoke({ tab, other, room }: Talk, hang: Hang): Promise<void> {
  if (hang === "read") await tab.page.evaluate((id) => void client.room(id).timeline().ready.catch(() => {}), room);
  else await other.say(room, "while it hung");
}

for (const hang of ["read", "commit", "abort"] as const) {
  test(`a transaction (${hang}) that never settles costs a core and no message`, { timeout }, async () => {
    const page = await lab.browser.page();
    const disk = await Disk.below(page);
    const talk = await lab.talk(`hung-${hang}`, page);
    const { tab, other, room } = talk;
    await other.say(room, "before");
    await tab.shows("before");
    await disk.hangs(hang);
    await provoke(talk, hang);
    await tab.reaches({ core: "restarting" }, 30_000);
    await disk.hangs(undefined);
    await tab.reaches({ state: "ready", sync: "live", core: "running", code: "" }, 60_000);
    await tab.write(["mine"]);
    await agree(talk, hang === "read" ? ["before", "mine"] : ["before", "while it hung", "mine"]);
    await page.close();
  });
}

for (const hang of ["commit", "abort"] as const) {
  test(`a message whose ${hang} never settles is taken in by the next core, once`, { timeout }, async () => {
    const page = await lab.browser.page();
    const disk = await Disk.below(page);
    const talk = await lab.talk(`hung-send-${hang}`, page);
    const { tab } = talk;
    await disk.hangs(hang);
    await tab.write(["first", "second"], "at once");
    await tab.reaches({ core: "restarting" }, 30_000);
    await disk.hangs(undefined);
    await tab.untilAccepted(2);
    await agree(talk, ["first", "second"]);
    assert.deepEqual((await tab.record()).failed, []);
    await page.close();
  });
}

test("a database that does not open is named to whoever starts, and opens once it can", { timeout }, async () => {
  const page = await lab.browser.page();
  const disk = await Disk.below(page);
  const tab = await Tab.load(page, lab.server, "hung-open");
  await disk.hangs("open");
  assert.equal((await tab.outcome(`() => alcove.createClient({ store: "hung-open" })`)).code, "storage.hung");
  await disk.hangs(undefined);
  await tab.start();
  await tab.reaches({ state: "signedOut", core: "running", code: "" });
  await page.close();
});

test("a disk that goes on to hang ends in a failure that names it", { timeout }, async () => {
  const page = await lab.browser.page();
  const disk = await Disk.below(page);
  const talk = await lab.talk("hung-stays", page);
  const { tab, other, room } = talk;
  await other.say(room, "before");
  await tab.shows("before");
  await disk.hangs("commit");
  await other.say(room, "while it hung");
  await tab.reaches({ core: "failed", code: "storage.hung" }, 90_000);
  await disk.hangs(undefined);
  assert.deepEqual(await tab.outcome("() => client.restart()"), { code: "" });
  await tab.reaches({ state: "ready", sync: "live", core: "running", code: "" });
  await agree(talk, ["before", "while it hung"]);
  await page.close();
});
