// Making this device one of the account's: by another device, or by the
// recovery key.
import type { Client } from "alcove";
import { html, type TemplateResult } from "lit";
import { openDialog } from "../../dialog.js";
import { t } from "../../messages.js";
import { secretField } from "../../parts.js";
import { Following, unowned } from "../../view.js";
import { e } from "./messages.js";
import { Form } from "./parts.js";
import { openReset } from "./set-up.js";
import { startVerification } from "./verification.js";

export class Recover extends Form {
  static override properties = {
    client: { attribute: false },
  };

  declare client: Client;
  readonly #status = new Following(this, () => this.client, () => unowned(this.client.encryption));
  readonly #devices = new Following(this, () => this.client, () => this.client.encryption.devices());

  protected override async act(): Promise<void> {
    await this.client.encryption.recover(this.find<HTMLInputElement>("#recovery-secret")?.value.trim() ?? "");
  }

  protected override render(): TemplateResult {
    if (this.#status.snapshot?.identity === "verified") return this.#done();
    return html`
      <p>${e.recover.lead}</p>
      ${this.#withDevice()}
      ${this.#withSecret()}
      <div class="dialog-foot">
        <button type="button" class="button" data-kind="quiet" @click=${() => this.#go(() => openReset(this.client))}>${e.recover.lostAll}</button>
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
            <button class="button" aria-disabled=${this.busy}>${this.busy ? e.busy : e.recover.act}</button>
          </form>`}
      </section>`;
  }

  #done(): TemplateResult {
    return html`
      <p role="status">${e.recover.done}</p>
      <div class="dialog-foot"><button type="button" class="button" data-kind="primary" @click=${() => this.close()}>${e.done}</button></div>`;
  }

  #go(open: () => void): void {
    this.close();
    open();
  }
}

export function openRecover(client: Client): void {
  openDialog(e.recover.title, (close) => html`<alcove-recover class="form" .client=${client} .close=${close}></alcove-recover>`);
}

customElements.define("alcove-recover", Recover);
