// Says that another device, or another user, wants to verify.
import type { Client, Verification } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { openVerification } from "../encryption.js";
import { t } from "../messages.js";
import { icon } from "../parts.js";
import { Following, View } from "../view.js";

export class VerificationRequest extends View {
  static override properties = {
    client: { attribute: false },
  };

  declare client: Client;
  readonly #verifications = new Following(this, () => this.client, () => this.client.encryption.verifications());
  /** Those that were shown need no second word. */
  readonly #shown = new Set<string>();

  protected override render(): TemplateResult {
    const asking = this.#verifications.snapshot?.findLast(({ phase, id }) => phase === "asking" && !this.#shown.has(id));
    return html`<div role="status" aria-label=${t.encryption.request.label}>${asking ? this.#toast(asking) : nothing}</div>`;
  }

  #toast(asking: Verification): TemplateResult {
    const { request } = t.encryption;
    return html`
      <div class="toast">
        ${icon("shield")}
        <p dir="auto">${asking.own ? request.own(asking.deviceId ?? "") : request.other(asking.userId)}</p>
        <div class="toast-acts">
          <button type="button" class="button" data-size="small" data-kind="primary" @click=${() => this.#show(asking)}>${request.show}</button>
          <button type="button" class="button" data-size="small" @click=${() => this.#decline(asking)}>${request.decline}</button>
        </div>
      </div>`;
  }

  #show({ id, own, userId }: Verification): void {
    this.#shown.add(id);
    this.requestUpdate();
    openVerification(this.client, this.client.encryption.verification(id), own ? undefined : userId);
  }

  #decline({ id }: Verification): void {
    this.#shown.add(id);
    this.requestUpdate();
    const live = this.client.encryption.verification(id);
    // Somebody who does not hear of it waits in vain, no more.
    live.cancel().catch(() => {}).finally(() => live.close());
  }
}

customElements.define("alcove-verification-request", VerificationRequest);
