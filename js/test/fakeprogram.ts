// What the Go program does, as far as several tabs can tell: an account's
// messages on a disk with one owner, and pages that hear of them.
import { API_HASH } from "../src/api.js";
import type { Session } from "../src/api.js";
import type { CorePages } from "../src/hub.js";

/** Disk outlives programs. Whoever opened it last may write. */
export class Disk {
  epoch = 0;
  readonly messages: { readonly txnId: string; readonly body: string; readonly epoch: number }[] = [];
  /** How often each call that must not run twice did. */
  readonly made: string[] = [];
  signedIn = true;
}

export type ProgramOptions = {
  readonly disk: Disk;
  send(page: number, frame: string): void;
  /** Does something later, in the worker's own time. */
  later(task: () => void): void;
  die(): void;
};

type Frame = { hello?: string; id: number; call?: string; params?: { txnId: string; content: { body: string }; name: string }; abort?: boolean };
type Answer = { ok: unknown } | { err: object } | undefined;

const fail = (code: string) => ({ err: { code, message: `${code} by the test`, recoverable: false } });

/** FakeProgram commits a moment after it was asked, and answers a moment after that. */
export class FakeProgram implements CorePages {
  readonly #options: ProgramOptions;
  readonly #pages = new Map<number, Map<number, { name: string; seq: number }>>();
  #epoch: number | undefined;

  constructor(options: ProgramOptions) {
    this.#options = options;
  }

  /** pages is how many are connected. */
  get pages(): number {
    return this.#pages.size;
  }

  connect(page: number): void {
    this.#pages.set(page, new Map());
  }

  disconnect(page: number): void {
    this.#pages.delete(page);
  }

  receive(page: number, text: string): void {
    const streams = this.#pages.get(page);
    const frame = JSON.parse(text) as Frame;
    if (frame.hello) return this.#say(page, { hello: API_HASH, version: "test" });
    if (frame.abort) return void streams?.delete(frame.id);
    const { id, call, params } = frame;
    if (call === "session" || call === "roomList") {
      streams?.set(id, { name: call, seq: 0 });
      return this.#push(page, id);
    }
    if (!call) return;
    this.#options.later(() => {
      const answer = this.#answer(call, params as never);
      if (answer) this.#options.later(() => this.#say(page, { id, ...answer }));
    });
  }

  #answer(call: string, params: NonNullable<Frame["params"]>): Answer {
    const { disk } = this.#options;
    switch (call) {
      case "open":
        this.#epoch ??= ++disk.epoch;
        return { ok: this.#session() };
      case "setPage":
        return { ok: null };
      case "profile":
        this.#options.die();
        return undefined;
      case "send":
        if (this.#epoch !== disk.epoch) return fail("storage.fenced");
        if (!disk.messages.some(({ txnId }) => txnId === params.txnId))
          disk.messages.push({ txnId: params.txnId, body: params.content.body, epoch: this.#epoch });
        this.#tell("roomList");
        return { ok: { key: params.txnId, txnId: params.txnId } };
      case "createRoom":
        disk.made.push(params.name);
        return this.#epoch === disk.epoch ? { ok: { roomId: params.name } } : fail("storage.fenced");
      case "logout":
        if (!disk.signedIn) return fail("session.missing");
        disk.signedIn = false;
        this.#tell("session");
        return { ok: null };
    }
    return fail("call.unknown");
  }

  #session(): Session {
    const { disk } = this.#options;
    if (!disk.signedIn) return { state: "signedOut", sync: "stopped" };
    return { state: "ready", sync: "live", userId: "@me:x" };
  }

  #tell(name: string): void {
    for (const [page, streams] of this.#pages) for (const [id, stream] of streams) if (stream.name === name) this.#push(page, id);
  }

  #push(page: number, id: number): void {
    const stream = this.#pages.get(page)?.get(id);
    if (!stream) return;
    const items = this.#options.disk.messages.map(({ txnId, body }) => ({ key: txnId, id: txnId, name: body }));
    const next = stream.name === "session" ? this.#session() : { ops: [{ op: "reset", index: 0, items }], total: items.length };
    this.#say(page, { id, seq: ++stream.seq, next });
  }

  #say(page: number, frame: object): void {
    this.#options.send(page, JSON.stringify(frame));
  }
}
