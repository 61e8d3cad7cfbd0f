// A user's devices: whose they are said to be, and what can be done about them.
import type { Client, Device, Person } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { openDialog } from "../../dialog.js";
import { explain } from "../../errors.js";
import { formatShort } from "../../format.js";
import { icon } from "../../parts.js";
import { Following, unowned, View } from "../../view.js";
import { e } from "./messages.js";
import { fingerprint, smallButton } from "./parts.js";
import { openSignOut } from "./sign-out.js";
import { startVerification } from "./verification.js";

const words = e.devices;

export class Devices extends View {
  static override properties = {
    client: { attribute: false },
    user: { attribute: false },
    naming: { state: true },
    problem: { state: true },
  };

  declare client: Client;
  /** Whose; the user's own where absent. */
  declare user: Person | undefined;
  /** The device that is being renamed. */
  declare naming: string | undefined;
  declare problem: string;
  readonly #devices = new Following(this, () => this.user, () => this.client.encryption.devices(this.user?.id));
  readonly #status = new Following(this, () => this.client, () => unowned(this.client.encryption));

  constructor() {
    super();
    this.problem = "";
  }

  protected override render(): TemplateResult {
    const devices = this.#devices.snapshot ?? [];
    const error = this.#devices.live?.error;
    return html`
      ${this.user ? this.#person(this.user.id, devices) : nothing}
      <p class="error" role="alert">${error ? explain(error) : this.problem}</p>
      ${devices.length || error ? nothing : html`<p class="hint">${words.none}</p>`}
      <ul class="devices">${repeat(devices, (device) => device.key, (device) => this.#device(device))}</ul>`;
  }

  #person(id: string, devices: readonly Device[]): TemplateResult {
    const changed = this.#status.snapshot?.changed?.some(({ userId }) => userId === id) ?? false;
    // A device of somebody else is, when its owner is and has signed it.
    const verified = !changed && devices.some(({ trust }) => trust === "verified");
    return html`
      ${verified ? html`<p class="verified">${icon("shield")}${words.verified}</p>` : nothing}
      <p class="hint">${verified ? words.verifiedLead : words.lead}</p>
      ${changed ? html`<p class="error">${words.changed}</p>` : nothing}
      <div class="facts-acts">
        <button type="button" class="button" data-kind=${verified ? nothing : "primary"} data-size=${verified ? "small" : nothing}
          @click=${() => startVerification(this.client, { user: id })}>${verified ? words.verifyAgain : words.verifyUser}</button>
        ${changed ? html`<button type="button" class="button" @click=${() => this.#do(this.client.encryption.acceptIdentity(id))}>${words.accept}</button>` : nothing}
      </div>`;
  }

  #device(device: Device): TemplateResult {
    const { id, name = "", trust, lastSeen } = device;
    const trusts: Readonly<Record<string, string>> = this.user ? words.trust : words.ownTrust;
    return html`
      <li class="device" data-trust=${trust}>
        ${icon(trust === "verified" || (this.user && trust === "signed") ? "shield" : "doubt")}
        <div class="device-about">
          ${this.naming === id ? this.#nameForm(device) : html`<p class="device-name"><bdi>${name || words.unnamed}</bdi> <code>${id}</code></p>`}
          <p class="hint">${[device.this && words.this, trusts[trust], lastSeen && !device.this && words.seen(formatShort(lastSeen))].filter(Boolean).join(" · ")}</p>
          ${device.fingerprint ? html`<details><summary>${words.fingerprint}</summary>${fingerprint(device.fingerprint)}</details>` : nothing}
        </div>
        <div class="device-acts">${this.user ? this.#blocking(this.user.id, device) : this.#own(device)}</div>
      </li>`;
  }

  #blocking(user: string, { id, name, trust }: Device): TemplateResult {
    const blocked = trust === "blocked";
    const label = name || id;
    return smallButton(blocked ? words.unblock : words.block, () => this.#do(this.client.encryption.setBlocked(user, id, !blocked)), {
      name: blocked ? words.unblockThis(label) : words.blockThis(label),
    });
  }

  #own(device: Device): TemplateResult {
    const { id, name, trust } = device;
    const label = name || id;
    const verifiable = !device.this && (trust === "unsigned" || trust === "signed");
    return html`
      ${verifiable ? smallButton(words.verify, () => startVerification(this.client, { device: id }), { name: words.verifyThis(label) }) : nothing}
      ${this.naming === id ? nothing : smallButton(words.rename, () => this.#startNaming(id), { name: words.renameThis(label) })}
      ${device.this ? nothing : smallButton(words.signOut, () => openSignOut(this.client, device), { name: words.signOutThis(label) })}`;
  }

  #nameForm({ id, name = "" }: Device): TemplateResult {
    return html`
      <form class="details-row" @submit=${(event: SubmitEvent) => this.#rename(event, id)}>
        <input class="input" id="device-name" name="name" aria-label=${words.name} autocomplete="off" dir="auto" maxlength="100" .value=${name}>
        <button class="button">${words.save}</button>
      </form>`;
  }

  async #startNaming(id: string): Promise<void> {
    this.naming = id;
    await this.updateComplete;
    this.find<HTMLInputElement>("#device-name")?.select();
  }

  #rename(event: SubmitEvent, id: string): void {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget as HTMLFormElement).get("name") ?? "").trim();
    void this.#do(this.client.encryption.rename(id, name).then(() => (this.naming = undefined)));
  }

  async #do(work: Promise<unknown>): Promise<void> {
    this.problem = "";
    await work.catch((error: unknown) => (this.problem = explain(error)));
  }
}

export function openDevices(client: Client, user?: Person): void {
  openDialog(user ? words.title(user.name) : words.ownTitle, () => html`<alcove-devices class="form" .client=${client} .user=${user}></alcove-devices>`);
}

customElements.define("alcove-devices", Devices);
