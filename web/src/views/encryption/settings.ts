// The part of the settings about encryption.
import type { Client, EncryptionStatus, KeyProgress } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { codeOf, explain, isAbort } from "../../errors.js";
import { t } from "../../messages.js";
import { Following, unowned, View } from "../../view.js";
import { openDevices } from "./devices.js";
import { openExport, openImport } from "./files.js";
import { e } from "./messages.js";
import { fingerprint, smallButton } from "./parts.js";
import { openBackup, openRecover } from "./recover.js";
import { openReset, openSetUp, openTurnOn } from "./set-up.js";

const words = e.settings;

export class EncryptionSettings extends View {
  static override properties = {
    client: { attribute: false },
    said: { state: true },
    problem: { state: true },
    progress: { state: true },
  };

  declare client: Client;
  declare said: string;
  declare problem: string;
  /** How far a restore is, while there is one. */
  declare progress: KeyProgress | undefined;
  readonly #status = new Following(this, () => this.client, () => unowned(this.client.encryption));
  #restoring: AbortController | undefined;

  constructor() {
    super();
    this.said = this.problem = "";
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#restoring?.abort();
  }

  protected override render(): TemplateResult {
    const status = this.#status.snapshot;
    return html`
      <h3 class="label">${e.title}</h3>
      ${status ? this.#facts(status) : html`<p class="hint">${t.loading}</p>`}
      <p class="hint" role="status">${this.said}</p>
      <p class="error" role="alert">${status?.conflict ? words.conflict : this.problem}</p>`;
  }

  #facts(status: EncryptionStatus): TemplateResult {
    const { client } = this;
    if (!status.available) return html`<p class="hint">${words.unavailable}</p>`;
    const ready = status.identity === "verified";
    return html`
      <dl class="facts">
        <dt>${words.device}</dt><dd>${words.identity[status.identity]}${this.#identityActs(status)}</dd>
        ${status.fingerprint ? html`<dt>${words.fingerprint}</dt><dd>${fingerprint(status.fingerprint)}</dd>` : nothing}
        <dt>${words.devices}</dt><dd><div class="facts-acts">${smallButton(words.showDevices, () => openDevices(client))}</div></dd>
        <dt>${words.recovery}</dt><dd>${recovery(status)}${ready ? this.#recoveryActs(status) : nothing}</dd>
        <dt>${words.backup}</dt><dd>${backup(status)}${this.#backupActs(status)}</dd>
        <dt>${words.files}</dt><dd><div class="facts-acts">
          ${smallButton(words.export, () => openExport(client), { name: e.files.exportTitle })}
          ${smallButton(words.import, () => openImport(client), { name: e.files.importTitle })}</div></dd>
      </dl>`;
  }

  #identityActs({ identity }: EncryptionStatus): TemplateResult | typeof nothing {
    const { client } = this;
    if (identity === "none") return acts(smallButton(words.setUp, () => openSetUp(client, true), { kind: "primary" }));
    if (identity === "unverified") return acts(smallButton(words.verify, () => openRecover(client), { kind: "primary" }));
    return nothing;
  }

  #recoveryActs({ recovery, backup }: EncryptionStatus): TemplateResult {
    const { client } = this;
    return acts(html`
      ${recovery && backup !== "none" ? nothing : smallButton(words.setUp, () => openSetUp(client, true), { kind: "primary" })}
      ${smallButton(words.reset, () => openReset(client), { name: e.reset.title })}`);
  }

  #backupActs(status: EncryptionStatus): TemplateResult | typeof nothing {
    if (status.backup === "on") return this.#restore(status);
    const off = status.backup === "off" && status.identity === "verified";
    return off ? acts(smallButton(words.turnOn, () => openTurnOn(this.client))) : nothing;
  }

  #restore({ restorable }: EncryptionStatus): TemplateResult {
    const { client, progress } = this;
    if (!progress) {
      return acts(html`
        ${smallButton(words.restore, () => void this.#startRestore())}
        ${restorable ? nothing : smallButton(words.enterKey, () => openBackup(client))}`);
    }
    return acts(html`
      ${progress.waiting ? html`<span role="status">${words.waiting}</span>` : nothing}
      <progress aria-label=${words.restoring} value=${progress.waiting ? nothing : progress.done} max=${progress.total || 1}></progress>
      ${smallButton(words.stop, () => this.#restoring?.abort())}`);
  }

  async #startRestore(): Promise<void> {
    const { signal } = (this.#restoring = new AbortController());
    this.said = this.problem = "";
    this.progress = { done: 0, total: 0, better: 0 };
    try {
      const { better, bad = 0 } = await this.client.encryption.restoreKeys({ signal, onProgress: (progress) => (this.progress = progress) });
      this.said = words.restored(better, bad);
    } catch (error) {
      if (!isAbort(error)) this.problem = codeOf(error) === "encryption.missing" ? words.noKey : explain(error);
    }
    this.progress = undefined;
  }
}

const acts = (buttons: TemplateResult): TemplateResult => html`<div class="facts-acts">${buttons}</div>`;

function recovery({ recovery, passphrase }: EncryptionStatus): string {
  return !recovery ? words.noRecovery : passphrase ? words.hasPassphrase : words.hasRecovery;
}

function backup({ backup, restorable, unsaved = 0 }: EncryptionStatus): string {
  if (backup === "on" && !restorable) return words.keyless;
  return backup === "on" && unsaved > 0 ? words.unsaved(unsaved) : words.backups[backup];
}

customElements.define("alcove-encryption-settings", EncryptionSettings);
