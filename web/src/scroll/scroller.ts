// Renders only the rows near the viewport of a long list whose rows have any
// height, and keeps what the user looks at where it is while rows come, go and
// change size. The position hangs on an anchor, a row that stays, not on
// scrollTop: that also holds in browsers without scroll anchoring.
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { Heights, type Range } from "./heights.js";

type Anchor = { readonly key: string; readonly bottom: number };

export interface ScrollerHost extends ReactiveControllerHost {
  /** The element that scrolls. Its rows carry data-key. */
  readonly viewport: HTMLElement | null;
  /** The element that holds the rendered rows. */
  readonly list: HTMLElement | null;
  /** Called after each scroll or render, when positions are known. */
  scrolled(): void;
}

/** Rendered beyond the viewport on each side, in viewports. */
const margin = 1;
/** And always that many pixels, since the browser rounds positions. */
const least = 64;
/** How near to the bottom counts as being there. */
const bottomSlack = 24;

export class Scroller implements ReactiveController {
  /** More is to come below the last row, so that it is no place to stay at. */
  endless = false;
  readonly #host: ScrollerHost;
  readonly #heights = new Heights(52);
  #keys: readonly string[] = [];
  #indexByKey = new Map<string, number>();
  #range: Range = { start: 0, end: 0 };
  #anchors: readonly Anchor[] = [];
  #stick = true;
  /** How much is drawn beyond the viewport; nothing until what is in it was painted. */
  #reach = 0;
  #widened = false;
  #target: { key: string; block: "start" | "center" } | undefined;
  /** The last scrollTop that is accounted for. */
  #knownTop = 0;
  /** True from when the viewport is not shown until positions are known again. */
  #hidden = false;
  #sizes: ResizeObserver | undefined;

  constructor(host: ScrollerHost) {
    this.#host = host;
    host.addController(this);
  }

  /** The rows to render. */
  get range(): Range {
    return this.#range;
  }

  /** Space to leave above and below the rendered rows. */
  get before(): number {
    return this.#heights.top(this.#range.start);
  }

  get after(): number {
    return this.#heights.total - this.#heights.top(this.#range.end);
  }

  /** True while the view follows the newest row. */
  get atBottom(): boolean {
    return this.#stick;
  }

  hostDisconnected(): void {
    this.#sizes?.disconnect();
    this.#sizes = undefined;
  }

  /** Tells the rows that the next render is about. Call it in willUpdate. */
  setKeys(keys: readonly string[]): void {
    this.#heed();
    this.#keys = keys;
    this.#indexByKey = new Map(keys.map((key, i) => [key, i]));
    this.#heights.setKeys(keys);
    this.#choose();
  }

  indexOf(key: string): number {
    return this.#indexByKey.get(key) ?? -1;
  }

  toBottom(): void {
    this.#stick = true;
    this.#target = undefined;
    this.#choose();
    this.#host.requestUpdate();
  }

  /** Brings a row into view, rendering it first if need be. */
  toKey(key: string, block: "start" | "center" = "center"): void {
    if (this.indexOf(key) < 0) return;
    this.#stick = false;
    this.#target = { key, block };
    this.#choose();
    this.#host.requestUpdate();
  }

  /** Whether a row stands above the viewport, in it, or below. */
  placeOf(key: string): "above" | "within" | "below" | "nowhere" {
    const viewport = this.#host.viewport;
    const index = this.indexOf(key);
    if (!viewport || index < 0) return "nowhere";
    const top = this.#listTop() + this.#heights.top(index);
    if (top < viewport.scrollTop) return "above";
    return top < viewport.scrollTop + viewport.clientHeight ? "within" : "below";
  }

  /** To be called on the viewport's scroll event. */
  readonly onScroll = (): void => {
    this.#heed();
    if (!this.#covered()) {
      this.#choose();
      this.#host.requestUpdate();
    }
    this.#host.scrolled();
  };

  /** A render may come between the reader's scrolling and its event. */
  hostUpdate(): void {
    this.#heed();
  }

  /** Takes in where the reader scrolled to, before anything else moves. */
  #heed(): void {
    const viewport = this.#host.viewport;
    // What is not shown has no position, and comes back with any: neither is the reader's doing.
    if (!viewport || this.#isHidden(viewport)) return;
    // Where only this class scrolled, the end may have moved away since: that is no wish to leave it.
    if (Math.abs(viewport.scrollTop - this.#knownTop) < 1) return;
    this.#knownTop = viewport.scrollTop;
    this.#stick = !this.endless && distanceToEnd(viewport) <= bottomSlack;
    this.#target = undefined;
    this.#capture();
  }

  hostUpdated(): void {
    const { viewport, list } = this.#host;
    if (!viewport || !list) return;
    this.#observe(viewport, list);
    this.#settle(viewport, list);
  }

  #isHidden(viewport: HTMLElement): boolean {
    this.#hidden ||= viewport.clientHeight === 0;
    return this.#hidden;
  }

  #settle(viewport: HTMLElement, list: HTMLElement): void {
    // Rows that are not shown have no height. Showing them is a change of size, and leads here.
    this.#hidden = viewport.clientHeight === 0;
    if (this.#hidden) return;
    this.#measure(list);
    this.#place(viewport);
    if (!this.#covered()) {
      this.#choose();
      this.#host.requestUpdate();
    } else {
      this.#target = undefined;
    }
    this.#host.scrolled();
    if (!this.#widened && this.#keys.length > 0) this.#widen();
  }

  #widen(): void {
    this.#widened = true;
    requestAnimationFrame(() => setTimeout(() => {
      this.#reach = margin;
      this.#choose();
      this.#host.requestUpdate();
    }));
  }

  #measure(list: HTMLElement): void {
    for (const row of rowsOf(list)) {
      this.#heights.measure(this.indexOf(row.dataset["key"] ?? ""), row.getBoundingClientRect().height);
    }
    // The spacers follow at once; waiting for another render would show a jump.
    list.style.paddingBlock = `${this.before}px ${this.after}px`;
  }

