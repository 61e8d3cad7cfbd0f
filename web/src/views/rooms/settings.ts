// The settings of a room or space. What the user's power does not allow is
// shown and cannot be changed.
import type { Client, LiveRoom } from "alcove";
import { html, type TemplateResult } from "lit";
import { openDialog } from "../../dialog.js";
import { explain } from "../../errors.js";
import { w } from "../../messages-rooms.js";
import { roomName } from "../../sentences.js";
import { Following, View } from "../../view.js";
import "./settings-access.js";
import "./settings-general.js";
import "./settings-levels.js";
import "./settings-more.js";

const words = w.settings;
type Kind = keyof typeof words.sections;

export class RoomSettings extends View {
  static override properties = {
    client: { attribute: false },
    roomId: { attribute: false },
    kind: { state: true },
  };

  declare client: Client;
  declare roomId: string;
  declare kind: Kind;
  readonly #room = new Following<LiveRoom>(this, () => this.roomId, () => this.client.room(this.roomId));

  constructor() {
    super();
    this.kind = "general";
  }

  protected override render(): TemplateResult {
    const details = this.#room.snapshot;
    const error = this.#room.live?.error;
    if (error) return html`<p class="error" role="alert">${explain(error)}</p>`;
    if (!details) return html`<p role="status">${words.loading}</p>`;
    return html`
      <h3 class="settings-of"><bdi>${roomName(details.room)}</bdi></h3>
      <fieldset class="segments" aria-label=${words.section}>
        ${(Object.keys(words.sections) as Kind[]).map((kind) => html`
          <label><input type="radio" name="settings-section" .checked=${kind === this.kind} @change=${() => (this.kind = kind)}><span>${words.sections[kind]}</span></label>`)}
      </fieldset>
      ${this.#section()}`;
  }

  #section(): TemplateResult {
    const { client } = this;
    const details = this.#room.snapshot;
    const room = this.#room.live;
    switch (this.kind) {
      case "general": return html`<alcove-settings-general .client=${client} .room=${room} .details=${details}></alcove-settings-general>`;
      case "access": return html`<alcove-settings-access .client=${client} .room=${room} .details=${details}></alcove-settings-access>`;
      case "levels": return html`<alcove-settings-levels .client=${client} .room=${room} .details=${details}></alcove-settings-levels>`;
      case "more": return html`<alcove-settings-more .client=${client} .room=${room} .details=${details}></alcove-settings-more>`;
    }
  }
}

export function openRoomSettings(client: Client, roomId: string): void {
  const dialog = openDialog(w.settings.heading, () => html`<alcove-room-settings .client=${client} .roomId=${roomId}></alcove-room-settings>`);
  dialog.dataset["size"] = "wide";
}

customElements.define("alcove-room-settings", RoomSettings);
