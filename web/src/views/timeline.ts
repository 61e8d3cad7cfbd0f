// A room's messages. Only the rows near the viewport are drawn; older messages
// load as the reader gets near the top.
import type { IdentityState, LiveRoom, LiveTimeline, TimelineItem } from "alcove";
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { mentions } from "../content.js";
import { t } from "../messages.js";
import { icon } from "../parts.js";
import { navigate } from "../route.js";
import { eventOf, rowsOf, rowWith, type Row } from "../rows.js";
import { Scroller, type ScrollerHost } from "../scroll/scroller.js";
import { sayEvent } from "../sentences.js";
import { View } from "../view.js";
import { lastEditable } from "../editable.js";
import { Pages, type Direction, type PagesHost } from "./pages.js";
import { RowActs, type ActsHost } from "./row-acts.js";
import type { Can } from "./row/actions.js";
import { rowContent } from "./row/row.js";

/** The line above the first unread message counts as seen after this long in view. */
const seenMs = 1_000;
/** More new messages at once than this are counted rather than read out. */
const spokenAtOnce = 3;

export class Timeline extends View implements ScrollerHost, PagesHost, ActsHost {
  static override properties = {
    room: { attribute: false },
    timeline: { attribute: false },
    thread: { attribute: false },
    around: { attribute: false },
    items: { attribute: false },
    stale: { attribute: false },
    name: { attribute: false },
    userId: { attribute: false },
    identity: { attribute: false },
    can: { attribute: false },
    pinned: { attribute: false, hasChanged: (now: readonly string[], before?: readonly string[]) => now.join() !== before?.join() },
    pointed: { state: true },
    following: { state: true },
    unreadAbove: { state: true },
    missed: { state: true },
  };

  declare room: LiveRoom;
  declare timeline: LiveTimeline;
  /** The root of the thread that the timeline is of. */
  declare thread: string | undefined;
  /** The event that the timeline stands around, if it is not of the newest messages. */
  declare around: string | undefined;
  declare items: readonly TimelineItem[];
  /** Whether the items are of an earlier time. */
  declare stale: boolean;
  /** The room's name. */
  declare name: string;
  /** Our user's id. */
  declare userId: string;
  /** How this device stands to the user's identity. */
  declare identity: IdentityState | undefined;
  declare can: Can;
  /** The ids of what is pinned in the room. */
  declare pinned: readonly string[];
  /** The row that is pointed at. */
  declare pointed: string | undefined;
  /** Whether the newest message is in view and stays so. */
  declare following: boolean;
  declare unreadAbove: boolean;
  /** Messages that came while the reader was further up. */
  declare missed: number;

  readonly #scroller = new Scroller(this);
  readonly #acts = new RowActs(this);
  readonly #pages = new Pages(this);
  readonly #ending = new AbortController();
  #rows: readonly Row[] = [];
  #active: string | undefined;
  /** The row that was asked for, until another has the focus. */
  #sought: string | undefined;
  /** Whether the focus is in a row. */
  #focused = false;
  #newest: string | undefined;
  #markedRead: string | undefined;
  /** The key of the first item that was unread when the reader came. */
  #unread: string | undefined;
  #unreadSeen = false;
  /** Whether what comes at the end of the list is new, and not a page of it. */
  #followed = true;

