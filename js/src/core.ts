import { API_HASH } from "./api.js";
import type { CallOptions, OpenParams, Port, Session } from "./api.js";
import { Deaths } from "./deaths.js";
import { deferred } from "./deferred.js";
import { aborted, AlcoveError, died, forGood, Moved } from "./error.js";
import { heartbeat } from "./heartbeat.js";
import type { Heartbeat } from "./heartbeat.js";
import { FramePort } from "./port.js";
import { CallQueue } from "./queue.js";

/** Transport is one connection to one core, such as a worker. */
export interface Transport {
  /** Whether the core is this page's own. */
  readonly leads: boolean;
  send(frame: string): void;
  /** The core shows no sign of life. The transport says what becomes of it. */
  silent(): void;
  /** The core lost its database to another one. True: a connection to that one follows, which `moved` says. */
  fenced(): boolean;
  /** Ends the connection. Nothing is heard of it afterwards. */
  close(): void;
}

/** What a transport reports. */
export type TransportEvents = {
  frame(text: string): void;
  /** The program runs: from now on it must show signs of life. */
  running(): void;
  exit(error: AlcoveError): void;
  /** Another connection leads on at once. dead: this one's core died, perhaps of what it was asked to do. */
  moved(dead: boolean): void;
};

/** Cores is where connections come from. */
export interface Cores {
  /** Starts a core, or finds one. It reports through the events, later. */
  connect(on: TransportEvents): Transport;
  /** Lets go of what was held for the next connection: there is none for now. */
  leave(): void;
}

/**
 * Where the core stands: `starting`, `running` (its storage is open),
 * `restarting` after it died or another tab took it over, `failed` until
 * `client.restart()`, `locked` until the passphrase is entered, or `closed` by
 * the page.
 */
export type CoreState = "starting" | "running" | "restarting" | "failed" | "locked" | "closed";

export type CoreOptions = {
  cores: Cores;
  /** Calls that must not run twice. */
  once: ReadonlySet<string>;
  openParams(): OpenParams;
  visible(): boolean;
  /** Whether the core that follows is this page's own. */
  leads(leads: boolean): void;
  /** The core runs, with this session. */
  opened(session: Session): void;
  /** The core is in another state than running. */
  changed(state: CoreState, error?: AlcoveError): void;
  /** The core found that it takes a passphrase. What follows is lock or unlock. */
  barred(): void;
  /** Says whether to start another core after this error. */
  mayRestart(error: AlcoveError): boolean;
};

