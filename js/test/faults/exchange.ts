// One account in several tabs of a browser that talks with somebody else, and
// what must be true of it whatever was killed.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { Profile } from "./chromium.js";
import type { Chromium } from "./chromium.js";
import { agree, compare, doubled, explain, none } from "./findings.js";
import type { Findings } from "./findings.js";
import { Server } from "./server.js";
import type { Person, Said } from "./server.js";
import { Tab } from "./tab.js";
import type { Followed, Shown } from "./tab.js";

/** Voice is one life of a tab, from a load of its page to the next, or to its end. */
export type Voice = { readonly tab: Tab; readonly name: string };

/** Other is with whom the account talks. */
export interface Other {
  readonly id: string;
  /** room makes a room that the account is in as well. */
  room(name: string, account: Person): Promise<string>;
  say(room: string, body: string): Promise<string>;
  /** heard is every message of a room, oldest first, in the server's order. */
  heard(room: string): Promise<Said[]>;
  /** listed is the names of all rooms that anybody may find. */
  listed(): Promise<string[]>;
}

export class Exchange {
  readonly profile = new Profile();
  readonly server: Server;
  readonly alice: Person;
  readonly bob: Other;
  browser!: Chromium;
  room = "";
  /** Of all tabs that are open, by age. */
  voices: Voice[] = [];
  /** All messages whose send() resolved, in whatever tab, by room. */
  readonly #accepted = new Map<string, Set<string>>();
  /** How many such there ever were, in all rooms. */
  taken = 0;
  readonly rooms: string[] = [];
  #lives = 0;
  #twice = 0;
  /** Pages that start their clients. */
  #coming: Promise<Tab>[] = [];

  private constructor(server: Server, alice: Person, bob: Other) {
    this.server = server;
    this.alice = alice;
    this.bob = bob;
  }

  /** start signs in, in one tab. */
  static async start(meet: (server: Server, name: string) => Promise<Other> = (server, name) => server.account(name)): Promise<Exchange> {
    const server = await Server.start();
    const exchange = new Exchange(server, await server.account("alice"), await meet(server, "bob"));
    await exchange.begin();
    const { tab } = await exchange.open();
    assert.equal((await tab.login(exchange.alice)).code, "");
    await exchange.change();
    return exchange;
  }

  async close(): Promise<void> {
    await this.profile.remove();
    await this.server.close();
  }

  /** change goes on in a new room: reading a long one again after each death would take most of the time. */
  async change(): Promise<void> {
    this.room = await this.bob.room(`room ${this.rooms.length}`, this.alice);
    this.rooms.push(this.room);
    for (const { tab } of this.voices) await this.#enter(tab);
  }

  /** begin is the browser's start, with nothing left of what was open before. */
  async begin(): Promise<void> {
    await this.browser?.kill();
    for (const voice of this.voices) this.left(voice);
    this.#coming = [];
    this.browser = await this.profile.launch();
  }

  /** open opens one more tab. */
  async open(): Promise<Voice> {
    const tab = await Tab.load(await this.browser.page(), this.server);
    await tab.start();
    return this.#join(tab);
  }

  /** resize opens or closes tabs until there are that many. */
  async resize(tabs: number): Promise<void> {
    while (this.voices.length < tabs) await this.open();
    for (const voice of this.voices.slice(tabs)) {
      await voice.tab.page.close();
      this.left(voice);
    }
  }

  /** comes is to be told of a page that starts its client, which a death may help or hinder. */
  comes(tab: Promise<Tab>): void {
    tab.catch(() => {}); // the browser may be killed first
    this.#coming.push(tab);
  }

  /** left is to be called for each page that is gone. What it was told goes on counting. */
  left({ tab }: Voice): void {
    this.voices = this.voices.filter((voice) => voice.tab !== tab);
    this.#note(tab);
  }

  /** leader is the voice whose page has the core; undefined while none does. */
  async leader(): Promise<Voice | undefined> {
    for (const voice of this.voices) if ((await voice.tab.session()).leader) return voice;
    return undefined;
  }

