// What is pinned in a room, the last pinned first. It follows the room: what others pin
// meanwhile comes, what they take off goes.
import type { Client, EventItem, LiveRoom, LiveTimeline, TimelineItem } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { openDialog } from "../../dialog.js";
import { explain } from "../../errors.js";
import { formatFull, formatShort } from "../../format.js";
import { t } from "../../messages.js";
import { avatar, icon, moment } from "../../parts.js";
import { sayEvent } from "../../sentences.js";
import { Following, View } from "../../view.js";
import { explainPin } from "../pins.js";

const words = t.pins;
/** As many as a room's details name. */
const most = 100;

export class Pinned extends View {
  static override properties = {
    client: { attribute: false },
    roomId: { attribute: false },
    show: { attribute: false },
    active: { state: true },
    said: { state: true },
    problem: { state: true },
  };

  declare client: Client;
  declare roomId: string;
  /** Leads to a message. */
  declare show: (event: EventItem) => void;
  /** The message with the tab stop. */
  declare active: string;
  declare said: string;
  declare problem: string;
  readonly #room = new Following<LiveRoom>(this, () => this.roomId, () => this.client.room(this.roomId));
  readonly #timeline = new Following<LiveTimeline>(this, () => this.#turn(), () => this.#open());

  /** What was asked for, and how often. */
  readonly #asked = new Set<string>();
  #turns = 0;
  /** Whether it is known what cannot be had. */
  #settled = false;
  readonly #known = new Map<string, TimelineItem>();
  /** What is on its way off. */
  readonly #leaving = new Set<string>();

  constructor() {
    super();
    this.active = this.said = this.problem = "";
  }

  /** Changes when something is pinned that was not asked for; what is taken off needs no other look. */
  #turn(): number {
    const fresh = (this.#room.snapshot?.pinned ?? []).filter((id) => !this.#asked.has(id));
    for (const id of fresh) this.#asked.add(id);
    if (fresh.length > 0) this.#turns++;
    return this.#turns;
  }

  #open(): LiveTimeline | undefined {
    this.#settled = false;
    if (this.#turns === 0) return undefined;
    const live = this.#room.live?.timeline({ pinned: true, limit: most });
    const settle = () => {
      this.#settled ||= live === this.#timeline.live;
      this.requestUpdate();
    };
    live?.ready.then(settle, () => {});
    return live;
  }

  get #failure(): LiveTimeline["error"] {
    return this.#timeline.live?.error;
  }

  #again(): void {
    this.#asked.clear();
    this.requestUpdate();
  }

  protected override render(): TemplateResult {
    const ids = this.#shown();
    const error = this.#failure;
    const loading = this.#room.snapshot === undefined || (!this.#settled && !error && ids.length === 0 && this.#turns > 0);
    return html`
      <p class="error" role="alert">${this.problem}</p>
      ${ids.length ? html`<ul class="pins" aria-label=${words.title} @keydown=${this.#onKey}>${repeat(ids, (id) => id, (id) => this.#row(id, ids))}</ul>` : nothing}
      ${loading ? html`<p class="pins-none" role="status"><span class="spinner"></span>${words.loading}</p>` : nothing}
      ${ids.length || loading || error ? nothing : html`<p class="pins-none" tabindex="-1">${words.none}</p>`}
      ${error ? html`<p class="error" role="alert">${words.notLoaded(explain(error))}</p>
        <div class="dialog-foot"><button type="button" class="button" @click=${() => this.#again()}>${t.retry}</button></div>` : nothing}
      <p class="spoken" role="status">${this.said}</p>`;
  }

  /** What has come, and what is known not to come. */
  #shown(): readonly string[] {
    for (const item of this.#timeline.snapshot ?? []) if (item.event?.id) this.#known.set(item.event.id, item);
    const pinned = this.#room.snapshot?.pinned ?? [];
    for (const id of this.#leaving) if (!pinned.includes(id)) this.#leaving.delete(id);
    return pinned.filter((id) => !this.#leaving.has(id) && ((this.#settled && !this.#failure) || this.#known.has(id))).reverse();
  }

  #row(id: string, ids: readonly string[]): TemplateResult {
    const stop = id === this.active || (id === ids[0] && !ids.includes(this.active)) ? 0 : -1;
    const item = this.#known.get(id);
    const { can, room } = this.#room.snapshot ?? {};
    const may = can?.pin && !room?.successor;
    const of = item?.event ? words.takeOf(item.event.sender.name) : words.takeAbsent;
    return html`
      <li class="pin" data-id=${id} @focusin=${() => (this.active = id)}>
        ${item?.event ? this.#message(item.event, item.ts ?? 0, stop) : html`<p class="pin-message" data-kind="absent" tabindex=${stop}>${icon("pin")}<span>${words.absent}</span></p>`}
        ${may ? html`<button type="button" class="icon-button" tabindex=${stop} aria-label=${of} title=${words.taken.act} @click=${() => this.#take(id, ids)}>${icon("unpin")}</button>` : nothing}
      </li>`;
  }

  #message(event: EventItem, ts: number, stop: number): TemplateResult {
    const { sender } = event;
    return html`
      <button type="button" class="pin-message" tabindex=${stop} @click=${() => this.show(event)}>
        ${avatar(sender.id, sender.name)}
        <span class="pin-head"><bdi>${sender.name}</bdi> ${moment(ts, formatShort(ts), formatFull(ts))}</span>
        <span class="pin-line" dir="auto" data-kind=${event.redacted ? "absent" : nothing}>${sayEvent(event)}</span>
      </button>`;
  }

  /** It goes at once, and comes back where the server does not have it so. */
  async #take(id: string, ids: readonly string[]): Promise<void> {
    const at = ids.indexOf(id);
    this.#leaving.add(id);
    this.problem = this.said = "";
    this.#focus(ids[at + 1] ?? ids[at - 1]);
    try {
      await this.client.room(this.roomId).unpin(id);
      this.said = words.taken.done;
    } catch (error) {
      this.#leaving.delete(id);
      this.problem = `${words.taken.failed}. ${explainPin(error)}`;
    }
    this.requestUpdate();
  }

  #focus(id: string | undefined): void {
    this.active = id ?? "";
    this.requestUpdate();
    void this.updateComplete.then(() => this.find(id === undefined ? ".pins-none" : `.pin[data-id="${CSS.escape(id)}"] .pin-message`)?.focus());
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const ids = this.#shown();
    const at = ids.indexOf(this.active);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: ids.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const id = ids[Math.max(0, Math.min(to, ids.length - 1))];
    if (id) this.#focus(id);
  };
}

export function openPinned(client: Client, room: string, show: (event: EventItem) => void): void {
  const dialog = openDialog(words.title, (close) => {
    const go = (event: EventItem) => {
      close();
      show(event);
    };
    return html`<alcove-pinned .client=${client} .roomId=${room} .show=${go}></alcove-pinned>`;
  });
  // The button that led here goes with the last message.
  dialog.addEventListener("close", () => {
    if (document.activeElement === document.body) document.querySelector<HTMLElement>("#room-title")?.focus();
  });
}

customElements.define("alcove-pinned", Pinned);