  #place(viewport: HTMLElement): void {
    if (this.#stick) viewport.scrollTop = viewport.scrollHeight;
    else if (this.#target) this.#placeTarget(viewport, this.#target);
    else this.#restore(viewport);
    this.#knownTop = viewport.scrollTop;
    this.#capture();
  }

  #placeTarget(viewport: HTMLElement, target: { key: string; block: "start" | "center" }): void {
    const top = this.#listTop() + this.#heights.top(this.indexOf(target.key));
    const lead = target.block === "start" ? 8 : viewport.clientHeight / 3;
    viewport.scrollTop = top - lead;
  }

  /** Moves so that the first anchor that is still there has its old place. */
  #restore(viewport: HTMLElement): void {
    const origin = this.#listTop() - viewport.scrollTop;
    for (const anchor of this.#anchors) {
      const index = this.indexOf(anchor.key);
      if (index < 0) continue;
      const shift = origin + this.#heights.top(index + 1) - anchor.bottom;
      if (Math.abs(shift) >= 0.5) viewport.scrollTop += shift;
      return;
    }
  }

  /** Remembers where the visible rows end: headers on top of a row may come and go, its text should stay. */
  #capture(): void {
    const viewport = this.#host.viewport;
    if (!viewport || this.#keys.length === 0) return;
    const origin = this.#listTop() - viewport.scrollTop;
    const visible = this.#heights.range(-origin, viewport.clientHeight - origin);
    // What is drawn is what the reader sees; of the rest even the height is a guess.
    const start = Math.max(visible.start, this.#range.start);
    const end = Math.min(visible.end, this.#range.end);
    const anchors: Anchor[] = [];
    for (let i = start < end ? start : visible.start; i < (start < end ? end : visible.end); i++) {
      const key = this.#keys[i];
      if (key !== undefined) anchors.push({ key, bottom: origin + this.#heights.top(i + 1) });
    }
    this.#anchors = anchors;
  }

  /** Whether the rendered rows reach half a viewport beyond what is visible. */
  #covered(): boolean {
    const viewport = this.#host.viewport;
    if (!viewport) return true;
    const top = viewport.scrollTop - this.#listTop();
    const half = (viewport.clientHeight / 2) * this.#reach;
    const wanted = this.#heights.range(top - half, top + viewport.clientHeight + half);
    return this.#range.start <= wanted.start && this.#range.end >= wanted.end;
  }

  #choose(): void {
    const viewport = this.#host.viewport;
    const height = viewport?.clientHeight || 800;
    const top = this.#plannedTop(viewport, height);
    const beyond = Math.max(this.#reach * height, least);
    this.#range = this.#heights.range(top - beyond, top + height + beyond);
  }

  /** Where the viewport's top will be in the list once this render is placed. */
  #plannedTop(viewport: HTMLElement | null, height: number): number {
    const last = this.#heights.total - height;
    if (this.#stick || !viewport) return last;
    return Math.max(0, Math.min(this.#wantedTop(viewport, height), last));
  }

  #wantedTop(viewport: HTMLElement, height: number): number {
    if (this.#target) return this.#heights.top(this.indexOf(this.#target.key)) - height / 3;
    const anchor = this.#anchors.find(({ key }) => this.indexOf(key) >= 0);
    if (anchor) return this.#heights.top(this.indexOf(anchor.key) + 1) - anchor.bottom;
    return viewport.scrollTop - this.#listTop();
  }

  /** Distance from the top of the scrolled content to the list. */
  #listTop(): number {
    return this.#host.list?.offsetTop ?? 0;
  }

  /** Rows and viewport change size by themselves too: fonts, rotation, a longer composer. */
  #observe(viewport: HTMLElement, list: HTMLElement): void {
    this.#sizes ??= new ResizeObserver(() => {
      const now = this.#host;
      if (now.viewport && now.list) this.#settle(now.viewport, now.list);
    });
    this.#sizes.observe(viewport);
    for (const row of rowsOf(list)) this.#sizes.observe(row);
  }
}

const distanceToEnd = (viewport: HTMLElement) => viewport.scrollHeight - viewport.scrollTop - viewport.clientHeight;

function rowsOf(list: HTMLElement): HTMLElement[] {
  return [...list.children].filter((child): child is HTMLElement => child instanceof HTMLElement && "key" in child.dataset);
}
