// One room: its header, its messages, and the composer or what stands in its place.
import type { Client, EventItem, LiveRoom, LiveTimeline, RoomDetails } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { openPinned, openPrompt } from "../doors.js";
import { codeOf, explain } from "../errors.js";
import { t } from "../messages.js";
import { avatar, icon, linked } from "../parts.js";
import { formatRoute, goUp, navigate } from "../route.js";
import { roomName } from "../sentences.js";
import { tellPlace } from "../title.js";
import { Following, unowned } from "../view.js";
import { Conversation } from "./conversation.js";
import { pinsButton } from "./pins.js";
import { sameCan, type Can } from "./row/actions.js";
import "./changed.js";
import "./composer.js";
import "./invitation.js";
import { replaced } from "./replaced.js";
import "./timeline.js";

export class RoomView extends Conversation {
  static override properties = {
    client: { attribute: false },
    userId: { attribute: false },
    roomId: { attribute: false },
    event: { attribute: false },
    details: { attribute: false },
    failure: { state: true },
    busy: { state: true },
  };

  declare client: Client;
  declare userId: string;
  declare roomId: string;
  /** The event to show with what stands around it, in place of the newest messages. */
  declare event: string | undefined;
  /** Whether the details panel is open. */
  declare details: boolean;
  declare failure: string;
  declare busy: boolean;
  readonly #room = new Following<LiveRoom>(this, () => this.roomId, () => this.client.room(this.roomId));
  readonly #encryption = new Following(this, () => this.client, () => unowned(this.client.encryption));
  readonly #timeline = new Following<LiveTimeline>(this, () => this.#shown, () => this.#room.live?.timeline({ limit: 50, event: this.event }));

  #may: Can = { send: false, redact: false, pin: false, threads: true };

  constructor() {
    super();
    this.failure = "";
    this.busy = false;
  }

