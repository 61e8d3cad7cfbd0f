// Shows what there is to know of a room before the user joins it.
import type { Client, RoomPreview } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { openDialog } from "../../dialog.js";
import { explain } from "../../errors.js";
import { w } from "../../messages-rooms.js";
import { t } from "../../messages.js";
import { navigate } from "../../route.js";
import { View } from "../../view.js";
import "./entry.js";
import { about } from "./names.js";

const words = w.prompt;

export type Asked = { readonly room: string; readonly via?: readonly string[] | undefined; /** Who says so is not to be relied on. */ readonly claim?: boolean };

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

  protected override firstUpdated(): void {
    void this.#look();
  }

  async #look(): Promise<void> {
    const { room, via } = this.asked;
    this.why = undefined;
    try {
      this.preview = await this.client.rooms.preview(room, via ? { via } : {});
    } catch (error) {
      this.why = explain(error);
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
    const { via } = this.asked;
    const room = via?.length && !preview.via?.length ? { ...preview, via } : preview;
    return html`<div class="place prompt-place">${about(room)}<div class="place-acts"><alcove-entry .client=${this.client} .preview=${room} .joined=${(id: string) => this.#go(id, room.type)}></alcove-entry></div></div>`;
  }

  #unknown(why: string): TemplateResult {
    const { room, via } = this.asked;
    const blind: RoomPreview = { id: room, joined: 0, joinRule: "public", entry: { how: "join" }, ...(via && { via }) };
    return html`
      <p role="status">${words.unknown} <span class="hint">${why}</span></p>
      <p class="hint" dir="ltr">${room}</p>
      <alcove-entry .client=${this.client} .preview=${blind} .joined=${(id: string) => this.#go(id, undefined)}></alcove-entry>`;
  }

  #go(id: string, type: string | undefined): void {
    this.close();
    navigate(type === "m.space" ? { space: id } : { room: id });
  }
}

export function openPrompt(client: Client, asked: Asked): void {
  openDialog(words.title, (close) => html`<alcove-join-prompt .client=${client} .asked=${asked} .close=${close}></alcove-join-prompt>`);
}

customElements.define("alcove-join-prompt", JoinPrompt);
