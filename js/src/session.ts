import type { CoreState } from "./core.js";
import type { Session } from "./api.js";
import { errorInfo } from "./error.js";
import type { AlcoveError } from "./error.js";
import { feed } from "./feed.js";
import type { FeedOptions, Renewal } from "./feed.js";
import { LiveObject } from "./live.js";
import type { Live, Sink } from "./live.js";

/**
 * The account on this device and the core that serves it. While `core` is not
 * `running`, the rest is what was known last, and `error` says why.
 */
export type SessionSnapshot = Session & {
  readonly core: CoreState;
  /** The core runs in this tab, for all tabs of the store. It moves on when the tab is closed. */
  readonly leader: boolean;
};

/** The live session. It runs as long as the client does. */
export interface LiveSession extends Live<SessionSnapshot, SessionSnapshot> {}

type Known = { session: Session; core: CoreState; leader: boolean; error: AlcoveError | undefined };

/** unknown is what is known of the session before a core is up, and behind a lock. */
const unknown: Session = { state: "restoring", sync: "stopped" };

/** SessionObject joins what the core says of the session with how the core itself is. */
export class SessionObject extends LiveObject<SessionSnapshot, SessionSnapshot, SessionSnapshot> implements LiveSession {
  readonly #renewalListeners = new Set<(otherAccount: boolean) => void>();
  readonly #sink: () => Sink<SessionSnapshot>;
  #known: Known = { session: unknown, core: "starting", leader: false, error: undefined };

  constructor(open: FeedOptions<Session>["open"]) {
    let own!: Sink<SessionSnapshot>;
    super(
      (sink) => {
        own = sink;
        return feed({ open, renewal: this.renewal, of: "core" })({
          next: (update) => this.set(update),
          // What ends or holds up the stream is the core's state, which is known better.
          stall: () => {},
          end: () => {},
          clear: () => {},
        });
      },
      { ...unknown, core: "starting", leader: false },
      { holds: () => true },
    );
    this.#sink = () => own;
    this.start();
  }

  /** stored is what an earlier visit left; it counts until the core says more. */
  stored(session: Partial<Session>): void {
    if (this.#known.core === "starting") this.set({ ...this.#known.session, ...session });
  }

  /** opened takes over the session of a core that is up. */
  opened(session: Session): void {
    this.#known.core = "running";
    this.#known.error = undefined;
    const before = who(this.#known.session);
    this.set(session);
    if (before === who(session)) this.#renew(false);
  }

  /** set shows a session. Who hears of another account finds nothing of the last one any more. */
  set(session: Session): void {
    const before = who(this.#known.session);
    this.#known.session = session;
    if (before !== who(session)) this.#renew(true);
    this.#show();
  }

  /** signedIn takes over the answer of a sign-in, unless the stream was faster and knows more. */
  signedIn(session: Session): void {
    const { session: known } = this.#known;
    if (known.state !== session.state || who(known) !== who(session)) this.set(session);
  }

  /** changed takes over that the core is in another state. */
  changed(core: CoreState, error: AlcoveError | undefined): void {
    this.#known.core = core;
    this.#known.error = error;
    if (core === "locked") this.set(unknown);
    else this.#show();
  }

  /** leads takes over whether the core is this tab's. */
  leads(leader: boolean): void {
    if (this.#known.leader === leader) return;
    this.#known.leader = leader;
    this.#show();
  }

  readonly renewal: Renewal = (listener) => {
    this.#renewalListeners.add(listener);
    return () => void this.#renewalListeners.delete(listener);
  };

  #renew(otherAccount: boolean): void {
    for (const listener of [...this.#renewalListeners]) listener(otherAccount);
  }

  #show(): void {
    const { session, core, leader, error } = this.#known;
    const snapshot: SessionSnapshot = { ...session, ...(error && { error: errorInfo(error) }), core, leader };
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

/** who tells accounts apart, and devices: after a loss of storage, the same user begins anew. */
function who({ userId, deviceId }: Session): string {
  return `${userId ?? ""} ${deviceId ?? ""}`;
}
