// The files of the databases are harmed between two runs of the browser. Either
// all is there, or it is said what is not, and signing in again brings back all
// that the server has.
//
// GARBLES is the number of cases on each of Chromium's database engines, SEED
// what is done to which file.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { randomFrom } from "../random.js";
import { Profile } from "./chromium.js";
import { until } from "./exchange.js";
import { agree, compare, explain, none } from "./findings.js";
import { damages } from "./garble.js";
import { Server } from "./server.js";
import type { Person } from "./server.js";
import { Tab } from "./tab.js";

const cases = Number(process.env["GARBLES"] || 8);
const seed = Number(process.env["SEED"] || 1);
const timeout = 240_000;
const store = "garbled";

for (const [engine, features] of [["LevelDB", ""], ["SQLite", "IdbSqliteBackingStore"]] as const) {
  let visited: Visited;

  before(async () => void (visited = await visit(features)), { timeout });
  after(() => visited?.end());

  for (let number = 0; number < cases; number++) {
    test(`${engine}, case ${number} of seed ${seed}`, { timeout }, async (t) => {
      const profile = visited.profile.copy();
      try {
        const random = randomFrom(seed * 10_000 + number);
        const damage = damages[number % damages.length];
        t.diagnostic(`${damage?.name}: ${damage?.to(profile.path, random)}`);
        t.diagnostic(await visited.judge(profile));
      } finally {
        await profile.remove();
      }
    });
  }
}

/** Visited is a profile with an account in it, of which the browser is not running, and what the server has for it. */
class Visited {
  readonly profile: Profile;
  readonly server: Server;
  readonly me: Person;
  readonly rooms: readonly string[];
  device = "";

  constructor(profile: Profile, server: Server, me: Person, rooms: readonly string[]) {
    this.profile = profile;
    this.server = server;
    this.me = me;
    this.rooms = rooms;
  }

  async end(): Promise<void> {
    await this.profile.remove();
    await this.server.close();
  }

  /**
   * judge starts a browser on what is left, and another one, and returns how
   * both went on. What came after a loss lasts; where nothing seemed lost, the
   * browser itself may find damage later: LevelDB appends to a log that was cut.
   */
  async judge(profile: Profile): Promise<string> {
    const first = await this.#start(profile, this.device);
    const second = await this.#start(profile, first.device);
    if (first.found !== "whole") assert.equal(second.found, "whole", "what came after a loss lasts");
    return `${first.found}, then ${second.found}`;
  }

