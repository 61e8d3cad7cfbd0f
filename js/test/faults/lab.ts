// What most tests against faults start with: a server and a browser of their
// own, with one page signed in.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import type { Page } from "playwright-core";
import { Profile } from "./chromium.js";
import type { Chromium } from "./chromium.js";
import { Server } from "./server.js";
import type { Person } from "./server.js";
import { Tab } from "./tab.js";

/** Lab is there from before the first test until after the last of a file. */
export class Lab {
  server!: Server;
  browser!: Chromium;
  readonly #profile: Profile;

  constructor(profile = new Profile()) {
    this.#profile = profile;
    before(async () => {
      this.server = await Server.start();
      this.browser = await this.#profile.launch();
    });
    after(async () => {
      await this.#profile.remove();
      await this.server?.close();
    });
  }

  /** signedOut is a new page with an empty store. */
  async signedOut(store: string): Promise<Tab> {
    return Tab.open(await this.browser.page(), this.server, store);
  }

  /** crash ends a page's process. */
  async crash(page: Page): Promise<void> {
    const crashed = page.waitForEvent("crash");
    const session = await page.context().newCDPSession(page);
    session.send("Page.crash").catch(() => {}); // it does not live to answer
    await crashed;
    await page.close();
  }

  /** talk is a page where somebody is in a room with somebody else. */
  async talk(store: string, page?: Page): Promise<Talk> {
    const me = await this.server.account(`${store}-me`);
    const other = await this.server.account(`${store}-other`);
    const room = await other.room(store, me);
    const tab = await Tab.open(page ?? (await this.browser.page()), this.server, store);
    assert.equal((await tab.login(me)).code, "");
    await tab.reaches({ sync: "live" });
    await tab.enter(room);
    return { tab, me, other, room };
  }
}

export type Talk = { readonly tab: Tab; readonly me: Person; readonly other: Person; readonly room: string };

export const html = { "Content-Type": "text/html" };
export const portal = "<!doctype html><title>Welcome to our Wi-Fi</title><form></form>";

export const matrixError = (errcode: string, more = {}) => JSON.stringify({ errcode, error: "as the test wants", ...more });
