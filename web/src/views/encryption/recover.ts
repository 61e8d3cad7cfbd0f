// Making this device one of the account's: by another device, or by the
// recovery key; or getting the backup's key alone out of the recovery.
import type { Client } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { openDialog } from "../../dialog.js";
import { t } from "../../messages.js";
import { icon, secretField } from "../../parts.js";
import { Following, unowned } from "../../view.js";
import { e } from "./messages.js";
import { Form } from "./parts.js";
import { openReset } from "./set-up.js";
import { startVerification } from "./verification.js";

export class Recover extends Form {
  static override properties = {
    client: { attribute: false },
    backup: { attribute: false },
  };

  declare client: Client;
  /** It is about the backup: the device is verified. */
  declare backup: boolean;
  readonly #status = new Following(this, () => this.client, () => unowned(this.client.encryption));
  readonly #devices = new Following(this, () => this.client, () => this.client.encryption.devices());

  protected override async act(): Promise<void> {
    await this.client.encryption.recover(this.find<HTMLInputElement>("#recovery-secret")?.value.trim() ?? "");
  }

  protected override render(): TemplateResult {
    const { identity, restorable } = this.#status.snapshot ?? {};
    if (this.backup ? restorable : identity === "verified") return this.#done();
    return html`
      <p>${this.backup ? e.recover.backupLead : e.recover.lead}</p>
      ${this.backup ? nothing : this.#withDevice()}
      ${this.#withSecret()}
      <div class="dialog-foot">
        ${this.backup ? nothing : html`<button type="button" class="button" data-kind="quiet" @click=${() => this.#go(() => openReset(this.client))}>${e.recover.lostAll}</button>`}
        <button type="button" class="button" @click=${() => this.close()}>${t.cancel}</button>
      </div>`;
  }

  #withDevice(): TemplateResult {
    // Until this one is, it cannot tell that they are verified.
    const others = (this.#devices.snapshot ?? []).some(({ this: own, trust }) => !own && (trust === "signed" || trust === "verified"));
    return html`
      <section class="field">
        <h3>${e.recover.device}</h3>
        ${others
          ? html`<p class="hint">${e.recover.deviceHint}</p>
            <button type="button" class="button" data-kind="primary" @click=${() => this.#go(() => startVerification(this.client, {}))}>${e.recover.deviceAct}</button>`
          : html`<p class="hint">${e.recover.noDevice}</p>`}
      </section>`;
  }

  #withSecret(): TemplateResult {
    const { recovery, passphrase } = this.#status.snapshot ?? {};
    return html`
      <section class="field">
        <h3>${passphrase ? e.recover.secretPassphrase : e.recover.secret}</h3>
        ${recovery === false ? html`<p class="hint">${e.recover.none}</p>` : html`
          <form class="form" novalidate aria-busy=${this.busy} @submit=${this.onSubmit}>
            ${secretField("recovery-secret", passphrase ? e.recover.fieldPassphrase : e.recover.field,
              { autocomplete: "current-password", invalid: this.problem !== "", describedBy: "form-problem" })}
            ${this.problemLine()}
            <button class="button" aria-disabled=${this.busy}>${this.busy ? e.busy : this.backup ? e.recover.backupAct : e.recover.act}</button>
          </form>`}
      </section>`;
  }

  #done(): TemplateResult {
    return html`
      <p class="verified" role="status">${icon("shield")}${this.backup ? e.recover.backupDone : e.recover.done}</p>
      <div class="dialog-foot"><button type="button" class="button" data-kind="primary" @click=${() => this.close()}>${e.done}</button></div>`;
  }

  #go(open: () => void): void {
    this.close();
    open();
  }
}

export const openRecover = (client: Client): void => open(client, e.recover.title, false);
export const openBackup = (client: Client): void => open(client, e.recover.backup, true);

function open(client: Client, title: string, backup: boolean): void {
  openDialog(title, (close) => html`<alcove-recover class="form" .client=${client} .backup=${backup} .close=${close}></alcove-recover>`);
}

customElements.define("alcove-recover", Recover);
