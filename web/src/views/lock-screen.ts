// Shown in the place of everything while a passphrase locks the account.
import type { Client } from "alcove";
import { html, type TemplateResult } from "lit";
import { codeOf, explain } from "../errors.js";
import { t } from "../messages.js";
import { secretField } from "../parts.js";
import { View } from "../view.js";
import { askErase } from "./erase.js";

export class LockScreen extends View {
  static override properties = {
    client: { attribute: false },
    error: { state: true },
    busy: { state: true },
  };

  declare client: Client;
  declare error: unknown;
  declare busy: boolean;

  constructor() {
    super();
    this.busy = false;
  }

  protected override firstUpdated(): void {
    this.#field?.focus();
  }

  protected override render(): TemplateResult {
    return html`
      <main class="signin">
        <img src="/icon.svg" width="64" height="64" alt="">
        <h1>${t.lock.title}</h1>
        <p class="signin-lead">${t.lock.lead}</p>
        <form class="signin-form" aria-busy=${this.busy} @submit=${this.#unlock}>
          ${secretField("passphrase", t.lock.passphrase, {
            autocomplete: "current-password",
            invalid: codeOf(this.error) === "lock.passphrase",
            describedBy: "lock-error",
          })}
          <p class="error" role="alert" id="lock-error">${this.error === undefined ? "" : explain(this.error)}</p>
          <button class="button" data-kind="primary" aria-disabled=${this.busy}>${this.busy ? t.lock.busy : t.lock.unlock}</button>
          <button type="button" class="button" data-kind="quiet" @click=${() => askErase(() => this.client.erase())}>${t.lock.forget}</button>
        </form>
      </main>`;
  }

  get #field(): HTMLInputElement | null {
    return this.find<HTMLInputElement>("#passphrase");
  }

  readonly #unlock = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (this.busy) return;
    this.busy = true;
    this.error = undefined;
    try {
      await this.client.lock.unlock(this.#field?.value ?? "");
    } catch (error) {
      this.error = error;
      this.#field?.select();
    }
    this.busy = false;
  };
}

customElements.define("alcove-lock-screen", LockScreen);
