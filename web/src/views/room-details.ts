// The panel beside a room: what one can do with it, and its members.
import type { Client, LiveRoom, Member, RoomDetails as Details } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { copy } from "../clipboard.js";
import { confirm } from "../dialog.js";
import { openDevices } from "../encryption.js";
import { explain } from "../errors.js";
import { t } from "../messages.js";
import { avatar, icon, iconButton, linked } from "../parts.js";
import { formatRoute, goUp, navigate } from "../route.js";
import { roomName } from "../sentences.js";
import { Following, View } from "../view.js";

/** Members drawn at first and added on scrolling. */
const page = 60;
const favourite = "m.favourite";

export class RoomDetailsPanel extends View {
  static override properties = {
    client: { attribute: false },
    userId: { attribute: false },
    roomId: { attribute: false },
    shown: { state: true },
    said: { state: true },
    problem: { state: true },
  };

  declare client: Client;
  declare userId: string;
  declare roomId: string;
  declare shown: number;
  declare said: string;
  declare problem: string;
  readonly #room = new Following<LiveRoom>(this, () => this.roomId, () => this.client.room(this.roomId));
  readonly #members = new Following(this, () => this.roomId, () => this.client.room(this.roomId).members());

  constructor() {
    super();
    this.shown = page;
    this.said = this.problem = "";
  }

  protected override firstUpdated(): void {
    this.find("h1")?.focus();
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (!changed.has("roomId")) return;
    this.shown = page;
    this.said = this.problem = "";
  }

  protected override render(): TemplateResult {
    const details = this.#room.snapshot;
    return html`
      <section class="details" aria-labelledby="details-title" @scroll=${this.#onScroll}>
        <div class="details-head">
          <h1 id="details-title" tabindex="-1">${t.details.title}</h1>
          <a class="icon-button" href=${formatRoute({ room: this.roomId })} aria-label=${t.close} title=${t.close} @click=${this.#close}>${icon("close")}</a>
        </div>
        ${details ? this.#content(details) : nothing}
        ${this.#memberList()}
      </section>`;
  }

  readonly #close = (event: Event): void => {
    event.preventDefault();
    event.stopPropagation();
    goUp({ room: this.roomId });
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
      <p class="details-said" role="status">${this.said}</p>
      ${details.can.invite && room.membership === "join" ? this.#inviteForm() : nothing}`;
  }

  #actions({ room, can }: Details, name: string): TemplateResult {
    const isFavourite = room.tags?.some((tag) => tag.name === favourite) ?? false;
    const marked = room.markedUnread ?? false;
    return html`
      <div class="details-actions">
        <button type="button" class="button" data-size="small" aria-pressed=${isFavourite}
          @click=${() => this.#run(isFavourite ? this.#live.removeTag(favourite) : this.#live.setTag(favourite))}>${icon("star")}${t.details.favourite}</button>
        <button type="button" class="button" data-size="small" aria-pressed=${marked}
          @click=${() => this.#run(this.#live.setMarkedUnread(!marked))}>${t.details.markUnread}</button>
        ${room.encrypted || !can.name || room.membership !== "join" ? nothing : html`
          <button type="button" class="button" data-size="small" @click=${this.#encrypt}>${icon("lock")}${t.encryption.details.turnOn}</button>`}
        <button type="button" class="button" data-size="small" @click=${() => this.#run(copy(this.#live.link()), t.message.linkCopied)}>${t.details.copyLink}</button>
        <button type="button" class="button" data-size="small" @click=${() => this.#leave(name)}>${t.details.leave}</button>
      </div>`;
  }

  #inviteForm(): TemplateResult {
    return html`
      <form class="details-invite field" @submit=${this.#invite}>
        <label for="invite-user">${t.details.invite}</label>
        <div class="details-row">
          <input class="input" id="invite-user" name="user" dir="ltr" autocapitalize="none" autocomplete="off" spellcheck="false"
            required placeholder="@alice:example.org" aria-describedby="invite-hint">
          <button class="button">${t.details.inviteSubmit}</button>
        </div>
        <p class="hint spoken" id="invite-hint">${t.details.inviteHint}</p>
      </form>`;
  }

  #memberList(): TemplateResult {
    const members = this.#members.snapshot ?? [];
    const error = this.#members.live?.error;
    return html`
      <section aria-labelledby="members-title">
        <h2 class="members-title" id="members-title">${t.details.members(this.#members.live?.total ?? members.length)}</h2>
        ${error ? html`<p class="error" role="alert">${explain(error)}</p>` : nothing}
        <ul class="members">
          ${repeat(members.slice(0, this.shown), (member) => member.key, (member) => this.#member(member))}
        </ul>
      </section>`;
  }

  #member({ person, membership, power, creator, presence }: Member): TemplateResult {
    const role = membership === "invite" ? t.details.invited : creator ? t.details.creator
      : power >= 100 ? t.details.admin : power >= 50 ? t.details.moderator : "";
    const there = presence === "online" || presence === "unavailable" ? t.details[presence] : "";
    return html`
      <li class="member" data-presence=${presence ?? nothing}>
        ${avatar(person.id, person.name)}
        <span class="member-name"><bdi>${person.name}</bdi><span class="member-id" dir="ltr">${person.id}</span></span>
        ${this.#room.snapshot?.room.encrypted && person.id !== this.userId
          ? iconButton("shield", t.encryption.details.devicesOf(person.name), () => openDevices(this.client, person)) : nothing}
        <span class="member-role">${role}${there ? html`<span class="member-there">${there}</span>` : nothing}</span>
      </li>`;
  }

  readonly #onScroll = (event: Event): void => {
    const { scrollTop, clientHeight, scrollHeight } = event.currentTarget as HTMLElement;
    const count = this.#members.snapshot?.length ?? 0;
    if (scrollTop + 2 * clientHeight > scrollHeight && this.shown < count) this.shown += page;
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

  readonly #invite = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const input = form.elements.namedItem("user") as HTMLInputElement;
    const user = input.value.trim();
    void this.#run(this.#live.invite(user).then(() => form.reset()), t.details.inviteDone(user));
  };

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
