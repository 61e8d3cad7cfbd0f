// Who a link leads to, and whether to write to them.
import type { Client, Person, UserID } from "alcove";
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { Acting } from "../acting.js";
import { startDirect } from "../direct.js";
import { t } from "../messages.js";
import { avatar } from "../parts.js";
import { navigate } from "../route.js";

export class Meet extends Acting {
  static override properties = {
    client: { attribute: false },
    user: { attribute: false },
    chat: { attribute: false },
    close: { attribute: false },
    person: { state: true },
  };

  declare client: Client;
  declare user: UserID;
  /** The direct chat that there is with them. */
  declare chat: string | undefined;
  declare close: () => void;
  declare person: Person | undefined;

  protected override willUpdate(changed: PropertyValues<this>): void {
    // Without a profile there is the id.
    if (changed.has("user")) this.client.profile(this.user).then((person) => (this.person = person), () => {});
  }

  protected override render(): TemplateResult {
    const { user, chat } = this;
    const name = this.person?.name ?? user;
    const self = user === this.client.session.getSnapshot().userId;
    return html`
      <div class="details-about">
        ${avatar(user, name, { size: "large" })}
        <h3 dir="auto">${name}</h3>
        ${name === user ? nothing : html`<p class="details-alias"><code>${user}</code></p>`}
        ${self ? html`<p>${t.link.self}</p>` : nothing}
      </div>
      <p class="error" role="alert">${this.problem}</p>
      <div class="dialog-foot">
        <button type="button" class="button" @click=${() => this.close()}>${t.cancel}</button>
        ${self ? nothing : html`<button type="button" class="button" data-kind="primary" aria-disabled=${this.busy} @click=${() => this.attempt(() => this.#go())}>${chat ? t.link.openChat : t.link.startChat}</button>`}
      </div>`;
  }

  /** Whoever closed the dialog meanwhile stays where they are. */
  async #go(): Promise<void> {
    const room = this.chat ?? (await startDirect(this.client, this.user));
    if (!this.isConnected) return;
    this.close();
    navigate({ room });
  }
}

customElements.define("alcove-meet", Meet);
