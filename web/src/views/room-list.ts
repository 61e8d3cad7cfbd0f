// The live list of rooms. Rows have one height, so only those near the
// viewport are drawn, and the window of the core's list grows on scrolling.
import type { Client, Room, RoomFilter } from "alcove";
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { explain } from "../errors.js";
import { formatFull, formatShort } from "../format.js";
import { t } from "../messages.js";
import { avatar, icon, moment } from "../parts.js";
import { formatRoute, navigate } from "../route.js";
import { roomName, sayPreview } from "../sentences.js";
import { Following, View } from "../view.js";

type Kind = "all" | "unread" | "people" | "favourites";

const kinds: readonly Kind[] = ["all", "unread", "people", "favourites"];
const filters: Readonly<Record<Kind, RoomFilter>> = {
  all: {},
  unread: { unread: true },
  people: { direct: true },
  favourites: { tag: "m.favourite" },
};
const page = 60;
/** Rows drawn beyond the viewport on each side. */
const beyond = 12;

export class RoomList extends View {
  static override properties = {
    client: { attribute: false },
    userId: { attribute: false },
    chosen: { attribute: false },
    space: { attribute: false },
    kind: { state: true },
    text: { state: true },
    first: { state: true },
    busy: { state: true },
    failure: { state: true },
  };

  declare client: Client;
  declare userId: string | undefined;
  /** The id of the room that is shown. */
  declare chosen: string | undefined;
  /** The id of the space whose rooms are listed. */
  declare space: string | undefined;
  declare kind: Kind;
  declare text: string;
  /** The first row in the viewport. */
  declare first: number;
  /** The id of the invitation that is being answered. */
  declare busy: string | undefined;
  declare failure: { readonly room: string; readonly text: string } | undefined;

  /** The id of the room with the list's tab stop. */
  #stop: string | undefined;
  #filtered: Promise<void> | undefined;
  #visible = 20;
  #rowHeight = 68;
  #sizes: ResizeObserver | undefined;
  readonly #rooms = new Following(this, () => this.client, () => this.client.rooms.list({ filter: this.#filter, window: page }));

  constructor() {
    super();
    this.kind = "all";
    this.text = "";
    this.first = 0;
  }

  /** The rooms as they are listed now. */
  get rooms(): readonly Room[] {
    return this.#rooms.snapshot ?? [];
  }

  /** Gives the focus to a room's row, or to the list's tab stop. */
  focusRoom(id: string): void {
    this.#focusRow(Math.max(0, this.rooms.findIndex((room) => room.id === id)));
  }

  focusFilter(): void {
    this.find<HTMLInputElement>("#room-filter")?.select();
  }

  protected override firstUpdated(): void {
    this.#sizes = new ResizeObserver(() => this.#measure());
    const scroll = this.find(".rooms-scroll");
    if (scroll) this.#sizes.observe(scroll);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#sizes?.disconnect();
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (this.hasUpdated && ["kind", "text", "space"].some((name) => changed.has(name as keyof RoomList))) this.#refilter();
    this.#measure();
    this.#loadMore();
  }

  protected override render(): TemplateResult {
    const rooms = this.rooms;
    const live = this.#rooms.live;
    const start = Math.max(0, Math.min(this.first - beyond, rooms.length - 1));
    const end = Math.min(rooms.length, this.first + this.#visible + beyond);
    const total = Math.max(live?.total ?? 0, rooms.length);
    return html`
      ${this.#filterBar()}
      <div class="rooms-scroll" @scroll=${this.#onScroll} @keydown=${this.#onKey} @focusin=${this.#onFocus}>
        <ul class="rooms" aria-label=${t.rooms.title} data-stale=${live?.stale ? "" : nothing}
          .style=${`--total: ${total}; --start: ${start}`}>
          ${repeat(rooms.slice(start, end), (room) => room.key, (room, i) => this.#row(room, start + i, total))}
        </ul>
        ${rooms.length === 0 ? this.#emptiness() : nothing}
      </div>
      <p class="spoken" role="status">${this.text || this.kind !== "all" ? t.rooms.count(total) : ""}</p>`;
  }

  #filterBar(): TemplateResult {
    return html`
      <search class="rooms-filter">
        <div class="filter-box">
          ${icon("search")}
          <input class="input" id="room-filter" type="search" dir="auto" autocomplete="off" spellcheck="false"
            aria-label=${t.rooms.filter} placeholder=${t.rooms.filterHint} @input=${this.#onFilter} @keydown=${this.#onFilterKey}>
        </div>
        <fieldset class="segments" aria-label=${t.rooms.kinds}>
          ${kinds.map((kind) => html`
            <label><input type="radio" name="room-kind" .checked=${kind === this.kind} @change=${() => (this.kind = kind)}>
              <span>${t.rooms[kind]}</span></label>`)}
        </fieldset>
      </search>`;
  }

