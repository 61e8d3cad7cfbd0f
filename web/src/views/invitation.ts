// A room that the user is invited to, or asked to be let into. All that is shown
// was written by somebody else: text only, no pictures and no links.
import type { Client, Person, RoomDetails } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { Acting } from "../acting.js";
import { allows } from "../allows.js";
import { confirm } from "../dialog.js";
import { openReport } from "../doors.js";
import { explain } from "../errors.js";
import { openMenu, type MenuItem } from "../menu.js";
import { t } from "../messages.js";
import { avatar, icon } from "../parts.js";
import { goUp, navigate, placeOf } from "../route.js";
import { roomName } from "../sentences.js";

const words = t.invitation;

export class Invitation extends Acting {
  static override properties = {
    client: { attribute: false },
    details: { attribute: false },
  };

  declare client: Client;
  declare details: RoomDetails;

  protected override render(): TemplateResult {
    const { room, topic } = this.details;
    const name = roomName(room);
    return html`
      <div class="room-absent invitation">
        ${avatar(room.id, name, { room: !room.direct, size: "large" })}
        <h2 dir="auto">${name}</h2>
        ${room.membership === "knock" ? html`<p>${words.knocked}</p>` : this.#from(room.inviter)}
        ${topic ? html`<p class="invitation-topic" dir="auto">${topic}</p>` : nothing}
        ${room.membership === "knock" ? nothing : html`<p class="hint">${words.note}</p>`}
        <p class="error" role="alert">${this.problem}</p>
        <div class="invitation-acts">${room.membership === "knock" ? this.#button(words.retract, "plain", () => this.#leave()) : this.#answers()}</div>
      </div>`;
  }

  #from(inviter: Person | undefined): TemplateResult {
    const space = this.details.room.type === "m.space";
    if (!inviter) return html`<p>${space ? words.spacePlain : words.roomPlain}</p>`;
    return html`<p dir="auto">${(space ? words.space : words.room)(inviter.name)}</p><p class="hint"><code dir="ltr">${inviter.id}</code></p>`;
  }

  #answers(): TemplateResult {
    return html`
      ${this.#button(words.accept, "primary", () => this.#accept())}
      ${this.#button(words.decline, "plain", () => this.#leave())}
      <button type="button" class="icon-button" aria-label=${words.more} title=${words.more} aria-haspopup="menu"
        @click=${(event: Event) => openMenu(event.currentTarget as HTMLElement, words.more, this.#more())}>${icon("dots")}</button>`;
  }

  #more(): MenuItem[] {
    const { client } = this;
    const { room } = this.details;
    const { inviter } = room;
    return [
      ...(inviter ? [{ label: words.ignore(inviter.name), danger: true, act: () => this.#askIgnore(inviter) }] : []),
      ...(allows(client, "reportRooms") ? [{ label: words.reportRoom, act: () => openReport(client, { roomId: room.id }, roomName(room)) }] : []),
      ...(inviter && allows(client, "reportUsers") ? [{ label: words.reportUser(inviter.name), act: () => openReport(client, { userId: inviter.id }, inviter.name) }] : []),
    ];
  }

  #askIgnore({ id, name }: Person): void {
    confirm(words.ignoreTitle(name), words.ignoreText, words.ignore(name), async () => {
      await this.client.people.ignore(id);
      await this.#leave();
    }, explain);
  }

  #button(label: string, kind: "primary" | "plain", act: () => Promise<void>): TemplateResult {
    return html`<button type="button" class="button" data-kind=${kind} aria-disabled=${this.busy} @click=${() => this.attempt(act)}>${label}</button>`;
  }

  async #accept(): Promise<void> {
    const { room } = this.details;
    const id = await this.client.rooms.join(room.id);
    navigate(placeOf({ id, type: room.type }));
  }

  async #leave(): Promise<void> {
    await this.client.room(this.details.room.id).leave();
    goUp({});
  }
}

customElements.define("alcove-invitation", Invitation);
