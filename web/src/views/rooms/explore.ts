// What is in a space, joined or not: a page of the server's at a time, each
// painted before the next is asked for.
import type { Client, Exploration, LiveRoom, Permissions, RoomPreview, SpaceRoom } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { openAddRooms, openCreate } from "../../doors.js";
import { explain } from "../../errors.js";
import { openMenu } from "../../menu.js";
import { w } from "../../messages-rooms.js";
import { t } from "../../messages.js";
import { avatar, icon, iconButton } from "../../parts.js";
import { formatRoute, goUp } from "../../route.js";
import { roomName } from "../../sentences.js";
import { tellPlace } from "../../title.js";
import { Following, View } from "../../view.js";
import { replaced } from "../replaced.js";
import { spaceMenu } from "../spaces/menu.js";
import { Branches } from "./branches.js";
import "./entry.js";
import { previewName } from "./names.js";

const words = w.explore;

export class Explore extends View {
  static override properties = {
    client: { attribute: false },
    spaceId: { attribute: false },
    details: { attribute: false },
    suggested: { state: true },
    loading: { state: true },
    problem: { state: true },
    preview: { state: true },
    tries: { state: true },
    said: { state: true },
    failure: { state: true },
  };

  declare client: Client;
  declare spaceId: string;
  /** Whether the details panel is open. */
  declare details: boolean;
  /** Whether only what is suggested is shown. */
  declare suggested: boolean;
  declare loading: boolean;
  /** Why the next page did not come. */
  declare problem: string;
  /** What there is to see of the space from outside; null where that is nothing. */
  declare preview: RoomPreview | null | undefined;
  declare tries: number;
  declare said: string;
  /** Why something was not done. */
  declare failure: string;
  readonly #room = new Following<LiveRoom>(this, () => this.spaceId, () => this.client.room(this.spaceId));
  readonly #rooms = new Following<Exploration>(this, () => this.#key, () => this.client.spaces.explore(this.spaceId, this.suggested ? { suggested: true } : {}));
  readonly #branches = new Branches(this);
  #end: IntersectionObserver | undefined;

  constructor() {
    super();
    this.suggested = this.loading = this.details = false;
    this.problem = this.said = this.failure = "";
    this.tries = 0;
  }