  #emptiness(): TemplateResult {
    const live = this.#rooms.live;
    if (live?.error) return html`<p class="rooms-empty error" role="alert">${explain(live.error)}</p>`;
    const filtered = this.text !== "" || this.kind !== "all";
    if (filtered || !this.space) return html`<p class="rooms-empty">${filtered ? t.rooms.noneMatch : t.rooms.empty}</p>`;
    return html`<div class="rooms-empty"><p>${t.spaces.empty}</p><a class="button" href=${formatRoute({ space: this.space })}>${t.spaces.explore}</a></div>`;
  }

  #row(room: Room, index: number, total: number): TemplateResult {
    const name = roomName(room);
    const stop = this.#stopId() === room.id;
    return html`
      <li class="room-row" data-key=${room.key} data-unread=${room.unread || room.markedUnread ? "" : nothing}
        aria-setsize=${total} aria-posinset=${index + 1}>
        <a class="room-link" href=${formatRoute({ room: room.id })} tabindex=${stop ? 0 : -1}
          aria-current=${room.id === this.chosen ? "page" : nothing}>
          ${avatar(room.direct ?? room.id, name, { room: !room.direct })}
          <span class="room-name"><bdi>${name}</bdi>${this.#marks(room)}</span>
          <span class="room-time">${room.last ? moment(room.last.ts, formatShort(room.last.ts), formatFull(room.last.ts)) : nothing}</span>
          <span class="room-preview" dir="auto">${this.#secondLine(room)}</span>
          <span class="room-badges">${this.#badges(room)}</span>
        </a>
        ${room.membership === "invite" ? this.#invitation(room, name) : nothing}
      </li>`;
  }

  #marks(room: Room): TemplateResult | typeof nothing {
    const favourite = room.tags?.some(({ name }) => name === "m.favourite");
    return favourite ? html`<span class="room-mark" title=${t.rooms.favourite}>${icon("star")}<span class="spoken">${t.rooms.favourite}</span></span>` : nothing;
  }

  #secondLine(room: Room): string {
    if (this.failure?.room === room.id) return this.failure.text;
    if (room.membership === "invite") return room.inviter ? t.rooms.invitedBy(room.inviter.name) : t.rooms.invited;
    if (room.membership === "knock") return t.rooms.knocked;
    return room.last ? sayPreview(room.last, room, this.userId) : "";
  }

  #badges(room: Room): TemplateResult | typeof nothing {
    if (room.highlights > 0) return badge(room.highlights, t.rooms.highlightLabel(room.highlights), "highlight");
    if (room.unread > 0) return badge(room.unread, t.rooms.unreadLabel(room.unread));
    if (!room.markedUnread) return nothing;
    return html`<span class="badge" data-kind="dot" role="img" aria-label=${t.rooms.markedUnread}></span>`;
  }

  #invitation(room: Room, name: string): TemplateResult {
    const disabled = this.busy === room.id;
    return html`
      <span class="room-answer" role="group" aria-label=${name}>
        <button type="button" class="button" data-size="small" data-kind="primary" ?disabled=${disabled}
          @click=${() => this.#answer(room, true)}>${t.rooms.accept}</button>
        <button type="button" class="button" data-size="small" ?disabled=${disabled}
          @click=${() => this.#answer(room, false)}>${t.rooms.decline}</button>
      </span>`;
  }

  async #answer(room: Room, accept: boolean): Promise<void> {
    this.busy = room.id;
    this.failure = undefined;
    try {
      if (accept) {
        await this.client.rooms.join(room.id);
        navigate({ room: room.id });
      } else {
        await this.client.room(room.id).leave();
      }
    } catch (error) {
      this.failure = { room: room.id, text: explain(error) };
    }
    this.busy = undefined;
  }

  readonly #onFilter = (event: Event): void => {
    this.text = (event.target as HTMLInputElement).value.trim();
  };

  /** From the filter straight into the list, or to its first room. */
  readonly #onFilterKey = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") this.#focusRow(0);
    else if (event.key === "Enter") void this.#openFirst();
    else return;
    event.preventDefault();
  };

  /** Opens the first room that matches, once the list has followed what was typed. */
  async #openFirst(): Promise<void> {
    await this.updateComplete;
    await this.#filtered;
    const first = this.rooms[0];
    if (first) navigate({ room: first.id });
  }

  get #filter(): RoomFilter {
    return { ...filters[this.kind], ...(this.text && { text: this.text }), ...(this.space && { space: this.space }) };
  }

  #refilter(): void {
    const live = this.#rooms.live;
    if (!live) return;
    this.find(".rooms-scroll")?.scrollTo({ top: 0 });
    this.#filtered = live.setFilter(this.#filter).catch(() => this.requestUpdate());
  }

  readonly #onScroll = (event: Event): void => {
    const first = Math.floor((event.currentTarget as HTMLElement).scrollTop / this.#rowHeight);
    if (Math.abs(first - this.first) >= beyond / 3 || first === 0) this.first = first;
  };

  #measure(): void {
    const scroll = this.find(".rooms-scroll");
    const row = this.find(".room-row");
    if (row?.offsetHeight) this.#rowHeight = row.offsetHeight;
    const visible = Math.ceil((scroll?.clientHeight ?? 800) / this.#rowHeight);
    if (visible === this.#visible) return;
    this.#visible = visible;
    this.requestUpdate();
  }

  #loadMore(): void {
    const live = this.#rooms.live;
    const loaded = this.rooms.length;
    if (!live || live.stale || loaded >= live.total) return;
    if (this.first + this.#visible + 2 * beyond > loaded) live.more().catch(() => this.requestUpdate());
  }

  #stopId(): string | undefined {
    const has = (id: string | undefined) => this.rooms.some((room) => room.id === id);
    if (has(this.#stop)) return this.#stop;
    return has(this.chosen) ? this.chosen : this.rooms[0]?.id;
  }

  readonly #onFocus = (event: Event): void => {
    const key = (event.target as HTMLElement).closest<HTMLElement>(".room-row")?.dataset["key"];
    if (key && key !== this.#stop) {
      this.#stop = key;
      this.requestUpdate();
    }
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    const at = this.rooms.findIndex((room) => room.id === this.#stopId());
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: this.rooms.length - 1, PageDown: at + this.#visible, PageUp: at - this.#visible }[event.key];
    if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.#focusRow(Math.max(0, Math.min(to, this.rooms.length - 1)));
  };

  #focusRow(index: number): void {
    const room = this.rooms[index];
    const scroll = this.find(".rooms-scroll");
    if (!room || !scroll) return;
    this.#stop = room.id;
    const top = index * this.#rowHeight;
    if (top < scroll.scrollTop) scroll.scrollTop = top;
    const lowest = top + this.#rowHeight - scroll.clientHeight;
    if (lowest > scroll.scrollTop) scroll.scrollTop = lowest;
    this.first = Math.floor(scroll.scrollTop / this.#rowHeight);
    this.requestUpdate();
    void this.updateComplete.then(() => this.find(`.room-row[data-key="${CSS.escape(room.key)}"] .room-link`)?.focus());
  }
}

const badge = (n: number, label: string, kind = "") => html`
  <span class="badge" data-kind=${kind || nothing}><span aria-hidden="true">${n > 99 ? "99+" : n}</span><span class="spoken">${label}</span></span>`;

customElements.define("alcove-room-list", RoomList);
