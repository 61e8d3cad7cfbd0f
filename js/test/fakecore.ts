import { API_HASH } from "../src/api.js";
import type { ErrorInfo, Session } from "../src/api.js";
import type { Cores, TransportEvents } from "../src/core.js";
import { died } from "../src/error.js";

export type Called = { id: number; call: string; params: unknown };
type Answer = (params: never, core: FakeCore) => unknown;

export const ready: Session = { state: "ready", sync: "live", userId: "@me:x", deviceId: "D" };

/** FakeCore answers frames in this process, as its script says, a microtask later. */
export class FakeCore {
  readonly called: Called[] = [];
  readonly aborted: number[] = [];
  readonly acked: { id: number; ack: number }[] = [];
  closed = false;
  /** Whether another core follows when this one is fenced. */
  shared = false;
  readonly #on: TransportEvents;
  readonly #script: Script;
  readonly #streams = new Map<string, { id: number; seq: number }>();

  constructor(on: TransportEvents, script: Script) {
    this.#on = on;
    this.#script = script;
    queueMicrotask(() => on.running());
  }

  take(text: string): void {
    const frame = JSON.parse(text) as Partial<Called> & { hello?: string; abort?: true; ack?: number };
    queueMicrotask(() => {
      if (this.closed || this.#script.mute) return;
      if (frame.hello) this.say({ hello: this.#script.hash ?? API_HASH, version: "test" });
      else if (frame.abort) this.aborted.push(frame.id as number);
      else if (frame.ack !== undefined) this.acked.push({ id: frame.id as number, ack: frame.ack });
      else this.#call(frame as Called);
    });
  }

  /** say sends a frame to the page. */
  say(frame: object | string): void {
    this.#on.frame(typeof frame === "string" ? frame : JSON.stringify(frame));
  }

  /** push yields an update on the stream of that name. */
  push(name: string, next: unknown): void {
    const stream = this.stream(name);
    this.say({ id: stream.id, next, seq: ++stream.seq });
  }

  stream(name: string): { id: number; seq: number } {
    const stream = this.#streams.get(name);
    if (!stream) throw new Error(`nobody opened ${name}`);
    return stream;
  }

  die(error = died("killed by the test")): void {
    this.#on.exit(error);
  }

  move(dead = false): void {
    this.#on.moved(dead);
  }

  fenced(): boolean {
    if (this.shared) queueMicrotask(() => this.move());
    return this.shared;
  }

  names(): string[] {
    return this.called.map((one) => one.call);
  }

  #call(frame: Called): void {
    this.called.push(frame);
    if (streams.has(frame.call)) this.#streams.set(frame.call, { id: frame.id, seq: 0 });
    const answer = this.#script.answers?.[frame.call] ?? defaults[frame.call];
    try {
      const ok = answer?.(frame.params as never, this);
      if (streams.has(frame.call) || ok === silent) return;
      this.say(answer ? { id: frame.id, ok } : { id: frame.id, err: { code: "call.unknown", message: frame.call, recoverable: false } });
    } catch (err) {
      this.say({ id: frame.id, err });
    }
  }
}

export type Script = { answers?: Record<string, Answer>; mute?: boolean; hash?: string };

/** silent is the answer of a core that gives none. */
export const silent = Symbol("silent");

const streams = new Set([
  "session", "roomList", "room", "members", "timeline", "sendStatus", "storage",
  "encryption", "devices", "verifications", "restoreKeys", "importKeys", "upgradeRoom",
]);

const nothing: Answer = () => null;

const defaults: Record<string, Answer> = {
  open: () => ready,
  setPage: nothing,
  roomListChange: nothing,
  session: (_, core) => core.push("session", ready),
};

/** failure is thrown by a script to answer with an error. */
export function failure(code: ErrorInfo["code"], recoverable = false): ErrorInfo {
  return { code, message: `${code} by the test`, recoverable };
}

/** fakeCores connects to a new fake core each time, and keeps them for the test. */
export function fakeCores(script: Script = {}): Cores & { cores: FakeCore[]; last(): FakeCore } {
  const cores: FakeCore[] = [];
  const connect: Cores["connect"] = (on) => {
    const core = new FakeCore(on, script);
    cores.push(core);
    return {
      leads: true,
      send: (frame) => core.take(frame),
      silent: () => core.die(died("it does not answer")),
      fenced: () => core.fenced(),
      close: () => void (core.closed = true),
    };
  };
  return { connect, leave() {}, cores, last: () => cores.at(-1) as FakeCore };
}

export function makePage() {
  const state = { online: true, visible: true };
  const listeners = new Set<() => void>();
  const leavers = new Set<(away: boolean) => void>();
  return {
    state: () => ({ ...state }),
    watch(listener: () => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    away(listener: (away: boolean) => void) {
      leavers.add(listener);
      return () => void leavers.delete(listener);
    },
    /** leave is a page that goes away, and back one that comes back. */
    leave: () => leavers.forEach((listener) => listener(true)),
    back: () => leavers.forEach((listener) => listener(false)),
    set(change: Partial<typeof state>) {
      Object.assign(state, change);
      for (const listener of listeners) listener();
    },
  };
}

/** turns lets all that is settled run. */
export async function turns(n = 20): Promise<void> {
  for (let i = 0; i < n; i++) await Promise.resolve();
}
