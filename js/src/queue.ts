import type { CallOptions } from "./api.js";
import { deferred } from "./deferred.js";
import type { Deferred } from "./deferred.js";
import { aborted, AlcoveError, died } from "./error.js";
import type { FramePort } from "./port.js";

/** A call with which this many cores died is likely to be why. */
const deathsToGiveUp = 2;

/** One call of the page that has no answer yet. */
type Waiting = {
  readonly name: string;
  readonly params: unknown;
  readonly options: CallOptions | undefined;
  readonly answer: Deferred<unknown>;
  /** Where it is in flight. */
  port: FramePort | undefined;
  /** How many cores died with it in flight. */
  deaths: number;
};

export type QueueOptions = {
  /** Calls that must not run twice: what is in flight when its core goes may have happened. */
  once: ReadonlySet<string>;
  /** A core says that another one has its database. True: that one will be next. */
  fenced(): boolean;
};

/**
 * CallQueue holds the page's calls until they are answered. What a core leaves
 * unanswered goes to the next one, in the order of the calls.
 */
export class CallQueue {
  readonly #options: QueueOptions;
  readonly #waiting = new Set<Waiting>();
  #port: FramePort | undefined;
  #over: AlcoveError | undefined;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  async call(name: string, params: unknown, options?: CallOptions): Promise<unknown> {
    const signal = options?.signal;
    if (signal?.aborted) throw aborted(signal);
    if (this.#over) throw this.#over;
    const call: Waiting = { name, params, options, answer: deferred(), port: undefined, deaths: 0 };
    const abort = () => call.answer.reject(aborted(signal));
    signal?.addEventListener("abort", abort);
    this.#waiting.add(call);
    if (this.#port) void this.#send(call, this.#port);
    try {
      return await call.answer.promise;
    } finally {
      this.#waiting.delete(call);
      signal?.removeEventListener("abort", abort);
    }
  }

  /** opened hands the calls to the port of a core that is open. */
  opened(port: FramePort): void {
    this.#port = port;
    for (const call of this.#waiting) void this.#send(call, port);
  }

  /** lost takes back what is in flight. dead: the core died, perhaps of one of these calls. */
  lost(dead: boolean): void {
    this.#port = undefined;
    for (const call of this.#waiting) if (call.port) this.#takeBack(call, dead);
  }

  /** close answers all calls, and those to come, with the error. */
  close(error: AlcoveError): void {
    this.#over = error;
    this.#port = undefined;
    for (const call of this.#waiting) call.answer.reject(error);
  }

  /** reopen takes calls again. */
  reopen(): void {
    this.#over = undefined;
  }

  async #send(call: Waiting, port: FramePort): Promise<void> {
    call.port = port;
    try {
      call.answer.resolve(await port.call(call.name, call.params, call.options));
    } catch (error) {
      if (call.port === port) this.#failed(call, error as AlcoveError);
    }
  }

  #failed(call: Waiting, error: AlcoveError): void {
    if (error.code === "core.died") this.#takeBack(call, true);
    else if (error.code === "storage.fenced" && this.#options.fenced()) this.#takeBack(call, false);
    else call.answer.reject(error);
  }

  #takeBack(call: Waiting, dead: boolean): void {
    call.port = undefined;
    if (dead) call.deaths++;
    if (this.#options.once.has(call.name)) call.answer.reject(died(`${call.name} may or may not have happened`));
    else if (call.deaths >= deathsToGiveUp) call.answer.reject(died(`it did so ${call.deaths} times during ${call.name}`));
  }
}
