import { API_HASH } from "./api.js";
import { clientOf } from "./commons.js";
import type { Channel, Commons } from "./commons.js";
import type { Cores, Transport, TransportEvents } from "./core.js";
import { Follower } from "./follower.js";
import type { Office } from "./hub.js";
import { Leading } from "./leading.js";
import { Lease } from "./lease.js";
import type { Page } from "./page.js";
import { random } from "./view.js";
import { wordOf } from "./words.js";
import type { Word } from "./words.js";

/** Lead starts a core in this page: in an office for all tabs, or for this one alone. */
export type Lead = (on: TransportEvents, office?: Office) => Transport;

export type TabsOptions = {
  /** Of the store's database; also that of the lock and of the channel. */
  readonly name: string;
  readonly lead: Lead;
  readonly page: Page;
  readonly commons: Commons;
  /** Which calls this page knows. */
  readonly hash?: string;
};

/** alone makes each page have a core of its own; the storage decides whose writes count. */
export function alone(lead: Lead): Cores {
  return { connect: (on) => lead(on), leave() {} };
}

/**
 * Tabs is one core for all tabs of a store. The page that has the lock leads:
 * it runs the core. The others follow: they are connected to the leader's
 * worker and stand in line for the lock, which the browser hands on when the
 * leader is closed or crashes.
 */
export class Tabs implements Cores {
  readonly #options: TabsOptions & { readonly hash: string };
  readonly #lease: Lease;
  /** While the page takes part. */
  #channel: Channel | undefined;
  #unwatch: (() => void) | undefined;
  /** How the browser names this page, while it leads. */
  #client: string | undefined;
  #refused = false;
  #away = false;
  /** Until it led or followed a first time, a page counts as newer than any that leads. */
  #newest = true;
  /** The core's present connection, as both sides of it know it. */
  #on: TransportEvents | undefined;
  #transport: Follower | Leading | undefined;

  constructor(options: TabsOptions) {
    this.#options = { hash: API_HASH, ...options };
    this.#lease = new Lease(options.commons, this.#options.name, {
      granted: (client) => this.#granted(client),
      lost: () => this.#resign(),
      refused: () => this.#refuse(),
    });
  }

  connect(on: TransportEvents): Transport {
    this.#on = on;
    this.#unwatch ??= this.#options.page.away((away) => this.#setAway(away));
    if (this.#away) return nowhere;
    if (this.#refused) return this.#options.lead(on);
    this.#channel ??= this.#open();
    this.#lease.queue();
    const running = () => {
      this.#newest = false;
      on.running();
    };
    this.#transport = this.#client === undefined ? this.#follow({ ...on, running }) : this.#lead(this.#client, on);
    return this.#transport;
  }

  leave(): void {
    this.#on = undefined;
    this.#retreat();
    this.#unwatch?.();
    this.#unwatch = undefined;
  }

  #open(): Channel {
    const channel = this.#options.commons.channel(this.#options.name);
    channel.onmessage = ({ data }) => {
      const word = wordOf(data);
      if (word) this.#transport?.heard(word);
    };
    return channel;
  }

  #follow(on: TransportEvents): Follower {
    const { commons, hash, page } = this.#options;
    return new Follower(
      {
        commons,
        hash,
        visible: () => page.state().visible,
        say: (word) => this.#say(word),
        leads: async (leader) => (await clientOf(commons, this.#options.name)) === leader.client,
        depose: (leader) => this.#lease.steal(leader?.client),
        newest: () => this.#newest,
      },
      on,
    );
  }

  #lead(client: string, on: TransportEvents): Leading {
    const office: Office = { name: this.#options.name, leader: { term: random(), client, hash: this.#options.hash } };
    const { lead } = this.#options;
    return new Leading({ office, lead, say: (word) => this.#say(word), resign: () => this.#resign() }, on);
  }

  #say(word: Word): void {
    this.#channel?.postMessage(word);
  }

  #granted(client: string): void {
    this.#client = client;
    this.#newest = false;
    if (this.#transport instanceof Follower) this.#transport.promoted();
  }

  /** resign ends this page's core, if there is one, before the lock goes to the next page. */
  #resign(): void {
    this.#transport?.close();
    this.#transport = undefined;
    this.#lease.release();
    this.#client = undefined;
    this.#on?.moved(false);
  }

  #refuse(): void {
    this.#refused = true;
    this.#on?.moved(false);
  }

  /** A page that goes away may be kept for coming back, and takes no part until then. */
  #setAway(away: boolean): void {
    this.#away = away;
    if (away) this.#retreat();
    this.#on?.moved(false);
  }

  /** retreat lets go of all that other pages wait for. */
  #retreat(): void {
    this.#transport?.close();
    this.#transport = undefined;
    this.#lease.release();
    this.#client = undefined;
    this.#channel?.close();
    this.#channel = undefined;
  }
}

/** nowhere is the connection of a page that is away. What is asked there is asked again when it is back. */
const nowhere: Transport = { leads: false, send() {}, silent() {}, fenced: () => true, close() {} };
