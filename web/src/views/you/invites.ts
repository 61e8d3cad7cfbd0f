// The part of the settings about who may invite the user, where the homeserver
// sees to that.
import type { Client } from "alcove";
import { html, nothing, type PropertyDeclarations, type TemplateResult } from "lit";
import { y } from "../../messages-you.js";
import { Saving } from "../../saving.js";
import { Following, unowned } from "../../view.js";

const words = y.invites;

export class InviteSettings extends Saving {
  static override properties: PropertyDeclarations = { ...Saving.properties, client: { attribute: false } };

  declare client: Client;
  readonly #capabilities = new Following(this, () => this.client, () => unowned(this.client.capabilities));
  readonly #permission = new Following(this, () => this.client, () => this.client.people.invitePermission());

  protected override render(): TemplateResult | typeof nothing {
    const now = this.#permission.snapshot;
    const server = this.#capabilities.snapshot;
    this.hidden = !now || !server?.known || !server.invitePermission;
    if (!now || this.hidden) return nothing;
    return html`
      <h3 class="label" id="invites-title">${words.title}</h3>
      <label class="check"><input type="checkbox" role="switch" aria-describedby="invites-hint problem-invites"
        .checked=${now.block} @change=${this.#onChange}> ${words.block}</label>
      <p class="hint" id="invites-hint">${words.hint}</p>
      ${this.outcome("invites")}`;
  }

  readonly #onChange = async (event: Event): Promise<void> => {
    const box = event.target as HTMLInputElement;
    const block = box.checked;
    if (!(await this.save("invites", () => this.client.people.setInvitePermission({ block })))) box.checked = !block;
  };
}

customElements.define("alcove-invites", InviteSettings);