  get #shown(): string {
    return `${this.roomId} ${this.event ?? ""}`;
  }

  focusComposer(): void {
    this.composer?.focusText();
    this.toNewest();
  }

  focusMessages(): void {
    this.find("alcove-timeline .row[tabindex='0']")?.focus();
  }

  /** Where the focus goes when the room opens; on a touch screen no keyboard should pop up. */
  focusFirst(): void {
    const touch = matchMedia("(pointer: coarse)").matches;
    const composer = touch ? null : this.composer;
    if (composer) composer.focusText();
    else this.find("#room-title")?.focus();
  }

  toNewest(): void {
    this.messages?.toNewest();
  }

  focusEvent(eventId: string): void {
    this.messages?.focusEvent(eventId);
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has("roomId")) this.failure = "";
  }

  protected override updated(): void {
    const details = this.#room.snapshot;
    // What was to be drawn when it went is still drawn.
    if (!this.isConnected) return;
    tellPlace(details ? roomName(details.room) : "");
    // A space has no messages to show.
    if (details?.room.type === "m.space" && details.room.membership === "join") navigate({ space: this.roomId, details: this.details }, true);
  }

  protected override render(): TemplateResult {
    const details = this.#room.snapshot;
    const name = details ? roomName(details.room) : "";
    return html`
      ${this.#header(details, name)}
      ${details ? this.#body(details, name) : this.#absent()}`;
  }

  #header(details: RoomDetails | undefined, name: string): TemplateResult {
    const panel = formatRoute({ room: this.roomId, details: !this.details });
    return html`
      <header class="room-head">
        <a class="icon-button room-back" href="#/" aria-label=${t.room.back} title=${t.room.back} @click=${this.#back}>${icon("back")}</a>
        ${details ? avatar(details.room.direct ?? details.room.id, name, { room: !details.room.direct }) : nothing}
        <div class="room-title">
          <h1 tabindex="-1" id="room-title"><bdi>${name || (this.#room.live?.error ? this.roomId : t.loading)}</bdi>${details?.room.encrypted ? html`<span class="room-lock" role="img" aria-label=${t.room.encrypted} title=${t.room.encrypted}>${icon("lock")}</span>` : nothing}</h1>
          <p class="room-topic" dir="auto" title=${details?.topic ?? nothing}>${details?.topic && details.room.membership === "join" ? linked(details.topic) : nothing}</p>
        </div>
        ${details ? pinsButton(details, () => openPinned(this.client, this.roomId, this.#showPinned)) : nothing}
        <a class="icon-button" id="room-details" href=${panel} role="button" aria-expanded=${this.details}
          aria-label=${t.room.details} title=${t.room.details} @keydown=${pressWithSpace}>${icon("details")}</a>
      </header>`;
  }

  readonly #showPinned = ({ id = "", threadId }: EventItem): void => {
    const room = this.roomId;
    if (threadId) navigate({ room, thread: threadId });
    else if (this.messages) this.messages.showEvent(id);
    else navigate({ room, event: id });
  };

  readonly #back = (event: Event): void => {
    event.preventDefault();
    event.stopPropagation();
    goUp({});
  };

  #body(details: RoomDetails, name: string): TemplateResult {
    const { membership } = details.room;
    if (membership === "invite" || membership === "knock") {
      return html`<alcove-invitation .client=${this.client} .details=${details}></alcove-invitation>`;
    }
    return html`
      ${keyed(this.#shown, this.event && this.#timeline.live?.error ? this.#notShown(this.#timeline.live.error) : html`
        ${this.event ? this.#elsewhere() : nothing}
        <alcove-timeline .room=${this.#room.live} .timeline=${this.#timeline.live} .around=${this.event} .items=${this.#timeline.snapshot ?? []} .name=${name} .userId=${this.userId}
          .can=${this.#can(details)} .pinned=${details.pinned ?? []} .stale=${this.#timeline.live?.stale ?? false} .identity=${this.#encryption.snapshot?.identity}></alcove-timeline>
        ${this.#typing(details)}
        ${membership === "join" ? this.#foot(details, name) : this.#left()}`)}`;
  }

  #elsewhere(): TemplateResult {
    return html`<div class="elsewhere"><p role="status">${t.timeline.elsewhere}</p>${this.#toNewest("small")}</div>`;
  }

  #notShown(error: unknown): TemplateResult {
    return html`<div class="room-absent"><p role="alert">${t.timeline.notShown(explain(error))}</p>${this.#toNewest()}</div>`;
  }

  #toNewest(size?: "small"): TemplateResult {
    return html`<button type="button" class="button" data-size=${size ?? nothing} @click=${() => navigate({ room: this.roomId })}>${t.timeline.leaveElsewhere}</button>`;
  }

  #can({ can, room }: RoomDetails): Can {
    const open = room.membership === "join" && !room.successor;
    const may = { send: can.send && open, redact: can.redact, pin: can.pin && open, threads: true };
    if (!sameCan(may, this.#may)) this.#may = may;
    return this.#may;
  }

  #typing({ typing }: RoomDetails): TemplateResult {
    return html`<p class="typing" role="status">${typing.length > 0
      ? html`<span class="typing-dots" aria-hidden="true"><i></i><i></i><i></i></span>${t.room.typing(typing.map((person) => person.name))}`
      : nothing}</p>`;
  }

  #foot({ room, can, replacement }: RoomDetails, name: string): TemplateResult {
    if (replacement) return replaced(this.client, replacement, t.room.replaced, t.room.goToReplacement);
    if (!can.send) return html`<p class="room-notice">${t.room.cannotSend}</p>`;
    const changed = room.encrypted ? (this.#encryption.snapshot?.changed ?? []) : [];
    return html`
      ${changed.length ? html`<alcove-changed .client=${this.client} .roomId=${this.roomId} .changed=${changed}></alcove-changed>` : nothing}
      <alcove-composer .room=${this.#room.live} .timeline=${this.#timeline.live} .userId=${this.userId} .name=${name} .encrypted=${room.encrypted ?? false}></alcove-composer>`;
  }

  #left(): TemplateResult {
    return this.#notice(t.room.left, t.room.forget, async () => {
      await this.client.room(this.roomId).forget();
      goUp({});
    });
  }

  #absent(): TemplateResult {
    const error = this.#room.live?.error;
    if (!error) return html`<div class="room-absent"><span class="spinner" role="img" aria-label=${t.loading}></span></div>`;
    const unknown = codeOf(error) === "room.unknown";
    return html`
      <div class="room-absent">
        <p role="alert">${unknown ? t.room.unknown : explain(error)}</p>
        ${unknown ? html`<button type="button" class="button" data-kind="primary" @click=${() => openPrompt(this.client, { room: this.roomId })}>${t.room.join}</button>` : nothing}
      </div>`;
  }

  #notice(text: string, action: string, act: () => Promise<void>): TemplateResult {
    return html`<div class="room-notice"><p>${text}</p>${this.#action(action, act)}</div>`;
  }

  #action(label: string, act: () => Promise<void>, kind = "primary"): TemplateResult {
    return html`
      <button type="button" class="button" data-kind=${kind} ?disabled=${this.busy} @click=${() => this.#run(act)}>${label}</button>
      ${this.failure && kind ? html`<p class="error" role="alert">${this.failure}</p>` : nothing}`;
  }

  async #run(act: () => Promise<void>): Promise<void> {
    this.busy = true;
    this.failure = "";
    try {
      await act();
    } catch (error) {
      this.failure = explain(error);
    }
    this.busy = false;
  }
}

/** A link that acts as a button answers to the space bar too. */
function pressWithSpace(event: KeyboardEvent): void {
  if (event.key !== " ") return;
  event.preventDefault();
  (event.currentTarget as HTMLElement).click();
}

customElements.define("alcove-room-view", RoomView);