  get #key(): string {
    return `${this.spaceId} ${this.suggested} ${this.tries}`;
  }

  /** What the user's power allows in the space; undefined for who is not in it. */
  get can(): Permissions | undefined {
    const details = this.#room.snapshot;
    return details?.room.membership === "join" ? details.can : undefined;
  }

  get hasMore(): boolean {
    return this.#rooms.live?.hasMore ?? true;
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has("spaceId")) {
      this.preview = undefined;
      this.said = this.failure = "";
      this.#branches.clear();
    }
    if (["spaceId", "suggested", "tries"].some((name) => changed.has(name))) {
      this.problem = "";
      this.loading = false;
    }
  }

  protected override firstUpdated(): void {
    this.#end = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting) this.#soon();
    }, { root: this.find(".explore-scroll"), rootMargin: "50%" });
    this.find("h1")?.focus();
  }

  protected override updated(): void {
    const end = this.find(".explore-end");
    this.#end?.disconnect();
    if (end) this.#end?.observe(end);
    if (this.isConnected) tellPlace(this.#name);
    if (this.preview === undefined && this.#room.live?.error) void this.#look(this.spaceId);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#end?.disconnect();
  }

  get #name(): string {
    const details = this.#room.snapshot;
    if (details) return roomName(details.room);
    return this.preview ? previewName(this.preview) : "";
  }

  async #look(space: string): Promise<void> {
    this.preview = null;
    const preview = await this.client.rooms.preview(space).catch(() => null);
    if (space === this.spaceId) this.preview = preview;
  }

  protected override render(): TemplateResult {
    return html`
      ${this.#head()}
      <div class="explore-scroll">
        ${this.#intro()}
        ${this.#bar()}
        <p class="spoken" role="status">${this.said}</p>
        <p class="error" role="alert">${this.failure}</p>
        ${this.#list()}
      </div>`;
  }

  #head(): TemplateResult {
    const details = this.#room.snapshot;
    const panel = formatRoute({ space: this.spaceId, details: !this.details });
    return html`
      <header class="room-head">
        <a class="icon-button room-back" href="#/" aria-label=${t.room.back} title=${t.room.back} @click=${back}>${icon("back")}</a>
        ${avatar(this.spaceId, this.#name || "?", { room: true })}
        <div class="room-title">
          <h1 tabindex="-1"><bdi>${this.#name || w.space}</bdi></h1>
          <p class="room-topic">${w.space}${details ? html` · ${w.members(details.joined)}` : nothing}</p>
        </div>
        ${details && this.can ? html`
          ${iconButton("dots", t.spaces.menu(this.#name), (event) => openMenu(event.currentTarget as HTMLElement, t.spaces.menu(this.#name), spaceMenu(this.client, details.room, this.can).filter(({ label }) => label !== t.spaces.explore)))}
          <a class="icon-button" id="room-details" href=${panel} role="button" aria-expanded=${this.details} aria-label=${words.about} title=${words.about}>${icon("details")}</a>` : nothing}
      </header>`;
  }

  #intro(): TemplateResult {
    const details = this.#room.snapshot;
    const topic = details?.topic ?? this.preview?.topic;
    return html`
      ${details?.replacement ? replaced(this.client, details.replacement, t.spaces.replaced, t.spaces.goToReplacement) : nothing}
      ${topic ? html`<p class="explore-topic" dir="auto">${topic}</p>` : nothing}
      ${this.preview ? html`<div class="explore-join"><span>${w.members(this.preview.joined)}</span><alcove-entry .client=${this.client} .preview=${this.preview} .joined=${() => this.tries++}></alcove-entry></div>` : nothing}`;
  }

  #bar(): TemplateResult {
    const pick = (suggested: boolean, label: string) => html`
      <label><input type="radio" name="explore-filter" .checked=${this.suggested === suggested} @change=${() => (this.suggested = suggested)}><span>${label}</span></label>`;
    return html`
      <div class="explore-bar">
        <fieldset class="segments" aria-label=${words.filter}>${pick(false, words.all)}${pick(true, words.suggestedOnly)}</fieldset>
        ${this.can?.children ? html`
          <span class="explore-acts">
            <button type="button" class="button" data-size="small" @click=${() => openAddRooms(this.client, this.spaceId)}>${words.add}</button>
            <button type="button" class="button" data-size="small" @click=${() => openCreate(this.client, { space: this.spaceId })}>${icon("add")}${words.create}</button>
          </span>` : nothing}
      </div>`;
  }

  #list(): TemplateResult {
    const live = this.#rooms.live;
    const rooms = this.#rooms.snapshot ?? [];
    if (live?.error) return this.#failed(explain(live.error), () => this.tries++);
    const more = this.hasMore;
    return html`
      ${rooms.length ? this.#branches.list(rooms, this.#name) : more ? nothing : html`<p class="explore-none">${this.suggested ? words.noneSuggested : words.none}</p>`}
      ${this.problem ? this.#failed(this.problem, () => void this.#more()) : more ? this.#ending(rooms) : nothing}
      <p class="explore-count" role="status">${more ? "" : words.shown(rooms.length, false)}</p>`;
  }

  #failed(why: string, again: () => void): TemplateResult {
    return html`<div class="explore-end"><p class="error" role="alert">${words.failed(why)}</p><button type="button" class="button" data-size="small" @click=${again}>${t.retry}</button></div>`;
  }

  /** Its coming into view asks for the next page; pressing it does too. */
  #ending(rooms: readonly SpaceRoom[]): TemplateResult {
    if (this.loading || rooms.length === 0) {
      return html`<div class="explore-end"><span class="spinner" aria-hidden="true"></span><p role="status">${rooms.length ? words.loadingMore : words.loading}</p></div>`;
    }
    return html`<div class="explore-end"><button type="button" class="button" @click=${() => void this.#more()}>${words.more}</button></div>`;
  }

  /** After the frame that shows what is there. */
  #soon(): void {
    requestAnimationFrame(() => setTimeout(() => {
      if (!this.problem && this.#rooms.snapshot?.length) void this.#more();
    }));
  }

  async #more(): Promise<void> {
    const live = this.#rooms.live;
    if (!live?.hasMore || this.loading) return;
    this.loading = true;
    this.problem = "";
    try {
      await live.more();
    } catch (error) {
      if (live === this.#rooms.live) this.problem = explain(error);
    }
    if (live === this.#rooms.live) this.loading = false;
  }
}

function back(event: Event): void {
  event.preventDefault();
  event.stopPropagation();
  goUp({});
}

customElements.define("alcove-explore", Explore);
