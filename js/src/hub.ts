import { clientOf } from "./commons.js";
import type { Channel, Commons } from "./commons.js";
import { lineName, wordOf } from "./words.js";
import type { Leader, Welcome, Word } from "./words.js";

/** What a core does for pages, each under a number of the hub's choice. */
export type CorePages = {
  connect(page: number): void;
  receive(page: number, frame: string): void;
  /** Ends all that the page has under way. The core says nothing more to it. */
  disconnect(page: number): void;
};

/** Office is what makes a worker's core the one of all tabs. */
export type Office = {
  /** The lock that the worker's page holds while this is so, and the channel of the tabs. */
  readonly name: string;
  readonly leader: Leader;
};

/** finds says whether the page of an office holds its lock, as seen from here. */
export async function finds({ name, leader }: Office, commons: Commons): Promise<boolean> {
  return (await clientOf(commons, name)) === leader.client;
}

/** The page that started the worker, which needs no line. */
export const ownPage = 0;

/** Hub connects other pages to the core of this worker, for as long as its own page holds the lock. */
export class Hub {
  readonly #office: Office;
  readonly #core: CorePages;
  readonly #commons: Commons;
  readonly #channel: Channel;
  readonly #lines = new Map<number, Channel>();
  #last = ownPage;

  constructor(office: Office, core: CorePages, commons: Commons) {
    this.#office = office;
    this.#core = core;
    this.#commons = commons;
    this.#channel = commons.channel(office.name);
    this.#channel.onmessage = ({ data }) => void this.#heard(wordOf(data));
    void this.#announce();
  }

  /** send passes a frame of the core to a page. */
  send(page: number, frame: string): void {
    this.#lines.get(page)?.postMessage(frame);
  }

  async #heard(word: Word | undefined): Promise<void> {
    if (word && "who" in word) await this.#announce();
    if (word && "join" in word && word.to === this.#office.leader.term) await this.#join(word.join);
  }

  async #announce(): Promise<void> {
    if (await this.#leads()) this.#channel.postMessage({ leader: this.#office.leader } satisfies Word);
  }

  /** join serves a page until its lock is free: it was closed, or ended the line. */
  async #join(id: string): Promise<void> {
    if (!(await this.#leads())) return;
    const page = ++this.#last;
    const line = this.#commons.channel(lineName(id));
    this.#lines.set(page, line);
    this.#core.connect(page);
    line.onmessage = ({ data }) => typeof data === "string" && this.#core.receive(page, data);
    line.postMessage({ welcome: this.#office.leader.term } satisfies Welcome);
    await this.#commons.locks.request(lineName(id), () => {});
    this.#lines.delete(page);
    line.close();
    this.#core.disconnect(page);
  }

  /** A worker may outlive its page's lock: when the lock was stolen while the page, or both of them, stood still. */
  #leads(): Promise<boolean> {
    return finds(this.#office, this.#commons);
  }
}
