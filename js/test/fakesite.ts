// Pages and workers of one site, with the browser's locks and channels between
// them. Everything that reaches one of them is an event of its own, and a test
// decides which of those that wait comes next.
import type { Channel, Commons } from "../src/commons.js";

type Event = () => void;

/** Site is what the browser keeps for all pages. */
export class Site {
  readonly agents = new Set<Agent>();
  /** Of those who come now, and of those who were there before the site's data was cleared. */
  locks: Locks = new Map();
  readonly older: Locks[] = [];
  readonly channels = new Set<FakeChannel>();
  #clients = 0;

  agent(): Agent {
    const agent = new Agent(this, `client-${++this.#clients}`);
    this.agents.add(agent);
    return agent;
  }

  /** clear is what Chromium does with the locks when it clears a site's data. */
  clear(): void {
    this.older.push(this.locks);
    this.locks = new Map();
  }

  /** step lets one event happen that waits, by the choice of pick; false when none does any more. */
  async step(pick: (below: number) => number): Promise<boolean> {
    const lanes = this.#waiting();
    lanes[pick(Math.max(1, lanes.length))]?.shift()?.();
    await new Promise(setImmediate);
    return this.#waiting().length > 0;
  }

  /** settle lets everything happen. */
  async settle(pick: (below: number) => number = () => 0): Promise<void> {
    while (await this.step(pick));
  }

  #waiting(): Event[][] {
    return [...this.agents].flatMap((agent) => (agent.frozen ? [] : [...agent.lanes.values()])).filter((lane) => lane.length > 0);
  }

  /** holder is whose lock it is. */
  holder(name: string): Agent | undefined {
    return this.locks.get(name)?.held?.agent;
  }
}

type Locks = Map<string, Lock>;

/** Agent is a page or a worker. */
export class Agent implements Commons {
  readonly site: Site;
  readonly client: string;
  /** Events that wait, in order within a lane. */
  readonly lanes = new Map<string, Event[]>();
  frozen = false;
  dead = false;

  constructor(site: Site, client: string) {
    this.site = site;
    this.client = client;
    this.locks = this.#locksOf(site.locks);
  }

  /** post makes an event. */
  post(lane: string, event: Event): void {
    if (this.dead) return;
    const waiting = this.lanes.get(lane) ?? [];
    this.lanes.set(lane, waiting);
    waiting.push(event);
  }

  /** end is the end of the page or worker, at any moment. */
  end(): void {
    this.dead = true;
    this.lanes.clear();
    this.site.agents.delete(this);
    for (const channel of this.site.channels) if (channel.agent === this) channel.close();
    for (const locks of [this.site.locks, ...this.site.older]) for (const lock of locks.values()) lock.forget(this);
  }

  channel(name: string): Channel {
    return new FakeChannel(this, name);
  }

  readonly locks: Commons["locks"];

  renew(): Commons {
    return { locks: this.#locksOf(this.site.locks), channel: (name) => this.channel(name), renew: () => this.renew() };
  }

  readonly #locksOf = (locks: Locks) => ({
    request: (name: string, ...rest: [LockGrantedCallback<unknown>] | [LockOptions, LockGrantedCallback<unknown>]): Promise<unknown> => {
      const callback = rest.at(-1) as LockGrantedCallback<unknown>;
      const options = rest.length === 2 ? rest[0] : {};
      const lock = locks.get(name) ?? new Lock(name);
      locks.set(name, lock);
      return new Promise((resolve, reject) => {
        if (this.dead) return;
        const request: LockRequest = { agent: this, callback, resolve, reject: (reason) => this.post("locks", () => reject(reason)) };
        options.signal?.addEventListener("abort", () => lock.withdraw(request));
        lock.ask(request, options);
      });
    },
    query: (): Promise<LockManagerSnapshot> =>
      new Promise((resolve) => {
        const held = [...locks.values()].flatMap((lock) => lock.info());
        this.post("locks", () => resolve({ held, pending: [] }));
      }),
  }) as Commons["locks"];
}

type LockRequest = {
  agent: Agent;
  callback: LockGrantedCallback<unknown>;
  resolve(value: unknown): void;
  reject(reason: unknown): void;
};

/** Lock is one name's holder and who waits for it (Web Locks API, 4). */
class Lock {
  readonly #name: string;
  held: LockRequest | undefined;
  readonly #waiting: LockRequest[] = [];

  constructor(name: string) {
    this.#name = name;
  }

  ask(request: LockRequest, options: LockOptions): void {
    if (options.ifAvailable && (this.held || this.#waiting.length > 0)) {
      request.agent.post("locks", () => void Promise.resolve(request.callback(null)).then(request.resolve, request.reject));
      return;
    }
    if (options.steal) {
      this.held?.reject(new DOMException("stolen", "AbortError"));
      this.held = undefined;
      this.#waiting.unshift(request);
    } else {
      this.#waiting.push(request);
    }
    this.#next();
  }

  withdraw(request: LockRequest): void {
    if (!this.#drop(request)) return;
    request.reject(new DOMException("withdrawn", "AbortError"));
  }

  forget(agent: Agent): void {
    for (const request of this.#waiting.filter((one) => one.agent === agent)) this.#drop(request);
    if (this.held?.agent === agent) this.#release(this.held);
  }

  info(): LockInfo[] {
    return this.held ? [{ name: this.#name, mode: "exclusive", clientId: this.held.agent.client }] : [];
  }

  #drop(request: LockRequest): boolean {
    const at = this.#waiting.indexOf(request);
    if (at >= 0) this.#waiting.splice(at, 1);
    return at >= 0;
  }

  #next(): void {
    if (this.held) return;
    const request = this.#waiting.shift();
    if (!request) return;
    this.held = request;
    request.agent.post("locks", () => void this.#run(request));
  }

  async #run(request: LockRequest): Promise<void> {
    try {
      const value = await request.callback({ name: this.#name, mode: "exclusive" });
      this.#release(request);
      request.resolve(value);
    } catch (error) {
      this.#release(request);
      request.reject(error);
    }
  }

  #release(request: LockRequest): void {
    if (this.held !== request) return;
    this.held = undefined;
    this.#next();
  }
}

class FakeChannel implements Channel {
  readonly agent: Agent;
  readonly #name: string;
  onmessage: ((event: MessageEvent<unknown>) => void) | null = null;

  constructor(agent: Agent, name: string) {
    this.agent = agent;
    this.#name = name;
    agent.site.channels.add(this);
  }

  postMessage(message: unknown): void {
    if (this.agent.dead) return;
    if (!this.agent.site.channels.has(this)) throw new DOMException("closed", "InvalidStateError");
    for (const other of this.agent.site.channels) {
      if (other === this || other.#name !== this.#name) continue;
      const data: unknown = structuredClone(message);
      other.agent.post(`channel ${this.#name}`, () => {
        if (this.agent.site.channels.has(other)) other.onmessage?.({ data } as MessageEvent<unknown>);
      });
    }
  }

  close(): void {
    this.agent.site.channels.delete(this);
  }
}
