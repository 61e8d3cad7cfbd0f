import type { CallOptions, Port } from "./api.js";
import { deferred } from "./deferred.js";
import { aborted, AlcoveError, died, fromWire, mismatch } from "./error.js";

/** Thrown out of a stream that lost updates and must be opened again. */
export class Gap extends Error {
  override readonly name = "Gap";
}

type Frame = {
  id?: number;
  hello?: string;
  ok?: unknown;
  err?: unknown;
  next?: unknown;
  seq?: number;
};

/** Pending is a call or stream that the core has not finished. */
type Pending = { take(frame: Frame): void; fail(error: Error): void };

/**
 * FramePort speaks frames over one connection to one core. Each call gets
 * exactly one answer: the core's, an abort, or the reason for closing.
 */
export class FramePort implements Port {
  readonly #send: (frame: string) => void;
  readonly #hash: string;
  readonly #greeted: (error?: AlcoveError) => void;
  readonly #pending = new Map<number, Pending>();
  #last = 0;
  #closed: Error | undefined;

  /** greeted hears whether the core was built from the same API definition. */
  constructor(send: (frame: string) => void, hash: string, greeted: (error?: AlcoveError) => void) {
    this.#send = send;
    this.#hash = hash;
    this.#greeted = greeted;
    this.#write({ hello: hash });
  }

  async call(name: string, params: unknown, options?: CallOptions): Promise<unknown> {
    const signal = options?.signal;
    const answer = deferred<unknown>();
    const id = this.#start(name, params, signal, {
      take: (frame) => answer.resolve(frame.ok),
      fail: answer.reject,
    });
    const abort = () => this.#drop(id, aborted(signal));
    signal?.addEventListener("abort", abort);
    try {
      return await answer.promise;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  /**
   * stream yields a stream's updates. Asking for the next one acknowledges the
   * last, so that the core squashes what comes while the page is busy.
   */
  async *stream(name: string, params: unknown, options?: CallOptions): AsyncGenerator<unknown, void> {
    const signal = options?.signal;
    const inbox = new Inbox();
    const id = this.#start(name, params, signal, inbox);
    const abort = () => this.#drop(id, aborted(signal));
    signal?.addEventListener("abort", abort);
    try {
      for (let seq = 1; ; seq++) {
        const frame = await inbox.next();
        if (!("next" in frame)) return;
        if (frame.seq !== seq) throw new Gap(`update ${frame.seq} instead of ${seq}`);
        yield frame.next;
        if (this.#pending.has(id)) this.#write({ id, ack: seq });
      }
    } finally {
      signal?.removeEventListener("abort", abort);
      this.#drop(id);
    }
  }

  /** receive takes a frame. It throws where the frame makes no sense at all. */
  receive(text: string): void {
    if (this.#closed) return;
    const frame = JSON.parse(text) as Frame;
    if (frame.hello !== undefined) return this.#greet(frame.hello);
    const id = frame.id ?? 0;
    const pending = this.#pending.get(id);
    if (!pending) return; // late word about something aborted
    if (!("next" in frame)) this.#pending.delete(id);
    if ("err" in frame) pending.fail(unasked(fromWire(frame.err)));
    else pending.take(frame);
  }

  /** close answers all that waits, and all that comes after, with the error. */
  close(error: Error): void {
    if (this.#closed) return;
    this.#closed = error;
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const one of pending) one.fail(error);
  }

  #start(call: string, params: unknown, signal: AbortSignal | undefined, pending: Pending): number {
    if (signal?.aborted) throw aborted(signal);
    if (this.#closed) throw this.#closed;
    const id = ++this.#last;
    try {
      this.#write({ id, call, params });
    } catch (cause) {
      throw new AlcoveError("call.invalid", `the params of ${call} cannot be written as JSON`, {}, { cause });
    }
    this.#pending.set(id, pending);
    return id;
  }

  /** drop aborts what is still pending; its caller gets the error. */
  #drop(id: number, error?: AlcoveError): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    this.#pending.delete(id);
    this.#write({ id, abort: true });
    if (error) pending.fail(error);
  }

  #greet(hash: string): void {
    if (hash === this.#hash) return this.#greeted();
    const error = mismatch();
    this.close(error);
    this.#greeted(error);
  }

  #write(frame: object): void {
    this.#send(JSON.stringify(frame));
  }
}

/** unasked: what the page aborted is not pending any more, so a core that aborts a call is on its way down. */
function unasked(error: AlcoveError): AlcoveError {
  return error.code === "call.aborted" ? died("it is closing") : error;
}

/** Inbox holds a stream's frames until they are asked for. An error comes after the frames before it. */
class Inbox implements Pending {
  readonly #frames: Frame[] = [];
  #error: Error | undefined;
  #news = deferred<void>();

  take(frame: Frame): void {
    this.#frames.push(frame);
    this.#news.resolve();
  }

  fail(error: Error): void {
    this.#error = error;
    this.#news.resolve();
  }

  async next(): Promise<Frame> {
    for (;;) {
      const frame = this.#frames.shift();
      if (frame) return frame;
      if (this.#error) throw this.#error;
      await this.#news.promise;
      this.#news = deferred();
    }
  }
}
