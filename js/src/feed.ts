import type { CallOptions } from "./api.js";
import { AlcoveError } from "./error.js";
import type { Sink, Source } from "./live.js";

const firstDelayMs = 500;
const lastDelayMs = 30_000;

/** Healing makes a source that heals itself from how to open a stream. */
export type Healing = <Update>(open: (options: CallOptions) => AsyncIterable<Update>) => Source<Update>;

export type FeedOptions<Update> = {
  /** Opens the stream. Called anew each time, so that its params are the present ones. */
  open(options: CallOptions): AsyncIterable<Update>;
  /** Calls back when another account, or none, is signed in. Absent for a stream that has an end of its own. */
  onAccount?: (listener: () => void) => () => void;
};

/**
 * feed is a stream that heals itself: it is opened again after a gap, on the
 * next core after this one died, after an error that may pass, and for the
 * next account.
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
    const attempt = new AbortController();
    const end = () => attempt.abort();
    stop.addEventListener("abort", end);
    const leave = options.onAccount?.(() => {
      sink.clear();
      end();
    });
    const { why, worked } = await drain(options, sink, attempt.signal);
    failures = worked ? 0 : failures + 1;
    over = !attempt.signal.aborted && (await heal(why, failures, options, sink, attempt.signal));
    leave?.();
    stop.removeEventListener("abort", end);
  }
}

/** heal waits until it makes sense to open the stream again; it returns true where it never will. */
async function heal<Update>(
  why: unknown,
  failures: number,
  options: FeedOptions<Update>,
  sink: Sink<Update>,
  signal: AbortSignal,
): Promise<boolean> {
  if (why !== undefined && !(why instanceof AlcoveError)) {
    await pause(failures, signal); // a gap
  } else if (why?.recoverable) {
    sink.stall(why);
    await pause(why.code === "core.died" ? failures : failures + 1, signal);
  } else if (options.onAccount && (!why || why.code === "session.missing")) {
    sink.end(why, true);
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
  } else {
    sink.end(why);
    return true;
  }
  return false;
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
