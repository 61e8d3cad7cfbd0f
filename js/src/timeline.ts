import { Actions } from "./actions.js";
import type { TimelineActions } from "./actions.js";
import type { CallOptions, Calls, EventID, Paginated, RoomID, TimelineItem } from "./api.js";
import { AlcoveError } from "./error.js";
import type { Healing } from "./feed.js";
import { ListObject } from "./live.js";
import type { LiveList, Stored } from "./live.js";
import { sender } from "./send.js";
import type { Send, SendContext } from "./send.js";
import { viewName } from "./view.js";

/** How a timeline starts. */
export type TimelineOptions = {
  /** How many events to start with; 30 where absent. */
  readonly limit?: number | undefined;
  /** The root of a thread to show in place of what is outside of threads. */
  readonly thread?: EventID | undefined;
  /**
   * An event to show with what stands around it; of an edit, what it edits. It is marked as
   * `sought`. Both ends can be paginated from there.
   */
  readonly event?: EventID | undefined;
  /** Shows the room's pinned events alone. */
  readonly pinned?: boolean | undefined;
};

/** The messages of a room or a thread, oldest first: the newest, and what was loaded above them. */
export interface LiveTimeline extends LiveList<TimelineItem>, TimelineActions {
  readonly roomId: RoomID;
  /** Sends to the room, or into the thread. */
  readonly send: Send;
  /**
   * Loads about `limit` events above the first, and closes gaps on the way; or "forward"
   * below the last, where the list does not reach to the newest. They come with the
   * list's next update.
   */
  paginate(direction: "back" | "forward", limit?: number, options?: CallOptions): Promise<Paginated>;
}

/** Beyond this a timeline that is opened anew starts shorter than it was. */
const longestStart = 1_000;

type Context = Omit<SendContext, "place"> & { healing: Healing };

export class TimelineObject extends ListObject<TimelineItem> implements LiveTimeline {
  readonly roomId: RoomID;
  readonly send: Send;
  readonly edit: TimelineActions["edit"];
  readonly react: TimelineActions["react"];
  readonly unreact: TimelineActions["unreact"];
  readonly redact: TimelineActions["redact"];
  readonly vote: TimelineActions["vote"];
  readonly endPoll: TimelineActions["endPoll"];
  readonly #calls: Calls;
  /** Another each time the stream is opened, since the one before may still be closing. */
  #view = "";

  constructor(context: Context, { limit = 30, ...focus }: TimelineOptions, stored?: Stored<readonly TimelineItem[]>) {
    const { calls, roomId, healing } = context;
    super(
      healing((call) => {
        this.#view = viewName();
        return calls.timeline({ view: this.#view, roomId, ...focus, limit: this.#start(limit) }, call);
      }),
      stored,
    );
    const { thread } = focus;
    this.#calls = calls;
    this.roomId = roomId;
    this.send = sender({ ...context, place: () => (thread ? { thread: { root: thread, latest: this.#latest() } } : {}) });
    const about = new Actions({ ...context, send: this.send, items: this.getSnapshot });
    this.edit = about.edit.bind(about);
    this.react = about.react.bind(about);
    this.unreact = about.unreact.bind(about);
    this.redact = about.redact.bind(about);
    this.vote = about.vote.bind(about);
    this.endPoll = about.endPoll.bind(about);
  }

  async paginate(direction: "back" | "forward", limit = 30, options?: CallOptions): Promise<Paginated> {
    await this.ready;
    for (;;) {
      const view = this.#view;
      try {
        return await this.#calls.paginate({ view, limit, ...(direction === "forward" && { forward: true }) }, options);
      } catch (error) {
        // The next core knows the timeline by another name.
        const moved = error instanceof AlcoveError && error.code === "view.unknown" && (this.stale || this.#view !== view);
        if (!moved) throw error;
        await this.fed(options?.signal);
      }
    }
  }

  /** start is as many events as are shown already, so that a new core's timeline does not lose the reader's place. */
  #start(limit: number): number {
    const shown = this.getSnapshot().filter((item) => item.kind === "event").length;
    return Math.max(limit, Math.min(shown, longestStart));
  }

  /** latest is the last message that the server has: what waits for one that is cancelled would go with it. */
  #latest(): EventID | undefined {
    return this.getSnapshot().findLast(({ event }) => event?.id && !event.redacted && !event.change)?.event?.id;
  }
}
