import type { Channel, Commons } from "./commons.js";
import { deferred } from "./deferred.js";
import { random } from "./view.js";
import { lineName } from "./words.js";

export type LineEvents = {
  /** The core takes frames. */
  welcome(): void;
  frame(text: string): void;
};

/**
 * Line is one page's own channel to the core in another page's worker. While
 * it is open the page holds a lock of its name, by which the core knows when
 * the page is gone, whatever became of it.
 */
export class Line {
  readonly #channel: Channel;
  readonly #over = deferred<void>();
  /** Frames from before the welcome. */
  readonly #early: string[] = [];
  #welcome = false;
  #closed = false;

  /** join asks for the line once the page holds its lock. */
  constructor(commons: Commons, on: LineEvents, join: (id: string) => void) {
    const id = random();
    this.#channel = commons.channel(lineName(id));
    this.#channel.onmessage = ({ data }) => (typeof data === "string" ? on.frame(data) : this.#open(on));
    const hold = () => {
      if (!this.#closed) join(id);
      return this.#over.promise;
    };
    commons.locks.request(lineName(id), hold).catch(() => {}); // without it there is no welcome, and the page looks on
  }

  send(frame: string): void {
    if (this.#welcome) this.#channel.postMessage(frame);
    else this.#early.push(frame);
  }

  close(): void {
    this.#closed = true;
    this.#channel.onmessage = null;
    this.#channel.close();
    this.#over.resolve();
  }

  #open(on: LineEvents): void {
    if (this.#welcome) return;
    this.#welcome = true;
    on.welcome();
    for (const frame of this.#early.splice(0)) this.#channel.postMessage(frame);
  }
}
