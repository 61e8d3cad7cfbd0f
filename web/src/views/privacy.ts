// The part of the settings about what is stored in this browser.
import type { Client, StorageSnapshot } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { formatBytes } from "../format.js";
import { t } from "../messages.js";
import { Following, unowned, View } from "../view.js";
import { openPassphrase, type Task } from "./passphrase.js";

export class Privacy extends View {
  static override properties = {
    client: { attribute: false },
    said: { state: true },
  };

  declare client: Client;
  declare said: string;
  readonly #session = new Following(this, () => this.client, () => unowned(this.client.session));
  readonly #storage = new Following(this, () => this.client, () => unowned(this.client.storage));
  readonly #lock = new Following(this, () => this.client, () => unowned(this.client.lock));

  constructor() {
    super();
    this.said = "";
  }

  protected override render(): TemplateResult {
    const storage = this.#storage.snapshot;
    return html`
      <h3 class="label">${t.privacy.title}</h3>
      <dl class="facts">
        ${storage ? this.#facts(storage) : nothing}
        <dt>${t.privacy.work}</dt><dd>${this.#session.snapshot?.leader ? t.privacy.leads : t.privacy.follows}</dd>
        <dt>${t.lock.passphrase}</dt><dd>${this.#passphrase()}</dd>
      </dl>
      <p class="hint" role="status">${this.said}</p>`;
  }

  #facts(storage: StorageSnapshot): TemplateResult {
    const { usage, quota } = storage;
    return html`
      <dt>${t.privacy.protection}</dt><dd>${storage.protected ? t.privacy.protected : t.privacy.bare}</dd>
      <dt>${t.privacy.kept}</dt><dd>${this.#kept(storage)}</dd>
      ${usage === undefined ? nothing : html`
        <dt>${t.privacy.space}</dt><dd>${quota ? t.privacy.usedOf(formatBytes(usage), formatBytes(quota)) : formatBytes(usage)}</dd>`}`;
  }

  #kept({ inMemory, persisted }: StorageSnapshot): TemplateResult {
    if (inMemory) return html`${t.privacy.inMemory}`;
    if (persisted !== false) return html`${persisted ? t.privacy.persisted : t.privacy.unknown}`;
    return html`${t.privacy.maybe}<div class="facts-acts">${button(t.privacy.ask, this.#persist)}</div>`;
  }

  readonly #persist = async (): Promise<void> => {
    this.said = (await this.client.storage.persist()) ? t.privacy.granted : t.privacy.denied;
  };

  #passphrase(): TemplateResult {
    const { lock } = this.client;
    const change = (task: Task) => button(t.lock.tasks[task], () => openPassphrase(lock, task));
    return this.#lock.snapshot?.enabled
      ? html`${t.lock.on}<div class="facts-acts">${button(t.lock.now, () => void lock.lock())}${change("change")}${change("remove")}</div>`
      : html`${t.lock.off}<div class="facts-acts">${change("set")}</div>`;
  }
}

const button = (label: string, act: () => void): TemplateResult =>
  html`<button type="button" class="button" data-size="small" @click=${act}>${label}</button>`;

customElements.define("alcove-privacy", Privacy);
