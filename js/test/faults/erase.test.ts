// erase() gets out of whatever is stored, with a core, without one and from a
// tab that follows.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Disk, Holder } from "./disk.js";
import { Lab } from "./lab.js";
import type { Person } from "./server.js";
import { Tab } from "./tab.js";

const lab = new Lab();
const timeout = 90_000;

async function anew(tab: Tab, me: Person): Promise<void> {
  await tab.reaches({ state: "signedOut", core: "running", code: "" });
  assert.deepEqual(await tab.login(me), { code: "" });
  await tab.reaches({ state: "ready", sync: "live" });
}

for (const who of ["leader", "follower"] as const) {
  test(`an erasure by the ${who} signs all tabs out, without the server`, { timeout }, async () => {
    const { tab, me } = await lab.talk(`erase-${who}`);
    const second = await Tab.open(await lab.browser.page(), lab.server, tab.store);
    await second.reaches({ state: "ready" });
    await tab.page.evaluate((name) => localStorage.setItem(name, "of the account"), `alcove:${tab.store}`);
    const asks = who === "leader" ? tab : second;
    const logout = await lab.server.rule({ path: "/logout$", act: "fail", status: 500 });
    assert.deepEqual(await asks.outcome("() => client.erase()"), { code: "" });
    assert.equal(await lab.server.hits(logout), 0);
    for (const each of [tab, second]) await each.reaches({ state: "signedOut", core: "running", code: "" });
    assert.equal(await tab.page.evaluate((name) => localStorage.getItem(name), `alcove:${tab.store}`), null);
    await anew(second, me);
    await tab.reaches({ state: "ready" });
    for (const each of [tab, second]) await each.page.close();
  });
}

test("an erasure gets out of a core that failed", { timeout }, async () => {
  const page = await lab.browser.page();
  const disk = await Disk.below(page);
  const { tab, me, other, room } = await lab.talk("erase-failed", page);
  await disk.hangs("commit");
  await other.say(room, "while it hung");
  await tab.reaches({ core: "failed", code: "storage.hung" }, 60_000);
  await disk.hangs(undefined);
  assert.deepEqual(await tab.outcome("() => client.erase()"), { code: "" });
  await anew(tab, me);
  await page.close();
});

test("an erasure that somebody is in the way of ends, and says so", { timeout }, async () => {
  const { tab } = await lab.talk("erase-blocked");
  await Holder.of(await lab.browser.page(), lab.server, "alcove:erase-blocked");
  assert.equal((await tab.outcome("() => client.erase()")).code, "storage.blocked");
});
