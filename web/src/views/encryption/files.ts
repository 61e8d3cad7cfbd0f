// Saving keys as a file, and reading such a file.
import type { Client, KeyProgress } from "alcove";
import { html, type TemplateResult } from "lit";
import { openDialog } from "../../dialog.js";
import { t } from "../../messages.js";
import { secretField } from "../../parts.js";
import { e } from "./messages.js";
import { Form, leastLength, saveFile } from "./parts.js";

const words = e.files;

abstract class KeyFileForm extends Form {
  static override properties = {
    client: { attribute: false },
    said: { state: true },
  };

  declare client: Client;
  declare said: string;

  constructor() {
    super();
    this.said = "";
  }

  protected value(name: string): string {
    return this.find<HTMLInputElement>(`#${name}`)?.value ?? "";
  }

  protected form(lead: string, fields: TemplateResult, act: string): TemplateResult {
    return html`
      <form class="form" novalidate aria-busy=${this.busy} @submit=${this.onSubmit}>
        <p class="hint">${lead}</p>
        ${fields}
        ${this.problemLine()}
        <p class="hint" role="status">${this.said}</p>
        <div class="dialog-foot">
          <button type="button" class="button" @click=${() => this.close()}>${t.close}</button>
          <button class="button" data-kind="primary" aria-disabled=${this.busy}>${this.busy ? e.busy : act}</button>
        </div>
      </form>`;
  }
}

const described = { describedBy: "form-problem" };

export class ExportKeys extends KeyFileForm {
  protected override async act(): Promise<void> {
    const passphrase = this.value("key-passphrase");
    if (passphrase.length < leastLength) this.problem = e.tooShort(leastLength);
    else if (passphrase !== this.value("key-repeated")) this.problem = words.unequal;
    if (this.problem) return;
    const { text, keys } = await this.client.encryption.exportKeys(passphrase);
    saveFile(words.name, text);
    this.said = words.exported(keys);
  }

  protected override render(): TemplateResult {
    return this.form(words.exportLead, html`
      ${secretField("key-passphrase", e.passphrase, { autocomplete: "new-password", ...described })}
      ${secretField("key-repeated", words.repeated, { autocomplete: "new-password", ...described })}`, words.exportAct);
  }
}

export class ImportKeys extends KeyFileForm {
  readonly #ending = new AbortController();

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#ending.abort();
  }

  protected override async act(): Promise<void> {
    const file = this.find<HTMLInputElement>("#key-file")?.files?.[0];
    if (!file) {
      this.problem = words.needFile;
      return;
    }
    const onProgress = ({ done, total }: KeyProgress) => (this.said = words.reading(done, total));
    const { signal } = this.#ending;
    const { better, bad = 0 } = await this.client.encryption.importKeys(await file.text(), this.value("key-passphrase"), { onProgress, signal });
    this.said = e.settings.restored(better, bad);
  }

  protected override render(): TemplateResult {
    return this.form(words.importLead, html`
      <div class="field">
        <label for="key-file">${words.file}</label>
        <input class="input" id="key-file" type="file" accept=".txt,text/plain" aria-describedby="form-problem">
      </div>
      ${secretField("key-passphrase", e.passphrase, { autocomplete: "current-password", ...described })}`, words.importAct);
  }
}

export function openExport(client: Client): void {
  openDialog(words.exportTitle, (close) => html`<alcove-export-keys class="form" .client=${client} .close=${close}></alcove-export-keys>`);
}

export function openImport(client: Client): void {
  openDialog(words.importTitle, (close) => html`<alcove-import-keys class="form" .client=${client} .close=${close}></alcove-import-keys>`);
}

customElements.define("alcove-export-keys", ExportKeys);
customElements.define("alcove-import-keys", ImportKeys);
