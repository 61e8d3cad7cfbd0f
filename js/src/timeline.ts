import type { CallOptions, Calls, Paginated, RoomID, TimelineItem } from "./api.js";
import { AlcoveError } from "./error.js";
import type { Healing } from "./feed.js";
import { ListObject } from "./live.js";
import type { LiveList, Stored } from "./live.js";
import type { Send } from "./send.js";
import { viewName } from "./view.js";

/** How a timeline starts. */
export type TimelineOptions = {
  /** How many events to start with; 30 where absent. */
  readonly limit?: number | undefined;
};

/** A room's messages, oldest first: the newest, and what was loaded above them. */
export interface LiveTimeline extends LiveList<TimelineItem> {
  readonly roomId: RoomID;
  /** Sends to the room. */
  readonly send: Send;
  /** Loads about `limit` events above the first, and closes gaps on the way. They come with the list's next update. */
  paginate(direction: "back", limit?: number, options?: CallOptions): Promise<Paginated>;
}

/** Beyond this a timeline that is opened anew starts shorter than it was. */
const longestStart = 1_000;

export class TimelineObject extends ListObject<TimelineItem> implements LiveTimeline {
  readonly roomId: RoomID;
  readonly send: Send;
  readonly #calls: Calls;
  /** Another each time the stream is opened, since the one before may still be closing. */
  #view = "";

  constructor(
    calls: Calls,
    healing: Healing,
    options: TimelineOptions & { roomId: RoomID; send: Send },
    stored?: Stored<readonly TimelineItem[]>,
  ) {
    const { roomId, send, limit = 30 } = options;
    super(
      healing((call) => {
        this.#view = viewName();
        return calls.timeline({ view: this.#view, roomId, limit: this.#start(limit) }, call);
      }),
      stored,
    );
    this.#calls = calls;
    this.roomId = roomId;
    this.send = send;
  }

  async paginate(_: "back", limit = 30, options?: CallOptions): Promise<Paginated> {
    await this.ready;
    for (;;) {
      const view = this.#view;
      try {
        return await this.#calls.paginate({ view, limit }, options);
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
}