  /** works says whether every tab has an open store, and a core that syncs, also those that were about to open. */
  async works(): Promise<boolean> {
    try {
      for (const tab of this.#coming.splice(0)) await this.#join(await tab);
      for (const { tab } of this.voices) await tab.reaches({ state: "ready", core: "running", sync: "live" }, 40_000);
      return true;
    } catch (error) {
      console.error(error);
      return false;
    }
  }

  /** forget begins a new record of calls. */
  async forget(): Promise<void> {
    for (const { tab } of this.voices) await tab.forget();
  }

  /** inFlight is how many calls of all tabs have no answer. */
  async inFlight(): Promise<number> {
    return sum(await this.#records(), ({ open }) => open);
  }

  /**
   * find counts what is wrong once server and tabs agree, or when nothing has
   * changed for as long as it may take to notice a death. gaveUp: so many cores
   * died that calls may end with that.
   */
  async find(gaveUp = false): Promise<Findings> {
    let said: Said[] = [];
    let lists: Shown[][] = [];
    let records: Followed[] = [];
    const accepted = this.#acceptedIn(this.room);
    await settled(async () => {
      said = await this.bob.heard(this.room);
      lists = await Promise.all(this.voices.map(({ tab }) => tab.everything()));
      records = await this.#records();
      for (const { tab } of this.voices) this.#note(tab);
      const open = sum(records, ({ open }) => open);
      return agree(said, lists, accepted) && open === 0 ? true : `${said.length} ${open} ${lists.map(({ length }) => length)}`;
    });
    const found = compare(said, lists, accepted);
    found.vanished = sum(records, ({ vanished }) => vanished);
    found.unanswered = sum(records, ({ open, failed }) => [...open, ...failed.filter((why) => !gaveUp || !why.endsWith("core.died"))]);
    found.twice = await this.#ranTwice();
    if (Object.values(found).every((count) => count === 0)) return found;
    explain(said, lists, accepted);
    console.error(records);
    return found;
  }

  /** everywhere compares all rooms there ever were, in every tab. */
  async everywhere(): Promise<Findings> {
    const found = { ...none };
    for (this.room of this.rooms) {
      for (const { tab } of this.voices) await tab.enter(this.room);
      for (const [name, count] of Object.entries(await this.find())) found[name as keyof Findings] += count;
    }
    return found;
  }

  async #join(tab: Tab): Promise<Voice> {
    if (this.room) await this.#enter(tab);
    const voice = { tab, name: `a${four(this.#lives++)}` };
    this.voices.push(voice);
    return voice;
  }

  async #enter(tab: Tab): Promise<void> {
    await tab.knows(this.room);
    await tab.enter(this.room);
  }

  #note(tab: Tab): void {
    for (const { roomId, body } of tab.accepted.splice(0)) {
      this.#acceptedIn(roomId).add(body);
      this.taken++;
    }
  }

  #acceptedIn(roomId: string): Set<string> {
    const bodies = this.#accepted.get(roomId) ?? new Set();
    this.#accepted.set(roomId, bodies);
    return bodies;
  }

  /** ranTwice counts rooms that were made by one call, each once. */
  async #ranTwice(): Promise<number> {
    const before = this.#twice;
    this.#twice = doubled(await this.bob.listed());
    return this.#twice - before;
  }

  #records(): Promise<Followed[]> {
    return Promise.all(this.voices.map(({ tab }) => tab.record()));
  }
}

export const four = (number: number) => String(number).padStart(4, "0");

export async function until(holds: () => Promise<boolean>, patience = 20_000): Promise<boolean> {
  for (const end = Date.now() + patience; !(await holds()); await sleep(50)) if (Date.now() > end) return false;
  return true;
}

/** settled waits until something holds, as long as what it says of its state goes on changing. */
async function settled(holds: () => Promise<true | string>, patience = 20_000): Promise<void> {
  let before: true | string = "";
  for (let end = 0; ; await sleep(50)) {
    const now = await holds();
    if (now === true) return;
    if (now !== before) end = Date.now() + patience;
    if (Date.now() > end) return;
    before = now;
  }
}

function sum(records: readonly Followed[], of: (record: Followed) => readonly string[]): number {
  return records.reduce((sum, record) => sum + of(record).length, 0);
}
