// Making the recovery key, at first or after a reset, and keeping it.
import type { Client, Recovery } from "alcove";
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { openDialog } from "../../dialog.js";
import { t } from "../../messages.js";
import { secretField } from "../../parts.js";
import { e } from "./messages.js";
import { Form, leastLength, saveFile } from "./parts.js";

export class SetUp extends Form {
  static override properties = {
    client: { attribute: false },
    resets: { attribute: false },
    offers: { attribute: false },
    backup: { attribute: false },
    recovery: { state: true },
    said: { state: true },
  };

  declare client: Client;
  /** Replaces what the account has. */
  declare resets: boolean;
  /** Offers a passphrase first. Else the key is made at once, without a question. */
  declare offers: boolean;
  /** Makes a backup though the user turned it off before. */
  declare backup: boolean;
  declare recovery: Recovery | undefined;
  declare said: string;

  constructor() {
    super();
    this.resets = this.offers = this.backup = false;
    this.said = "";
  }

  protected override firstUpdated(): void {
    if (!this.offers) void this.run();
  }

  protected override async act(password: string | undefined): Promise<void> {
    const { encryption } = this.client;
    const passphrase = this.find<HTMLInputElement>("#recovery-passphrase")?.value;
    if (passphrase && passphrase.length < leastLength) {
      this.problem = e.tooShort(leastLength);
      return;
    }
    const options = { ...(password !== undefined && { password }), ...(passphrase && { passphrase }), ...(this.backup && { backup: true }) };
    this.recovery = await (this.resets ? encryption.reset(options) : encryption.setUp(options));
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has("recovery") && this.recovery) this.find("#recovery-key, .dialog-foot button")?.focus();
  }

  protected override render(): TemplateResult {
    if (this.recovery) return this.recovery.key ? this.#key(this.recovery.key) : this.#stays();
    return html`
      <form class="form" novalidate aria-busy=${this.busy} @submit=${this.onSubmit}>
        ${this.resets ? warning() : nothing}
        ${this.offers ? this.#passphrase() : nothing}
        ${this.passwordField()}
        <p class="hint" role="status">${this.busy ? e.setUp.making : nothing}</p>
        ${this.problemLine()}
        <div class="dialog-foot">
          <button type="button" class="button" @click=${() => this.close()}>${t.cancel}</button>
          <button class="button" data-kind=${this.resets ? "danger" : "primary"} aria-disabled=${this.busy}>${this.resets ? e.reset.act : e.setUp.again}</button>
        </div>
      </form>`;
  }

  #passphrase(): TemplateResult {
    return html`
      <p class="hint">${e.setUp.withPassphrase}</p>
      ${secretField("recovery-passphrase", e.passphraseOptional, { autocomplete: "new-password", describedBy: "form-problem" })}`;
  }

  #key(key: string): TemplateResult {
    return html`
      <p>${e.setUp.keep}</p>
      <div class="field">
        <label for="recovery-key">${e.setUp.key}</label>
        <textarea class="input recovery-key" id="recovery-key" readonly rows="3" dir="ltr" spellcheck="false" .value=${key}
          @focus=${(event: Event) => (event.target as HTMLTextAreaElement).select()}></textarea>
      </div>
      <div class="details-row">
        <button type="button" class="button" @click=${() => this.#copy(key)}>${e.setUp.copy}</button>
        <button type="button" class="button" @click=${() => saveFile(e.setUp.file, `${key}\n`)}>${e.setUp.save}</button>
      </div>
      <p class="hint" role="status">${this.said}</p>
      <div class="dialog-foot">
        <button type="button" class="button" data-kind="primary" @click=${() => this.close()}>${e.setUp.kept}</button>
      </div>`;
  }

  async #copy(key: string): Promise<void> {
    this.said = await navigator.clipboard.writeText(key).then(() => e.setUp.copied, () => e.setUp.notCopied);
  }

  #stays(): TemplateResult {
    return html`
      <p>${e.setUp.stays}</p>
      <div class="dialog-foot"><button type="button" class="button" data-kind="primary" @click=${() => this.close()}>${e.done}</button></div>`;
  }
}

const warning = (): TemplateResult => html`
  <p>${e.reset.lead}</p>
  <ul class="points">${e.reset.lost.map((what) => html`<li>${what}</li>`)}</ul>`;

/** Makes the key at once; offers, to have a passphrase beside it. */
export function openSetUp(client: Client, offers = false): void {
  openDialog(e.setUp.title, (close) =>
    html`<alcove-set-up class="form" .client=${client} .offers=${offers} .close=${close}></alcove-set-up>`);
}

/** Makes a backup for a user who turned it off, with a recovery that holds its key. */
export function openTurnOn(client: Client): void {
  openDialog(e.setUp.title, (close) =>
    html`<alcove-set-up class="form" .client=${client} .offers=${true} .backup=${true} .close=${close}></alcove-set-up>`);
}

export function openReset(client: Client): void {
  openDialog(e.reset.title, (close) =>
    html`<alcove-set-up class="form" .client=${client} .resets=${true} .offers=${true} .close=${close}></alcove-set-up>`);
}

customElements.define("alcove-set-up", SetUp);
