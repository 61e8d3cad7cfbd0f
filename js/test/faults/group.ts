// Several tabs of one account in one room, beside each other in one browser.
import assert from "node:assert/strict";
import type { Lab } from "./lab.js";
import type { Person } from "./server.js";
import { Tab } from "./tab.js";

/** Group is tabs that share a store. The first one leads, until a test changes that. */
export class Group {
  readonly #lab: Lab;
  readonly store: string;
  readonly other: Person;
  readonly room: string;
  readonly tabs: Tab[] = [];
  /** What was accepted in tabs that are gone. */
  readonly #accepted: string[] = [];

  private constructor(lab: Lab, store: string, other: Person, room: string) {
    this.#lab = lab;
    this.store = store;
    this.other = other;
    this.room = room;
  }

  static async gather(lab: Lab, store: string, count = 3): Promise<Group> {
    const { tab, other, room } = await lab.talk(store);
    const group = new Group(lab, store, other, room);
    group.tabs.push(tab);
    while (group.tabs.length < count) group.tabs.push(await group.join());
    return group;
  }

  /** join opens another tab. */
  async join(): Promise<Tab> {
    const tab = await Tab.open(await this.#lab.browser.page(), this.#lab.server, this.store);
    await this.enter(tab);
    return tab;
  }

  async enter(tab: Tab): Promise<void> {
    await tab.reaches({ state: "ready", core: "running" });
    await tab.enter(this.room);
  }

  get leader(): Tab {
    const [tab] = this.tabs;
    assert.ok(tab);
    return tab;
  }

  get followers(): Tab[] {
    return this.tabs.slice(1);
  }

  /** gone takes a tab off the list that is closed. */
  gone(tab: Tab): void {
    this.tabs.splice(this.tabs.indexOf(tab), 1);
    this.#accepted.push(...tab.accepted.map(({ body }) => body));
  }

  /** writeAll lets every tab write, and returns while they do. */
  async writeAll(name: string, count = 30): Promise<void> {
    const bodies = (n: number) => Array.from({ length: count }, (_, i) => `${name} ${n} ${String(i).padStart(3, "0")}`);
    await Promise.all(this.tabs.map((tab, n) => tab.write(bodies(n), 10)));
    await Promise.all(this.tabs.map((tab) => tab.untilAccepted(5)));
  }

  /** finish waits until the tabs that are left have written all, and starts the count anew. */
  async finish(count = 30): Promise<string[]> {
    await Promise.all(this.tabs.map((tab) => tab.untilAccepted(count)));
    const accepted = [...this.#accepted, ...this.tabs.flatMap((tab) => tab.accepted.map(({ body }) => body))];
    this.#accepted.length = 0;
    for (const tab of this.tabs) tab.accepted.length = 0;
    return accepted;
  }

  /** leads waits until exactly one tab leads, and that tab alone has a worker. */
  async leads(timeout = 30_000): Promise<Tab> {
    for (const end = Date.now() + timeout; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
      const sessions = await Promise.all(this.tabs.map((tab) => tab.session()));
      const leaders = this.tabs.filter((_, n) => sessions[n]?.leader && sessions[n].core === "running");
      const workers = this.tabs.filter((tab) => tab.page.workers().length > 0);
      const settled = sessions.every(({ core }) => core === "running") && leaders.length === 1 && workers.length === 1 && workers[0] === leaders[0];
      if (settled && leaders[0]) return leaders[0];
      if (Date.now() > end) throw new Error(`leading: ${JSON.stringify(sessions)}, workers in ${workers.length} tabs`);
    }
  }

  /** agree waits until the server and all tabs have the same, live, and says that it is right. */
  async agree(accepted: readonly string[]): Promise<void> {
    let said: string[] = [];
    let shown: string[][] = [];
    const same = async () => {
      said = (await this.other.heard(this.room)).map(({ body }) => body);
      shown = await Promise.all(this.tabs.map(async (tab) => (await tab.everything()).map(({ body, send }) => `${body}${send ?? ""}`)));
      const has = new Set(said);
      return accepted.every((body) => has.has(body)) && shown.every((one) => String(one) === String(said));
    };
    for (const end = Date.now() + 30_000; !(await same()) && Date.now() < end; ) await new Promise((resolve) => setTimeout(resolve, 200));
    assert.deepEqual(accepted.filter((body) => !said.includes(body)), [], "lost");
    assert.equal(new Set(said).size, said.length, "doubled");
    for (const list of shown) assert.deepEqual(list, said);
    const writers = new Set(said.map((body) => body.slice(0, -4)));
    for (const writer of writers) {
      const own = said.filter((body) => body.startsWith(`${writer} `));
      assert.deepEqual(own, [...own].sort(), "out of order");
    }
    assert.deepEqual(await Promise.all(this.tabs.map((tab) => tab.page.evaluate(() => timeline.stale))), this.tabs.map(() => false));
  }
}