  /** start is one run of the browser, at the end of which somebody is signed in and all is there. */
  async #start(profile: Profile, before: string): Promise<{ found: string; device: string }> {
    const browser = await profile.launch();
    const tab = await Tab.load(await browser.page(), this.server, store);
    const found = await this.#found(tab);
    if (found !== "whole") await this.#beginAnew(tab, found);
    const device = await this.#isWhole(tab);
    assert.equal(device === before, found === "whole", "a device lives on with what is stored of it, and not without");
    await browser.quit();
    return { found, device };
  }

  /** found is how the first start ended: "whole", "lost" or the code of an error. */
  async #found(tab: Tab): Promise<string> {
    const { code } = await tab.outcome(`async () => {
      globalThis.client = await alcove.createClient({ store: ${JSON.stringify(store)}, homeserver: location.origin });
    }`);
    if (code) {
      assert.match(code, /^storage\./);
      return code;
    }
    await tab.page.waitForFunction(() => {
      const { core, state, sync } = client.session.getSnapshot();
      return core === "failed" || (core === "running" && (state === "storageLost" || state === "signedOut" || sync === "live"));
    }, undefined, { timeout: 200_000 });
    const { core, state, error, userId } = await tab.session();
    if (core === "running" && state === "ready") return "whole";
    assert.ok(error, `${core} and ${state} without a reason`);
    assert.match(error.code, /^storage\./);
    if (core === "failed") return error.code;
    assert.deepEqual([state, userId], ["storageLost", this.me.id]);
    assert.equal((await tab.storage())?.lost?.account, true);
    return "lost";
  }

  async #beginAnew(tab: Tab, found: string): Promise<void> {
    if (found !== "lost" && !(await this.#erases(tab))) {
      assert.deepEqual(await tab.login(this.me), { code: "" });
      await this.#isWhole(tab);
      await this.#clear(tab);
    }
    assert.deepEqual(await tab.login(this.me), { code: "" });
  }

  /** erases is false where the browser cannot even delete its files: then the client lives in memory, and says so. */
  async #erases(tab: Tab): Promise<boolean> {
    const { code } = await tab.outcome(`() => globalThis.client ? client.erase() : alcove.eraseStore(${JSON.stringify(store)})`);
    if (!(await tab.page.evaluate(() => "client" in globalThis))) await tab.start();
    await tab.reaches({ state: "signedOut", core: "running", code: "" });
    assert.deepEqual([code, await this.#inMemory(tab)], code ? ["storage.unavailable", true] : ["", false]);
    return !code;
  }

  /** clear is what the browser's settings offer. */
  async #clear(tab: Tab): Promise<void> {
    const session = await tab.page.context().newCDPSession(tab.page);
    await session.send("Storage.clearDataForOrigin", { origin: this.server.origin, storageTypes: "all" });
    await tab.reload();
    await tab.start();
    assert.deepEqual([(await tab.session()).state, await this.#inMemory(tab)], ["signedOut", false]);
  }

  async #inMemory(tab: Tab): Promise<boolean> {
    return (await tab.storage())?.inMemory ?? false;
  }

  /** isWhole says that the page shows all that the server has, and returns its device. */
  async #isWhole(tab: Tab): Promise<string> {
    const { userId, deviceId } = await tab.reaches({ state: "ready", core: "running", sync: "live", code: "" });
    assert.equal(userId, this.me.id);
    for (const room of this.rooms) {
      await tab.knows(room);
      await tab.enter(room);
      const said = await this.me.heard(room);
      let shown = await tab.everything();
      await until(async () => ((shown = await tab.everything()), agree(said, [shown], new Set())));
      const found = compare(said, [shown], new Set());
      if (Object.values(found).some((count) => count > 0)) explain(said, [shown], new Set());
      assert.deepEqual(found, none);
    }
    return deviceId ?? "";
  }
}

/**
 * visit makes a profile with files of every kind: the first visit ends as it
 * should, and its notes outside of the database are sure to be written; the
 * second is killed. Something happens before each, and while nobody is there.
 */
async function visit(features: string): Promise<Visited> {
  const server = await Server.start();
  const [me, other] = [await server.account("me"), await server.account("other")];
  const rooms: string[] = [];
  for (const name of ["one", "two", "three"]) rooms.push(await other.room(name, me));
  const visited = new Visited(new Profile(features), server, me, rooms);
  for (const [number, end] of (["quit", "kill"] as const).entries()) {
    const browser = await visited.profile.launch();
    const tab = await Tab.open(await browser.page(), server, store);
    if (end === "quit") assert.equal((await tab.login(me)).code, "");
    await tab.reaches({ sync: "live" });
    for (const room of rooms) await converse(tab, room, other, number);
    visited.device = (await tab.session()).deviceId ?? "";
    await browser[end]();
    for (const room of rooms) await other.say(room, `b ${number} while away`);
  }
  return visited;
}

/** So that a database becomes more files than one. */
const padding = " and more".repeat(500);

async function converse(tab: Tab, room: string, other: Person, when: number): Promise<void> {
  await tab.knows(room);
  await tab.enter(room);
  const mine = Array.from({ length: 10 }, (_, n) => `a ${when} ${n}`);
  await tab.write(mine);
  for (let n = 0; n < 40; n++) await other.say(room, `b ${when} ${String(n).padStart(2, "0")}${padding}`);
  await tab.shows(`b ${when} 39${padding}`);
  await tab.shows(`a ${when} 9`);
}
