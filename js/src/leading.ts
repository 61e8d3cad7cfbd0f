import type { Transport, TransportEvents } from "./core.js";
import type { AlcoveError } from "./error.js";
import type { Office } from "./hub.js";
import type { Lead } from "./tabs.js";
import type { Word } from "./words.js";

export type LeadingOptions = {
  readonly office: Office;
  readonly lead: Lead;
  say(word: Word): void;
  /** Gives up the lead. */
  resign(): void;
  /** The worker does not find the page's lock. */
  apart(): void;
};

/** Leading is the leader's connection to the core in its own worker, which serves all tabs. */
export class Leading implements Transport {
  readonly leads = true;
  readonly #options: LeadingOptions;
  readonly #core: Transport;
  #running = false;
  #dead = false;
  #closed = false;

  constructor(options: LeadingOptions, on: TransportEvents) {
    this.#options = options;
    this.#announce();
    const running = () => {
      this.#running = true;
      on.running();
    };
    const exit = (error: AlcoveError) => {
      this.#dead = true;
      on.exit(error);
    };
    this.#core = options.lead({ ...on, running, exit, apart: () => options.apart() }, options.office);
  }

  /** While the core cannot answer itself, the page says that there will be one, also between two of them. */
  heard(word: Word): void {
    if ("who" in word && !this.#running) this.#announce();
  }

  send(frame: string): void {
    this.#core.send(frame);
  }

  silent(): void {
    this.#core.silent();
  }

  /** Whoever has the database now may have the lock as well: this page goes to the end of the line. */
  fenced(): boolean {
    queueMicrotask(() => this.#closed || this.#options.resign());
    return true;
  }

  close(): void {
    this.#core.close();
    this.#running = false;
    if (!this.#closed) this.#options.say({ gone: this.#options.office.leader.term, dead: this.#dead });
    this.#closed = true;
  }

  #announce(): void {
    this.#options.say({ leader: this.#options.office.leader, starting: true });
  }
}
