// Signing out another device of one's own, with the password where the
// homeserver wants it.
import type { Client, Device } from "alcove";
import { html, type TemplateResult } from "lit";
import { openDialog } from "../../dialog.js";
import { t } from "../../messages.js";
import { e } from "./messages.js";
import { Form } from "./parts.js";

export class SignOut extends Form {
  static override properties = {
    client: { attribute: false },
    device: { attribute: false },
  };

  declare client: Client;
  declare device: Device;

  protected override async act(password: string | undefined): Promise<void> {
    await this.client.encryption.signOut([this.device.id], { password });
    this.close();
  }

  protected override render(): TemplateResult {
    return html`
      <form class="form" novalidate aria-busy=${this.busy} @submit=${this.onSubmit}>
        <p>${e.devices.signOutText}</p>
        ${this.passwordField()}
        ${this.problemLine()}
        <div class="dialog-foot">
          <button type="button" class="button" @click=${() => this.close()}>${t.cancel}</button>
          <button class="button" data-kind="danger" aria-disabled=${this.busy}>${this.busy ? e.busy : e.devices.signOut}</button>
        </div>
      </form>`;
  }
}

export function openSignOut(client: Client, device: Device): void {
  openDialog(e.devices.signOutTitle(device.name || device.id), (close) =>
    html`<alcove-sign-out class="form" .client=${client} .device=${device} .close=${close}></alcove-sign-out>`);
}

customElements.define("alcove-sign-out", SignOut);
