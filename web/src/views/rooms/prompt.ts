// Shows what there is to know of a room before the user joins it.
import type { Client, RoomPreview } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { openDialog } from "../../dialog.js";
import { codeOf, explain } from "../../errors.js";
import { w } from "../../messages-rooms.js";
import { t } from "../../messages.js";
import { avatar } from "../../parts.js";
import { navigate, placeOf, type Route } from "../../route.js";
import { View } from "../../view.js";
import { knownPlace } from "../follow.js";
import "./entry.js";
import { about } from "./names.js";

const words = w.prompt;

export type Asked = {
  readonly room: string;
  readonly via?: readonly string[] | undefined;
  /** What to show of the room, once in it. */
  readonly event?: string | undefined;
  /** Who says so is not to be relied on. */
  readonly claim?: boolean;
  /** What a link waits for already. A room that the account turns out to know is gone to, and not asked about. */
  readonly looking?: Promise<RoomPreview>;
};

export class JoinPrompt extends View {
  static override properties = {
    client: { attribute: false },
    asked: { attribute: false },
    close: { attribute: false },
    preview: { state: true },
    why: { state: true },
  };

  declare client: Client;
  declare asked: Asked;
  declare close: () => void;
  declare preview: RoomPreview | undefined;
  /** Why there is no preview. */
  declare why: string | undefined;

  constructor() {
    super();
    this.addEventListener("keydown", ignoreHeld);
  }

  protected override firstUpdated(): void {
    void this.#look();
  }

  async #look(): Promise<void> {
    const { room, via, event, looking } = this.asked;
    try {
      const preview = await (looking ?? this.client.rooms.preview(room, via ? { via } : {}));
      const known = looking && knownPlace(preview, event);
      if (known) return this.#leaveFor(known);
      this.preview = preview;
    } catch (error) {
      this.why = codeOf(error) === "server.notFound" ? words.unknown : explain(error);
    }
    await this.updateComplete;
    if (document.activeElement === document.body || this.closest("dialog")?.contains(document.activeElement)) this.find("button, a")?.focus();
  }

  protected override render(): TemplateResult {
    return html`
      ${this.asked.claim ? html`<p class="hint">${words.claim}</p>` : nothing}
      ${this.preview ? this.#known(this.preview) : this.why === undefined ? html`<p role="status">${words.loading}</p>` : this.#unknown(this.why)}
      <div class="dialog-foot"><button type="button" class="button" @click=${() => this.close()}>${t.cancel}</button></div>`;
  }

  #known(preview: RoomPreview): TemplateResult {
    const { room, via = [] } = this.asked;
    const shown = { ...preview, alias: preview.alias || room, via: [...new Set([...via, ...(preview.via ?? [])])] };
    return this.#place(shown, about(shown, nothing, 3));
  }

  /** The server alone knows whether one may join. */
  #unknown(why: string): TemplateResult {
    const { room, via = [] } = this.asked;
    const blind: RoomPreview = { id: room, alias: room, joined: 0, joinRule: "public", entry: { how: "join" }, via };
    return html`
      <p role="alert">${why} <span class="hint">${words.blind}</span></p>
      ${this.#place(blind, html`${avatar(room, room, { room: true })}<p class="about-alias" dir="ltr">${room}</p>`)}`;
  }

  #place(room: RoomPreview, what: TemplateResult): TemplateResult {
    const joined = (id: string) => this.#leaveFor(placeOf({ id, type: room.type }, this.asked.event));
    return html`
      <div class="place prompt-place">
        ${what}<div class="place-acts"><alcove-entry .client=${this.client} .preview=${room} .joined=${joined}></alcove-entry></div>
      </div>`;
  }

  /** Whoever closed the dialog meanwhile stays where they are. */
  #leaveFor(place: Route): void {
    if (!this.isConnected) return;
    this.close();
    navigate(place);
  }
}

/** A key that is held since it followed the link is no answer to the question. */
function ignoreHeld(event: KeyboardEvent): void {
  if (event.repeat && event.key === "Enter") event.preventDefault();
}

export function openPrompt(client: Client, asked: Asked): void {
  openDialog(words.title, (close) => html`<alcove-join-prompt .client=${client} .asked=${asked} .close=${close}></alcove-join-prompt>`);
}

customElements.define("alcove-join-prompt", JoinPrompt);
