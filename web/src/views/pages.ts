// Loads what lies beyond the ends of a timeline as the reader gets near them.
import type { LiveTimeline, TimelineItem } from "alcove";
import { explain, isAbort } from "../errors.js";

export type Direction = "back" | "forward";

export interface PagesHost {
  readonly timeline: LiveTimeline;
  readonly items: readonly TimelineItem[];
  readonly stale: boolean;
  readonly viewport: HTMLElement | null;
  requestUpdate(): void;
}

const page = 50;
/** Messages are asked for this many viewports before their end is reached. */
const early = 1.5;

export class Pages {
  /** Whether nothing newer is to be loaded. */
  ended = true;
  /** Whether nothing older came: it is asked for again once the list changes. */
  dry = false;
  loading: Direction | undefined;
  failed: { readonly direction: Direction; readonly why: string } | undefined;
  readonly #host: PagesHost;
  readonly #ending = new AbortController();

  constructor(host: PagesHost) {
    this.#host = host;
  }

  /** @param begun whether the first row is the room's beginning @param gap whether a gap is in view */
  look(begun: boolean, gap: boolean): void {
    const { viewport, stale } = this.#host;
    if (!viewport || stale || this.loading || this.failed) return;
    const near = early * viewport.clientHeight;
    const below = viewport.scrollHeight - viewport.scrollTop - viewport.clientHeight;
    if (!this.dry && (gap || (!begun && viewport.scrollTop < near))) void this.#load("back");
    else if (!this.ended && below < near) void this.#load("forward");
  }

  again(direction: Direction): void {
    this.failed = undefined;
    this.dry = false;
    if (!this.loading) void this.#load(direction);
  }

  end(): void {
    this.#ending.abort();
  }

  async #load(direction: Direction): Promise<void> {
    const { items, timeline } = this.#host;
    this.#show(direction);
    try {
      const { start, end, loaded } = await timeline.paginate(direction, page, { signal: this.#ending.signal });
      if (direction === "forward") this.ended = end;
      else if (this.#host.items === items) this.dry = start || loaded === 0;
    } catch (error) {
      if (!isAbort(error)) this.failed = { direction, why: explain(error) };
    }
    this.#show(undefined);
  }

  #show(loading: Direction | undefined): void {
    this.loading = loading;
    this.#host.requestUpdate();
  }
}
