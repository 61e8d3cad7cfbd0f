import { clientOf } from "./commons.js";
import type { Commons } from "./commons.js";
import { deferred } from "./deferred.js";
import type { Deferred } from "./deferred.js";
import { random } from "./view.js";

export type LeaseEvents = {
  /** This page has the lock. client is how the browser names this page. */
  granted(client: string): void;
  /** Somebody took the lock away. */
  lost(): void;
  /** This browser, or this page, gets no locks. */
  refused(): void;
};

/** Request is one time that this page asked for the lock. */
type Request = {
  held: boolean;
  /** Settles when it is answered. */
  readonly answered: Deferred<void>;
  /** Settled by whoever lets go of the lock. */
  readonly over: Deferred<void>;
  readonly leave: AbortController;
};

/**
 * Lease is this page's part in the one lock of a store. The page holds it, not
 * a worker: Safari keeps a worker's lock when its page reloads.
 */
export class Lease {
  readonly #commons: Commons;
  readonly #name: string;
  readonly #on: LeaseEvents;
  readonly #self: Promise<string | undefined>;
  #request: Request | undefined;

  constructor(commons: Commons, name: string, on: LeaseEvents) {
    this.#commons = commons;
    this.#name = name;
    this.#on = on;
    this.#self = ownClient(commons);
    this.#self.catch(() => {}); // the lock is refused too
  }

  /** queue asks for the lock, after those who did so before. */
  queue(): void {
    if (!this.#request) this.#ask(false);
  }

  /**
   * steal takes the lock away from that page, or from any; false where it does
   * not hold it any more. One page at a time: those that wait for the same
   * leader lose their patience at the same moment.
   */
  async steal(from: string | undefined): Promise<boolean> {
    const before = this.#request;
    return this.#commons.locks.request(`alcove-steal:${this.#name}`, { ifAvailable: true }, async (turn) => {
      const holder = turn ? await clientOf(this.#commons, this.#name) : undefined;
      if (holder === undefined || holder !== (from ?? holder) || this.#request !== before || before?.held) return false;
      this.release();
      await this.#ask(true).answered.promise;
      return true;
    });
  }

  /** release lets go of the lock, or of the place in the queue. */
  release(): void {
    const request = this.#request;
    this.#request = undefined;
    request?.leave.abort();
    request?.over.resolve();
  }

  #ask(steal: boolean): Request {
    const request: Request = { held: false, answered: deferred(), over: deferred(), leave: new AbortController() };
    this.#request = request;
    const hold = async () => {
      const client = (await this.#self) ?? "";
      request.answered.resolve();
      if (this.#request !== request) return;
      request.held = true;
      this.#on.granted(client);
      await request.over.promise;
    };
    this.#commons.locks.request(this.#name, steal ? { steal } : { signal: request.leave.signal }, hold).catch((error: unknown) => {
      request.answered.resolve();
      if (this.#request !== request) return;
      this.#request = undefined;
      // Of whatever frame's making, so that instanceof says nothing.
      if ((error as { name?: unknown } | undefined)?.name === "AbortError") this.#on.lost();
      else this.#on.refused();
    });
    return request;
  }
}

/** ownClient is how the browser names this page: the holder of a lock that nobody else knows. */
function ownClient(commons: Commons): Promise<string | undefined> {
  const name = `alcove-self:${random()}`;
  return commons.locks.request(name, () => clientOf(commons, name));
}
