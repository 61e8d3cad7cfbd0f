// The panel beside a room: what one can do with it, and its members.
import type { Client, LiveRoom, RoomDetails as Details } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { copy } from "../clipboard.js";
import { confirm } from "../dialog.js";
import { openInvite, openRoomSettings } from "../doors.js";
import { explain } from "../errors.js";
import { t } from "../messages.js";
import { avatar, icon, linked } from "../parts.js";
import { formatRoute, goUp, navigate, type Route } from "../route.js";
import { roomName } from "../sentences.js";
import { Following, View } from "../view.js";
import type { Members } from "./members.js";
import "./members.js";

const favourite = "m.favourite";
const space = "m.space";

export class RoomDetailsPanel extends View {
  static override properties = {
    client: { attribute: false },
    userId: { attribute: false },
    roomId: { attribute: false },
    up: { attribute: false },
    said: { state: true },
    problem: { state: true },
  };

  declare client: Client;
  declare userId: string;
  declare roomId: string;
  /** What is shown once the panel is closed. */
  declare up: Route;
  declare said: string;
  declare problem: string;
  readonly #room = new Following<LiveRoom>(this, () => this.roomId, () => this.client.room(this.roomId));

  constructor() {
    super();
    this.said = this.problem = "";
  }

  protected override firstUpdated(): void {
    this.find("h1")?.focus();
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (!changed.has("roomId")) return;
    this.said = this.problem = "";
  }

  protected override render(): TemplateResult {
    const details = this.#room.snapshot;
    return html`
      <section class="details" aria-labelledby="details-title" @scroll=${this.#onScroll}>
        <div class="details-head">
          <h1 id="details-title" tabindex="-1">${details?.room.type === space ? t.details.titleSpace : t.details.title}</h1>
          <a class="icon-button" href=${formatRoute(this.up)} aria-label=${t.close} title=${t.close} @click=${this.#close}>${icon("close")}</a>
        </div>
        ${details ? this.#content(details) : nothing}
        ${details ? this.#memberList(details) : nothing}
      </section>`;
  }

  readonly #close = (event: Event): void => {
    event.preventDefault();
    event.stopPropagation();
    goUp(this.up);
  };

  #content(details: Details): TemplateResult {
    const { room, topic, alias } = details;
    const name = roomName(room);
    return html`
      <div class="details-about">
        ${avatar(room.direct ?? room.id, name, { room: !room.direct, size: "large" })}
        <h2 dir="auto">${name}</h2>
        ${topic ? html`<p class="details-topic" dir="auto">${linked(topic)}</p>` : nothing}
        ${alias ? html`<p class="details-alias"><code>${alias}</code></p>` : nothing}
      </div>
      ${this.#actions(details, name)}
      ${room.encrypted ? html`<p class="details-topic details-lock">${icon("lock")}${t.encryption.details.on}</p>` : nothing}
      <p class="error" role="alert">${this.problem}</p>
      <p class="details-said" role="status">${this.said}</p>`;
  }

  #actions({ room, can }: Details, name: string): TemplateResult {
    const isFavourite = room.tags?.some((tag) => tag.name === favourite) ?? false;
    const marked = room.markedUnread ?? false;
    return html`
      <div class="details-actions">
        ${room.type === space ? nothing : html`<button type="button" class="button" data-size="small" aria-pressed=${isFavourite}
          @click=${() => this.#run(isFavourite ? this.#live.removeTag(favourite) : this.#live.setTag(favourite))}>${icon("star")}${t.details.favourite}</button>
        <button type="button" class="button" data-size="small" aria-pressed=${marked}
          @click=${() => this.#run(this.#live.setMarkedUnread(!marked))}>${t.details.markUnread}</button>`}
        ${can.invite && room.membership === "join" ? html`
          <button type="button" class="button" data-size="small" data-kind="primary" @click=${() => openInvite(this.client, room.id)}>${icon("add")}${t.details.invite}</button>` : nothing}
        ${room.membership === "join" ? html`
          <button type="button" class="button" data-size="small" @click=${() => openRoomSettings(this.client, room.id)}>${icon("settings")}${room.type === space ? t.details.settingsSpace : t.details.settings}</button>` : nothing}
        ${room.encrypted || !can.encrypt || room.type === space || room.membership !== "join" ? nothing : html`
          <button type="button" class="button" data-size="small" @click=${this.#encrypt}>${icon("lock")}${t.encryption.details.turnOn}</button>`}
        <button type="button" class="button" data-size="small" @click=${() => this.#run(copy(this.#live.link()), t.message.linkCopied)}>${t.details.copyLink}</button>
        <button type="button" class="button" data-size="small" @click=${() => this.#leave(name)}>${room.type === space ? t.spaces.leave : t.details.leave}</button>
      </div>`;
  }

  #memberList(details: Details): TemplateResult {
    return html`<alcove-members .client=${this.client} .userId=${this.userId} .room=${this.#room.live} .details=${details}></alcove-members>`;
  }

  readonly #onScroll = (event: Event): void => {
    const { scrollTop, clientHeight, scrollHeight } = event.currentTarget as HTMLElement;
    if (scrollTop + 2 * clientHeight > scrollHeight) this.find<Members>("alcove-members")?.more();
  };

  get #live(): LiveRoom {
    return this.#room.live ?? this.client.room(this.roomId);
  }

  async #run(work: Promise<void>, said = ""): Promise<void> {
    this.problem = this.said = "";
    try {
      await work;
      this.said = said;
    } catch (error) {
      this.problem = explain(error);
    }
  }

  readonly #encrypt = (): void => {
    const { details } = t.encryption;
    const content = { algorithm: "m.megolm.v1.aes-sha2" };
    confirm(details.turnOnTitle, details.turnOnText, details.turnOn, async () => {
      await this.#live.setState("m.room.encryption", "", content);
      this.said = details.turnedOn;
    }, explain);
  };

  #leave(name: string): void {
    const { client, roomId } = this;
    confirm(t.details.leaveTitle(name), t.details.leaveText, t.details.leave, async () => {
      await client.room(roomId).leave();
      navigate({}, true);
    }, explain);
  }
}

customElements.define("alcove-room-details", RoomDetailsPanel);
