import { API_HASH } from "./api.js";
import type { CallOptions, OpenParams, Port, Session } from "./api.js";
import { deferred } from "./deferred.js";
import { aborted, AlcoveError, died, forGood } from "./error.js";
import { heartbeat } from "./heartbeat.js";
import type { Heartbeat } from "./heartbeat.js";
import { FramePort } from "./port.js";

/** Transport is one connection to one core, such as a worker. */
export interface Transport {
  send(frame: string): void;
  /** Ends the core. Nothing is heard of it afterwards. */
  close(): void;
}

/** What a transport reports. */
export type TransportEvents = {
  frame(text: string): void;
  /** The program runs: from now on it must show signs of life. */
  running(): void;
  exit(error: AlcoveError): void;
};

/** Connect starts a core. It reports problems through exit, later. */
export type Connect = (on: TransportEvents) => Transport;

/**
 * Where the core stands: `starting`, `running` (its storage is open),
 * `restarting` after it died, `failed` for good, or `closed` by the page.
 */
export type CoreState = "starting" | "running" | "restarting" | "failed" | "closed";

export type CoreOptions = {
  connect: Connect;
  openParams(): OpenParams;
  visible(): boolean;
  /** The core runs, with this session. */
  opened(session: Session): void;
  /** The core is in another state than running. */
  changed(state: CoreState, error?: AlcoveError): void;
  /** Says whether to start another core after this error. */
  mayRestart(error: AlcoveError): boolean;
};

const firstDelayMs = 250;
const lastDelayMs = 30_000;
/** A core that lived this long is not in a loop of crashes. */
const soundAfterMs = 60_000;

/** Core keeps one core alive, and carries calls and streams to it. */
export class Core implements Port {
  readonly #options: CoreOptions;
  #state: CoreState = "starting";
  #transport: Transport | undefined;
  #port: FramePort | undefined;
  #open = deferred<FramePort>();
  #heart: Heartbeat | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #deaths = 0;
  #openedAt = 0;

  constructor(options: CoreOptions) {
    this.#options = options;
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

  /** call waits for an open core and calls it. A core that dies meanwhile answers with core.died. */
  async call(name: string, params: unknown, options?: CallOptions): Promise<unknown> {
    const port = await this.opened(options?.signal);
    return port.call(name, params, options);
  }

  /** stream waits for an open core, and throws core.died when that one dies. */
  async *stream(name: string, params: unknown, options?: CallOptions): AsyncGenerator<unknown, void> {
    const port = await this.opened(options?.signal);
    yield* port.stream(name, params, options);
  }

  /** start starts the first core. */
  start(): void {
    const transport = this.#options.connect({
      frame: (text) => this.#current(transport) && this.#frame(text),
      running: () => this.#current(transport) && this.#watch(),
      exit: (error) => this.#current(transport) && this.#exit(error),
    });
    this.#transport = transport;
    this.#port = new FramePort(
      (frame) => transport.send(frame),
      API_HASH,
      (error) => error && this.#exit(error),
    );
    void this.#openStorage(this.#port);
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
      this.#openedAt = Date.now();
      this.#state = "running";
      this.#options.opened(session);
      this.#open.resolve(port);
    } catch (error) {
      if (this.#port === port) this.#exit(error as AlcoveError);
    }
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
      dead: () => this.#exit(died("it does not answer")),
    });
  }

  #exit(error: AlcoveError): void {
    this.#end(error);
    if (!this.#options.mayRestart(error)) return this.#settle("failed", error);
    if (this.#openedAt && Date.now() - this.#openedAt > soundAfterMs) this.#deaths = 0;
    const delay = Math.min(lastDelayMs, firstDelayMs * 2 ** this.#deaths++);
    this.#timer = setTimeout(() => this.start(), delay * (0.75 + Math.random() / 2));
    this.#change("restarting", error);
  }

  /** end lets go of the present core. What waits for it gets the error. */
  #end(error: AlcoveError): void {
    clearTimeout(this.#timer);
    this.#heart?.stop();
    this.#heart = undefined;
    const port = this.#port;
    this.#transport?.close();
    this.#transport = this.#port = undefined;
    if (this.#state === "running") {
      this.#open = deferred();
      this.#open.promise.catch(() => {});
    }
    port?.close(error);
  }

  /** settle says that there will be no other core. */
  #settle(state: "failed" | "closed", error: AlcoveError): void {
    this.#change(state, error);
    this.#open.reject(forGood(error));
  }

  #change(state: CoreState, error?: AlcoveError): void {
    this.#state = state;
    this.#options.changed(state, error);
  }
}