/** Core keeps one core alive, and carries calls and streams to it. */
export class Core implements Port {
  readonly #options: CoreOptions;
  readonly #queue: CallQueue;
  readonly #deaths = new Deaths();
  #state: CoreState = "starting";
  #transport: Transport | undefined;
  #port: FramePort | undefined;
  #open = deferred<FramePort>();
  #heart: Heartbeat | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: CoreOptions) {
    this.#options = options;
    this.#queue = new CallQueue({ once: options.once, fenced: () => this.fenced() });
    this.#open.promise.catch(() => {});
  }

  get state(): CoreState {
    return this.#state;
  }

  /** opened is the port of an open core; it waits over restarts, and rejects only where there will be none. */
  opened(signal?: AbortSignal): Promise<FramePort> {
    if (!signal) return this.#open.promise;
    if (signal.aborted) return Promise.reject(aborted(signal));
    return new Promise((resolve, reject) => {
      const abort = () => reject(aborted(signal));
      signal.addEventListener("abort", abort);
      this.#open.promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
    });
  }

  /** call calls the core that is or will be open, and the next one where that does not answer. */
  call(name: string, params: unknown, options?: CallOptions): Promise<unknown> {
    return this.#queue.call(name, params, options);
  }

  /** stream waits for an open core, and throws when that one is lost: core.died, or Moved. */
  async *stream(name: string, params: unknown, options?: CallOptions): AsyncGenerator<unknown, void> {
    const port = await this.opened(options?.signal);
    yield* port.stream(name, params, options);
  }

  /** start makes the first connection. */
  start(): void {
    const transport = this.#options.cores.connect({
      frame: (text) => this.#current(transport) && this.#frame(text),
      running: () => this.#current(transport) && this.#watch(),
      exit: (error) => this.#current(transport) && this.#exit(error),
      moved: (dead) => this.#current(transport) && this.#moved(dead),
    });
    this.#transport = transport;
    this.#port = new FramePort(
      (frame) => transport.send(frame),
      API_HASH,
      (error) => error && this.#exit(error),
    );
    this.#options.leads(transport.leads);
    void this.#openStorage(this.#port);
  }

  /** restart tries again after the core failed. It settles when there is a core, or none again. */
  async restart(): Promise<void> {
    if (this.#state === "failed") {
      this.#revive();
      this.#change("restarting");
      this.start();
    }
    await this.opened();
  }

  /** revive takes back that there will be no other core. */
  #revive(): void {
    if (this.#state !== "failed") return;
    this.#deaths.forget();
    this.#queue.reopen();
    this.#renewOpen();
  }

  /** lock ends the core until unlock. What is called meanwhile waits. */
  lock(): void {
    if (this.#state === "closed" || this.#state === "locked") return;
    this.#revive();
    this.#end(new Moved(), false);
    this.#options.cores.leave();
    this.#options.leads(false);
    this.#change("locked");
  }

  /** unlock starts a core where lock, or the want of a passphrase, ended one. */
  unlock(): void {
    if (this.#state === "closed" || this.#transport) return;
    clearTimeout(this.#timer);
    if (this.#state === "locked") this.#change("starting");
    this.start();
  }

  /** without ends the core, does what none may be there for, and starts the next, which it waits for. */
  async without(work: () => Promise<void>): Promise<void> {
    if (this.#state === "closed") throw aborted();
    this.#revive();
    this.#deaths.forget();
    this.#end(new Moved(), false);
    this.#change("restarting");
    try {
      await work();
    } finally {
      if (this.#state === "restarting" && !this.#transport) this.start();
    }
    await this.opened();
  }

  /** fenced says that the core lost its database; it returns whether another one follows. */
  fenced(): boolean {
    return this.#transport?.fenced() ?? true;
  }

  close(): void {
    if (this.#state === "closed") return;
    const error = new AlcoveError("call.aborted", "the client was closed");
    this.#end(error);
    this.#settle("closed", error);
  }

  #current(transport: Transport): boolean {
    return this.#transport === transport;
  }

  async #openStorage(port: FramePort): Promise<void> {
    try {
      const session = (await port.call("open", this.#options.openParams())) as Session;
      if (this.#port !== port) return;
      this.#deaths.opened();
      this.#state = "running";
      this.#options.opened(session);
      this.#queue.opened(port);
      this.#open.resolve(port);
    } catch (error) {
      if (this.#port === port) this.#unopened(error as AlcoveError);
    }
  }

  #unopened(error: AlcoveError): void {
    const follows = error.code === "storage.fenced" && this.fenced();
    if (!follows) this.#exit(error);
  }

  #frame(text: string): void {
    this.#heart?.heard();
    try {
      this.#port?.receive(text);
    } catch (error) {
      this.#exit(died(`it sent a frame that is none (${String(error)})`));
    }
  }

  #watch(): void {
    this.#heart ??= heartbeat({
      visible: this.#options.visible,
      // No call of the API: that it is unknown is as good an answer as any.
      ping: () => void this.#port?.call("ping", undefined).catch(() => {}),
      dead: () => this.#transport?.silent(),
    });
  }

  #exit(error: AlcoveError): void {
    if (error.code === "lock.locked") return this.#bar();
    this.#end(error);
    const delay = this.#options.mayRestart(error) ? this.#deaths.next(error) : undefined;
    if (delay === undefined) return this.#settle("failed", error);
    this.#timer = setTimeout(() => this.start(), delay);
    this.#change("restarting", error);
  }

  #bar(): void {
    this.#end(new Moved(), false);
    if (this.#state === "running") this.#change("restarting");
    this.#options.barred();
  }

  #moved(dead: boolean): void {
    this.#end(new Moved(), dead);
    if (this.#state === "running") this.#change("restarting");
    this.start();
  }

  /** end lets go of the present core. Streams end with the error; calls wait for the next core. */
  #end(error: Error, dead = true): void {
    clearTimeout(this.#timer);
    this.#heart?.stop();
    this.#heart = undefined;
    const port = this.#port;
    this.#transport?.close();
    this.#transport = this.#port = undefined;
    if (this.#state === "running") this.#renewOpen();
    this.#queue.lost(dead);
    port?.close(error);
  }

  /** settle says that there will be no other core, unless restart is called. */
  #settle(state: "failed" | "closed", error: AlcoveError): void {
    this.#options.cores.leave();
    this.#change(state, error);
    this.#options.leads(false);
    this.#queue.close(forGood(error));
    this.#open.reject(forGood(error));
  }

  #renewOpen(): void {
    this.#open = deferred();
    this.#open.promise.catch(() => {});
  }

  #change(state: CoreState, error?: AlcoveError): void {
    this.#state = state;
    this.#options.changed(state, error);
  }
}
