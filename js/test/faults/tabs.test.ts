// Three tabs of one account write at the same time, while the one that runs the
// core ends in every way a tab or a worker can.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Group } from "./group.js";
import { Lab } from "./lab.js";
import type { Tab } from "./tab.js";

const lab = new Lab();

type Fate = {
  /** What happens to the leader; if it is gone for good, it is taken off the group. */
  befall(group: Group): Promise<unknown>;
  /** Whether it leads afterwards. */
  readonly stays: boolean;
};

const fates: Readonly<Record<string, Fate>> = {
  "is closed": {
    stays: false,
    async befall(group) {
      const { leader } = group;
      group.gone(leader);
      await leader.page.close();
    },
  },
  "is reloaded": {
    stays: false,
    async befall(group) {
      const { leader } = group;
      group.gone(leader);
      await leader.page.reload();
      await leader.start();
      await leader.reaches({ core: "running", sync: "live" });
      assert.equal((await leader.session()).leader, false);
      await leader.page.close();
    },
  },
  crashes: {
    stays: false,
    async befall(group) {
      const { leader } = group;
      group.gone(leader);
      await lab.crash(leader.page);
    },
  },
  "loses its worker": {
    stays: true,
    befall: ({ leader }) => leader.page.evaluate(() => workers.at(-1)?.terminate()),
  },
  "has a worker that hangs": { stays: true, befall: ({ leader }) => hang(leader) },
  "has two cores die": {
    stays: true,
    async befall({ leader, tabs }) {
      for (const more of [5, 15]) {
        await Promise.all(tabs.map((tab) => tab.untilAccepted(more)));
        await leader.page.evaluate(() => workers.at(-1)?.dispatchEvent(new ErrorEvent("error", { message: "by the test" })));
      }
    },
  },
  "is hidden and has a worker that hangs": {
    stays: false,
    async befall({ leader }) {
      await hide(leader);
      await hang(leader);
    },
  },
  "stands still, but not its worker": {
    stays: true,
    async befall({ leader, followers }) {
      await leader.page.evaluate(() => void setTimeout(() => {
        for (const end = Date.now() + 20_000; Date.now() < end; );
      }));
      await Promise.all(followers.map((tab) => tab.untilAccepted(30)));
    },
  },
  "stands still, and its worker too": {
    stays: false,
    async befall({ leader, followers }) {
      const go = await lab.browser.freeze(leader.page);
      try {
        await Promise.any(followers.map((tab) => tab.page.waitForFunction(() => client.session.getSnapshot().leader, undefined, { polling: 50 })));
      } finally {
        go(); // or nothing could close it
      }
    },
  },
  "loses its lock to somebody else": {
    stays: false,
    befall({ followers: [tab], store }) {
      const steal = (name: string) =>
        navigator.locks.request(name, { steal: true }, () => new Promise((resolve) => setTimeout(resolve, 500)));
      return tab?.page.evaluate(steal, `alcove:${store}`) ?? Promise.reject(new Error("no follower"));
    },
  },
};

/** hang keeps a tab's worker busy. */
async function hang({ page }: Tab, ms = 1e9): Promise<void> {
  await page.workers()[0]?.evaluate((ms) => void setTimeout(() => {
    for (const end = Date.now() + ms; Date.now() < end; );
  }), ms);
}

async function hide({ page }: Tab): Promise<void> {
  await page.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { value: "hidden" });
    document.dispatchEvent(new Event("visibilitychange"));
  });
}

for (const [fate, { befall, stays }] of Object.entries(fates)) {
  test(`the leader ${fate}: every message goes out once, and the tabs that are left go on`, { timeout: 180_000 }, async () => {
    const group = await Group.gather(lab, fate.replaceAll(/\W/g, ""));
    const { leader } = group;
    assert.equal(await group.leads(), leader);
    await group.writeAll("a");
    await befall(group);
    await group.agree(await group.finish());
    assert.equal((await group.leads()) === leader, stays);
    const [someone] = group.tabs;
    await someone?.write(["after"]);
    for (const tab of group.tabs) await tab.shows("after");
    await Promise.all(group.tabs.map((tab) => tab.page.close()));
  });
}
