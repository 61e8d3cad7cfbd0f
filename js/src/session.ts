import type { CoreState } from "./core.js";
import type { Session } from "./api.js";
import type { AlcoveError } from "./error.js";
import { LiveObject } from "./live.js";
import type { Live, Sink, Source } from "./live.js";

/**
 * The account on this device and the core that serves it. While `core` is not
 * `running`, the rest is what was known last, and `error` says why.
 */
export type SessionSnapshot = Session & { readonly core: CoreState };

/** The live session. It runs as long as the client does. */
export interface LiveSession extends Live<SessionSnapshot, SessionSnapshot> {}

type Known = { session: Session; core: CoreState; error: AlcoveError | undefined };

/** SessionObject joins what the core says of the session with how the core itself is. */
export class SessionObject extends LiveObject<SessionSnapshot, SessionSnapshot, SessionSnapshot> implements LiveSession {
  readonly #signIns = new Set<() => void>();
  readonly #sink: () => Sink<SessionSnapshot>;
  #known: Known;

  constructor(source: Source<Session>) {
    const session: Session = { state: "restoring", sync: "stopped" };
    let own!: Sink<SessionSnapshot>;
    super(
      (sink) => {
        own = sink;
        return source({
          next: (update) => this.set(update),
          stall: () => {}, // only with the core itself, which says so
          end: () => {},
        });
      },
      { ...session, core: "starting" },
      true,
    );
    this.#known = { session, core: "starting", error: undefined };
    this.#sink = () => own;
    this.start();
  }

  /** stored is what an earlier visit left; it counts until the core says more. */
  stored(session: Partial<Session>): void {
    if (this.#known.core !== "starting") return;
    this.#known.session = { ...this.#known.session, ...session };
    this.#show();
  }

  set(session: Session): void {
    const before = this.#known.session;
    this.#known.session = session;
    this.#show();
    if (session.state !== "ready") return;
    if (before.state === "ready" && before.userId === session.userId) return;
    for (const listener of [...this.#signIns]) listener();
  }

  /** signedIn takes over the answer of a sign-in, unless the stream was faster and knows more. */
  signedIn(session: Session): void {
    const { state, userId } = this.#known.session;
    if (state !== session.state || userId !== session.userId) this.set(session);
  }

  /** changed takes over that the core is in another state. */
  changed(core: CoreState, error: AlcoveError | undefined): void {
    Object.assign(this.#known, { core, error });
    this.#show();
  }

  /** signIn settles on the next sign-in. */
  signIn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#signIns.delete(done);
        resolve();
      };
      this.#signIns.add(done);
      signal.addEventListener("abort", done, { once: true });
    });
  }

  #show(): void {
    const { session, core, error } = this.#known;
    const snapshot: SessionSnapshot = { ...session, ...(error && { error: info(error) }), core };
    if (core === "running") this.#sink().next(snapshot, false);
    else this.#sink().stall(error, snapshot);
  }

  protected override apply(update: SessionSnapshot) {
    return { after: update, diff: update };
  }

  protected override whole(snapshot: SessionSnapshot): SessionSnapshot {
    return snapshot;
  }

  protected override squash(_: SessionSnapshot, b: SessionSnapshot): SessionSnapshot {
    return b;
  }

  protected override empty(): SessionSnapshot {
    return this.getSnapshot();
  }
}

/** info is the error as plain data. */
function info(error: AlcoveError): NonNullable<Session["error"]> {
  return { ...error, message: error.message };
}
