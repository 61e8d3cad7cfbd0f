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
export type Lead = (on: LeadEvents, office?: Office) => Transport;

export type LeadEvents = TransportEvents & {
  /** The core ended before it began: it does not find its page's lock, as if the page had none. */
  apart(): void;
};

export type TabsOptions = {
  /** Of the store's database; also that of the lock and of the channel. */
  readonly name: string;
  readonly lead: Lead;
  readonly page: Page;
  readonly commons: Commons;
  /** Which calls this page knows. */
  readonly hash?: string;
};

/** Who clears a site's data does not do so again and again before a core is up. */
const mostRenewals = 5;

/** alone makes each page have a core of its own; the storage decides whose writes count. */
export function alone(lead: Lead): Cores {
  return { connect: (on) => lead({ ...on, apart() {} }), leave() {} };
}

/**
 * Tabs is one core for all tabs of a store. The page that has the lock leads:
 * it runs the core. The others follow: they are connected to the leader's
 * worker and stand in line for the lock, which the browser hands on when the
 * leader is closed or crashes.
 */
export class Tabs implements Cores {
  readonly #options: TabsOptions & { readonly hash: string };
  #commons: Commons;
  #lease: Lease;
  /** While the page takes part. */
  #channel: Channel | undefined;
  #unwatch: (() => void) | undefined;
  /** How the browser names this page, while it leads. */
  #client: string | undefined;
  #refused = false;
  /** How often the page got other locks since a core ran. */
  #renewals = 0;
  #away = false;
  /** Until it led or followed a first time, a page counts as newer than any that leads. */
  #newest = true;
  /** The core's present connection, as both sides of it know it. */
  #on: TransportEvents | undefined;
  #transport: Follower | Leading | undefined;

  constructor(options: TabsOptions) {
    this.#options = { hash: API_HASH, ...options };
    this.#commons = options.commons;
    this.#lease = this.#newLease();
  }

  connect(on: TransportEvents): Transport {
    this.#on = on;
    this.#unwatch ??= this.#options.page.away((away) => this.#setAway(away));
    if (this.#away) return nowhere;
    if (this.#refused) return alone(this.#options.lead).connect(on);
    this.#channel ??= this.#open();
    this.#lease.queue();
    const running = () => {
      this.#newest = false;
      this.#renewals = 0;
      on.running();
    };
    this.#transport = this.#client === undefined ? this.#follow({ ...on, running }) : this.#lead(this.#client, { ...on, running });
    return this.#transport;
  }

  leave(): void {
    this.#on = undefined;
    this.#retreat();
    this.#unwatch?.();
    this.#unwatch = undefined;
  }

  #newLease(): Lease {
    return new Lease(this.#commons, this.#options.name, {
      granted: (client) => this.#granted(client),
      lost: () => this.#resign(),
      refused: () => this.#refuse(),
    });
  }

  #open(): Channel {
    const channel = this.#commons.channel(this.#options.name);
    channel.onmessage = ({ data }) => {
      const word = wordOf(data);
      if (word) this.#transport?.heard(word);
    };
    return channel;
  }

  #follow(on: TransportEvents): Follower {
    const { hash, page } = this.#options;
    return new Follower(
      {
        commons: this.#commons,
        hash,
        visible: () => page.state().visible,
        say: (word) => this.#say(word),
        leads: (leader) => this.#holds(leader.client),
        depose: (leader) => this.#lease.steal(leader?.client),
        newest: () => this.#newest,
      },
      on,
    );
  }

  #lead(client: string, on: TransportEvents): Leading {
    const office: Office = { name: this.#options.name, leader: { term: random(), client, hash: this.#options.hash } };
    const { lead } = this.#options;
    return new Leading(
      { office, lead, say: (word) => this.#say(word), resign: () => this.#resign(), apart: () => void this.#rejoin(client) },
      on,
    );
  }

  async #holds(client: string): Promise<boolean> {
    return (await clientOf(this.#commons, this.#options.name)) === client;
  }

  /**
   * rejoin gives up the lead of a page whose worker does not find its lock. If
   * the page itself does, then the site's data was cleared: its locks are not
   * those of whoever comes now, and it stands in line anew among those.
   */
  async #rejoin(client: string): Promise<void> {
    const cleared = await this.#holds(client);
    if (this.#client !== client) return;
    if (cleared && !this.#renew()) this.#refused = true;
    this.#resign();
  }

  /** renew is false where other locks are not to be had, or no help. */
  #renew(): boolean {
    const commons = this.#renewals++ < mostRenewals ? this.#commons.renew?.() : undefined;
    if (!commons) return false;
    this.#lease.release();
    this.#commons = commons;
    this.#lease = this.#newLease();
    return true;
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