  constructor() {
    super();
    this.items = [];
    this.stale = false;
    this.name = "";
    this.userId = "";
    this.can = { send: false, redact: false, pin: false, threads: false };
    this.pinned = [];
    this.following = true;
    this.unreadAbove = false;
    this.missed = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const { signal } = this.#ending;
    window.addEventListener("focus", () => this.#markRead(), { signal });
    document.addEventListener("visibilitychange", () => this.#markRead(), { signal });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#ending.abort();
    this.#pages.end();
  }

  get viewport(): HTMLElement | null {
    return this.find(".timeline-scroll");
  }

  get list(): HTMLElement | null {
    return this.find(".timeline");
  }

  get loading(): boolean {
    return this.#pages.loading !== undefined;
  }

  toNewest(): void {
    if (this.#pages.ended) this.#scroller.toBottom();
    else navigate({ room: this.room.id });
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("around")) this.#followed = this.#pages.ended = this.around === undefined;
    this.#scroller.endless = !this.#pages.ended;
    if (!changed.has("items")) return;
    this.#pages.dry = false;
    this.#noticeUnread();
    this.#rows = rowsOf(this.items, this.#unread);
    this.#scroller.setKeys(this.#rows.map((row) => row.key));
    this.#noticeNew();
    this.#followed = this.#pages.ended;
    if (this.around !== undefined && this.#active === undefined) this.#showSought();
  }

  protected override update(changed: PropertyValues<this>): void {
    this.#saveFocus();
    super.update(changed);
  }

  /**
   * Rows come and go with scrolling, which a log would read out. So it is not
   * live; what is new at the end is said in a line of its own (#noticeNew).
   */
  protected override render(): TemplateResult {
    const { start, end } = this.#scroller.range;
    const stop = this.#stop();
    const empty = this.#rows.length === 0 && !this.stale && this.#pages.dry;
    return html`
      <div class="timeline-scroll" role="log" aria-live="off" aria-label=${t.timeline.label(this.name)} tabindex="-1" data-stale=${this.stale ? "" : nothing}
        @scroll=${this.#scroller.onScroll} @keydown=${this.#onKey} @focusin=${this.#onFocus} @focusout=${this.#onBlur}
        @pointerover=${this.#onPoint} @pointerleave=${() => (this.pointed = undefined)}>
        ${this.#edge("back", empty ? t.timeline.empty : "")}
        <ol class="timeline">
          ${repeat(this.#rows.slice(start, end), (row) => row.key, (row) => this.#row(row, row.key === stop))}
        </ol>
        ${this.#pages.ended ? nothing : this.#edge("forward")}
      </div>
      ${this.#jumps()}
      <p class="spoken" role="status" data-heard></p>`;
  }

  #row(row: Row, stop: boolean): TemplateResult {
    const event = row.kind === "message" ? row.event : undefined;
    return html`
      <li class="row" data-key=${row.key} data-kind=${row.kind} tabindex=${stop ? 0 : -1}
        data-lead=${row.kind === "message" && row.lead ? "" : nothing} data-sought=${row.key === this.#sought ? "" : nothing}
        data-own=${event?.own ? "" : nothing} data-mention=${event && mentions(event, this.userId) ? "" : nothing} data-send=${event?.send?.state ?? nothing}>${rowContent(row, this.#acts)}</li>`;
  }

  /** What stands beyond the first and the last row. */
  #edge(direction: Direction, otherwise = ""): TemplateResult {
    const { loading, failed } = this.#pages;
    if (failed?.direction === direction) {
      return html`<p class="timeline-edge"><span role="alert">${t.timeline.pageFailed[direction]} ${failed.why}</span>
        <button type="button" class="button" data-size="small" @click=${() => this.#pages.again(direction)}>${t.retry}</button></p>`;
    }
    if (loading === direction) return html`<p class="timeline-edge" role="status"><span class="spinner"></span>${t.timeline.pageLoading[direction]}</p>`;
    return html`<p class="timeline-edge">${otherwise}</p>`;
  }

  #jumps(): TemplateResult {
    const missed = this.missed ? t.timeline.toNewestCount(this.missed) : "";
    return html`
      <div class="jumps">
        ${this.unreadAbove ? html`
          <button type="button" class="jump" data-to="unread" @click=${() => this.#scroller.toKey(this.#readMarker() ?? "")}>
            ${icon("up")}<span>${t.timeline.toUnread}</span></button>` : nothing}
        ${this.following ? nothing : html`
          <button type="button" class="jump" data-to="newest" title=${t.timeline.toNewest} @click=${this.#jumpToNewest}>
            ${icon("down")}<span class=${missed ? "" : "spoken"}>${missed || t.timeline.toNewest}</span></button>`}
      </div>`;
  }

  /** Called by the scroller: positions are known. */
  scrolled(): void {
    this.following = this.#scroller.atBottom && this.#pages.ended;
    if (this.following) this.missed = 0;
    const marker = this.#scroller.placeOf(this.#readMarker() ?? "");
    if (marker === "within" && !this.#unreadSeen) this.#seeUnread();
    this.unreadAbove = marker === "above" && !this.#unreadSeen;
    this.#markRead();
    const gap = this.#rows.some((row) => row.kind === "gap" && this.#scroller.placeOf(row.key) === "within");
    if (this.#rows.length > 0 || this.around === undefined) this.#pages.look(this.#rows[0]?.kind === "start", gap);
  }

  loadGap(): void {
    this.#pages.again("back");
  }

  showEvent(eventId: string): void {
    if (!this.#show(eventId)) navigate({ room: this.room.id, event: eventId });
  }

  /** Shows what the timeline was opened around: of an edit that is what it edits. */
  #showSought(): void {
    const id = this.items.find(({ event }) => event?.sought)?.event?.id;
    if (id) this.#show(id);
  }

  /** Brings an event into view and gives it the focus. Says whether it is among the rows. */
  #show(eventId: string): boolean {
    const row = rowWith(this.#rows, eventId);
    if (!row) return false;
    this.#active = this.#sought = row.key;
    this.#scroller.toKey(row.key);
    void this.#focusDrawn();
    return true;
  }

  /** Gives the focus to the row of an event, where it is drawn. */
  focusEvent(eventId: string): void {
    this.#active = rowWith(this.#rows, eventId)?.key ?? this.#active;
    this.#focusActive();
  }

  focusList(): void {
    this.viewport?.focus({ preventScroll: true });
  }

  /** Asks for the last message of one's own to be edited. Says whether there is one. */
  editLast(): boolean {
    const item = lastEditable(this.items);
    if (item) this.dispatchEvent(new CustomEvent("alcove-compose", { detail: { kind: "edit", item }, bubbles: true }));
    return item !== undefined;
  }

  // New messages

  /** What passes by while the page is still taking shape was not seen. */
  #seeUnread(): void {
    const unread = this.#unread;
    setTimeout(() => {
      const inView = this.#scroller.placeOf(this.#readMarker() ?? "") === "within";
      if (inView && unread === this.#unread) this.#unreadSeen = true;
    }, seenMs);
  }

  #noticeUnread(): void {
    const marker = this.items.findIndex((item) => item.kind === "readMarker");
    const first = marker < 0 ? undefined : this.items[marker + 1]?.key;
    if (first === undefined || first === this.#unread) return;
    this.#unread = first;
    this.#unreadSeen = false;
  }

  /** Counts and reads out what came at the end; never what loaded above. */
  #noticeNew(): void {
    const before = this.#newest;
    const events = this.items.filter((item) => item.event);
    this.#newest = events.at(-1)?.key;
    if (before === undefined || before === this.#newest) return;
    const at = events.findLastIndex((item) => item.key === before);
    const fresh = at < 0 || !this.#followed ? [] : events.slice(at + 1).flatMap(({ event }) => (event && !event.own ? [event] : []));
    if (fresh.length === 0) return;
    if (!this.#scroller.atBottom) this.missed += fresh.length;
    this.say(fresh.length > spokenAtOnce ? t.timeline.toNewestCount(fresh.length)
      : fresh.map((event) => (event.change ? sayEvent(event) : t.timeline.said(event.sender.name, sayEvent(event)))).join("\n"));
  }

  say(text: string): void {
    const heard = this.find("[data-heard]");
    if (heard) heard.textContent = text;
  }

  #markRead(): void {
    if (!this.following || this.stale || document.visibilityState !== "visible" || !document.hasFocus()) return;
    const newest = this.#rows.findLast((row) => eventOf(row)?.id);
    const id = eventOf(newest)?.id;
    if (!id || id === this.#markedRead) return;
    this.#markedRead = id;
    this.room.markRead(this.thread ? { thread: this.thread, eventId: id } : {}).catch(() => {
      this.#markedRead = undefined; // tried again with the next message or focus
    });
  }

  #readMarker(): string | undefined {
    return this.#rows.findLast((row) => row.kind === "readMarker")?.key;
  }

  readonly #jumpToNewest = (): void => {
    this.#active = this.#rows.at(-1)?.key;
    this.toNewest();
    void this.#focusDrawn();
  };

  // Keyboard and pointer

  /** Whether a row's actions are shown: those of the row that is pointed at, and of the focused. */
  isHot(key: string): boolean {
    return key === this.pointed || (this.#focused && key === this.#active);
  }

  readonly #onPoint = (event: PointerEvent): void => {
    if (event.pointerType !== "mouse") return; // a finger focuses
    const row = (event.target as HTMLElement).closest<HTMLElement>(".row");
    this.pointed = row?.dataset["kind"] === "message" ? row.dataset["key"] : undefined;
  };

  readonly #onBlur = (event: FocusEvent): void => {
    // A menu or dialog gives the focus back.
    const to = event.relatedTarget instanceof Element ? event.relatedTarget : null;
    if (this.list?.contains(to) || to?.closest("dialog, [popover]")) return;
    this.#focused = false;
    this.requestUpdate();
  };

  /** The row with the tab stop: the one last focused, as long as it is drawn. */
  #stop(): string | undefined {
    const { start, end } = this.#scroller.range;
    const at = this.#active === undefined ? -1 : this.#scroller.indexOf(this.#active);
    return at >= start && at < end ? this.#active : this.#rows[end - 1]?.key;
  }

  readonly #onFocus = (event: Event): void => {
    const key = (event.target as HTMLElement).closest<HTMLElement>(".row")?.dataset["key"];
    if (key === undefined || (key === this.#active && this.#focused)) return;
    this.#focused = true;
    this.#choose(key);
    this.requestUpdate();
  };

  #choose(key: string): void {
    this.#active = key;
    if (key !== this.#sought) this.#sought = undefined;
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const inside = event.target as HTMLElement;
    if (event.altKey || event.ctrlKey || event.metaKey || inside.closest("button, a, input, summary, pre, .table")) return;
    const at = this.#scroller.indexOf(this.#active ?? "");
    const last = this.#rows.length - 1;
    const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? last : at - 1, Home: 0, End: last }[event.key];
    if (to === undefined || last < 0) return;
    event.preventDefault();
    this.#moveTo(Math.max(0, Math.min(to, last)));
  };

  #moveTo(index: number): void {
    const key = this.#rows[index]?.key;
    if (key === undefined) return;
    this.#choose(key);
    const { start, end } = this.#scroller.range;
    if (index === this.#rows.length - 1 && this.#pages.ended) this.toNewest();
    else if (index < start || index >= end) this.#scroller.toKey(key, "start");
    this.requestUpdate();
    void this.#focusDrawn();
  }

  /** Where to scroll to is known better with each render, until one asks for no other. */
  async #focusDrawn(): Promise<void> {
    while (!(await this.updateComplete));
    this.#focusActive();
  }

  #focusActive(): void {
    this.find(`.row[data-key="${CSS.escape(this.#active ?? "")}"]`)?.focus();
  }

  /** A focused row that is about to go hands its focus to the list. */
  #saveFocus(): void {
    const focused = document.activeElement?.closest<HTMLElement>(".row");
    if (!focused || !this.contains(focused)) return;
    const { start, end } = this.#scroller.range;
    const at = this.#scroller.indexOf(focused.dataset["key"] ?? "");
    if (at < start || at >= end) this.viewport?.focus({ preventScroll: true });
  }
}

customElements.define("alcove-timeline", Timeline);
