import type { CallOptions } from "./api.js";
import { AlcoveError, Moved } from "./error.js";
import type { Sink, Source } from "./live.js";

const firstDelayMs = 500;
const lastDelayMs = 30_000;

/** Arrival settles once there is what was unknown. */
export type Arrival = (options: CallOptions) => Promise<void>;

/** Healing makes a source that heals itself from how to open a stream, and how to wait for what it is of. */
export type Healing = <Update>(open: (options: CallOptions) => AsyncIterable<Update>, arrival?: Arrival) => Source<Update>;

/** Renewal calls back when a core opened, and when another account, or none, is signed in. */
export type Renewal = (listener: (otherAccount: boolean) => void) => () => void;

export type FeedOptions<Update> = {
  /** Opens the stream. Called anew each time, so that its params are the present ones. */
  open(options: CallOptions): AsyncIterable<Update>;
  renewal: Renewal;
  /** Whose data it is: what belongs to an account is cleared when another signs in. */
  of: "core" | "account";
  /** How to wait for the room of the stream, where the account does not have it. */
  arrival?: Arrival | undefined;
  /** The stream has an end of its own. */
  ends?: boolean;
};

/**
 * feed is a stream that heals itself: it is opened again after a gap, after an
 * error that may pass, on the next core after this one died, and for the next
 * account. Only one that has an end of its own is ever over.
 */
export function feed<Update>(options: FeedOptions<Update>): Source<Update> {
  return (sink) => {
    const stop = new AbortController();
    void run(options, sink, stop.signal);
    return () => stop.abort();
  };
}

async function run<Update>(options: FeedOptions<Update>, sink: Sink<Update>, stop: AbortSignal): Promise<void> {
  let failures = 0;
  let over = false;
  while (!over && !stop.aborted) {
    const attempt = new Attempt(options, sink, stop);
    const { why, worked } = await drain(options, sink, attempt.signal);
    failures = worked ? 0 : failures + 1;
    over = !attempt.signal.aborted && (await heal(why, failures, options, sink, attempt));
    attempt.leave();
  }
}

/** Attempt is one opening of the stream and the wait for the next. */
class Attempt {
  readonly #end = new AbortController();
  readonly signal = this.#end.signal;
  readonly leave: () => void;
  #waiting = false;

  constructor(options: Pick<FeedOptions<unknown>, "renewal" | "of">, sink: Pick<Sink<unknown>, "clear">, stop: AbortSignal) {
    const end = () => this.#end.abort();
    const forget = options.renewal((otherAccount) => {
      if (stop.aborted) return;
      const others = otherAccount && options.of === "account";
      if (others) sink.clear();
      if (others || this.#waiting) end();
    });
    stop.addEventListener("abort", end);
    this.leave = () => {
      forget();
      stop.removeEventListener("abort", end);
    };
  }

  /** renewed waits for a core or an account that the stream may fare better with, or for what it lacked. */
  async renewed(arrival?: Arrival): Promise<void> {
    this.#waiting = true;
    const ended = new Promise<void>((resolve) => this.signal.addEventListener("abort", () => resolve()));
    await (arrival ? Promise.race([ended, arrival({ signal: this.signal }).catch(() => ended)]) : ended);
  }
}

/** heal waits until it makes sense to open the stream again; it returns true where it never will. */
async function heal<Update>(
  why: unknown,
  failures: number,
  options: FeedOptions<Update>,
  sink: Sink<Update>,
  attempt: Attempt,
): Promise<boolean> {
  if (options.ends && (why === undefined || isFinal(why))) {
    sink.end(why as AlcoveError | undefined);
    return true;
  }
  if (why instanceof AlcoveError && isFinal(why)) {
    sink.end(why, options.of === "account" && why.code === "session.missing");
    await attempt.renewed(why.code === "room.unknown" ? options.arrival : undefined);
  } else if (why instanceof AlcoveError) {
    sink.stall(why);
    await pause(why.code === "core.died" ? failures : failures + 1, attempt.signal);
  } else {
    if (why instanceof Moved) sink.stall();
    // That, a gap, or an end that nobody asked for.
    await pause(why === undefined ? failures + 1 : failures, attempt.signal);
  }
  return false;
}

/** isFinal: a defect of the core lost this call, and the next may work. */
function isFinal(why: unknown): boolean {
  return why instanceof AlcoveError && !why.recoverable && why.code !== "internal.error";
}

type Drained = { why: unknown; worked: boolean };

/** drain hands the stream's updates on until it ends, and says why it did. */
async function drain<Update>(
  options: FeedOptions<Update>,
  sink: Sink<Update>,
  signal: AbortSignal,
): Promise<Drained> {
  let worked = false;
  try {
    for await (const update of options.open({ signal })) {
      if (signal.aborted) break;
      sink.next(update, !worked);
      worked = true;
    }
    return { why: undefined, worked };
  } catch (why) {
    return { why, worked };
  }
}

/** pause waits longer after each failure, and not at all before the first. */
function pause(failures: number, signal: AbortSignal): Promise<void> {
  if (failures === 0 || signal.aborted) return Promise.resolve();
  const ms = Math.min(lastDelayMs, firstDelayMs * 2 ** (failures - 1));
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
