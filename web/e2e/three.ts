// Three tabs of one browser on one account.
import assert from "node:assert/strict";
import type { Client, SessionSnapshot } from "alcove";
import type { Page } from "playwright-core";
import type { Browser } from "./harness.js";
import { openRoom, signIn, type Account, type World } from "./real.js";

/** The session as the page's client knows it. */
const sessionOf = (page: Page): Promise<SessionSnapshot> =>
  page.evaluate(() => (document.querySelector("alcove-app") as unknown as { client: Client }).client.session.getSnapshot());

export class Three {
  readonly browser: Browser;
  readonly room: string;
  readonly #room: string;
  tabs: readonly Page[];

  private constructor(browser: Browser, tabs: readonly Page[], room: string, id: string) {
    this.browser = browser;
    this.tabs = tabs;
    this.room = room;
    this.#room = id;
  }

  /** Signs in, and opens the room in each tab. */
  static async open(world: World, account: Account, room: string, id: string, size = { width: 1280, height: 800 }): Promise<Three> {
    const browser = await signIn(world, account);
    const first = browser.page;
    await first.setViewportSize(size);
    await openRoom(first, room);
    const others = [await first.context().newPage(), await first.context().newPage()];
    const three = new Three(browser, [first, ...others], room, id);
    for (const page of others) {
      await page.setViewportSize(size);
      await page.goto(first.url());
    }
    for (const page of three.tabs) await page.getByLabel("Message to").waitFor();
    return three;
  }

  /** The tab that runs the core. There is one, and the others run none. */
  async leader(): Promise<Page> {
    let leads: boolean[];
    do {
      const sessions = await Promise.all(this.tabs.map(sessionOf));
      leads = sessions.map(({ core, leader }) => core === "running" && leader);
    } while (!leads.includes(true));
    const at = leads.indexOf(true);
    assert.equal(leads.lastIndexOf(true), at, "one tab leads");
    assert.deepEqual(this.tabs.map((page) => page.workers().length), leads.map(Number), "only the leader has a worker");
    return this.tabs[at] as Page;
  }

  async close(page: Page): Promise<void> {
    this.tabs = this.tabs.filter((tab) => tab !== page);
    await page.close();
  }

  /** Ends a tab's renderer, as a defect of the browser would. */
  async crash(page: Page): Promise<void> {
    const crashed = page.waitForEvent("crash");
    page.goto("chrome://crash").catch(() => {});
    await crashed;
    await this.close(page);
  }

  /** Is the answer to this request that of a message to the room? */
  readonly isSend = (line: string): boolean => /^PUT .*\/send\/m\.room\.message\//.test(line) && decodeURIComponent(line).includes(this.#room);
}
