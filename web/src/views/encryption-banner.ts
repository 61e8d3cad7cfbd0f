// Tells what the user should see to about encryption: that there is no
// recovery yet, or that this device is not verified.
import type { Client } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { encryptionNotice, type EncryptionNotice } from "../crypto.js";
import { openRecover, openSetUp } from "../encryption.js";
import { t } from "../messages.js";
import { icon } from "../parts.js";
import { Following, unowned, View } from "../view.js";

export class EncryptionBanner extends View {
  static override properties = {
    client: { attribute: false },
    dismissed: { state: true },
  };

  declare client: Client;
  /** What the user wants to hear of later. */
  declare dismissed: EncryptionNotice | undefined;
  readonly #encryption = new Following(this, () => this.client, () => unowned(this.client.encryption));

  protected override render(): TemplateResult {
    const notice = encryptionNotice(this.#encryption.snapshot);
    return html`
      <div role="status">
        ${notice && notice !== this.dismissed ? this.#banner(notice) : nothing}
      </div>`;
  }

  #banner(notice: EncryptionNotice): TemplateResult {
    return html`
      <div class="banner" data-kind=${notice === "setUp" ? "calm" : "warn"}>
        ${icon("lock")}
        <p>${t.encryption.banner[notice]}</p>
        ${this.#acts(notice)}
        <button type="button" class="button" data-size="small" data-kind="quiet" @click=${() => (this.dismissed = notice)}>${t.encryption.banner.later}</button>
      </div>`;
  }

  #acts(notice: EncryptionNotice): TemplateResult | typeof nothing {
    const { client } = this;
    if (notice === "setUp") return act(t.encryption.banner.setUpAct, () => openSetUp(client));
    return notice === "unverified" ? act(t.encryption.banner.verify, () => openRecover(client)) : nothing;
  }
}

const act = (label: string, open: () => void): TemplateResult =>
  html`<button type="button" class="button" data-size="small" @click=${open}>${label}</button>`;

customElements.define("alcove-encryption-banner", EncryptionBanner);
