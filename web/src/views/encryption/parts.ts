// What the dialogs about encryption share.
import { html, nothing, type PropertyDeclarations, type TemplateResult } from "lit";
import { Acting } from "../../acting.js";
import { codeOf } from "../../errors.js";
import { secretField } from "../../parts.js";
import { e } from "./messages.js";

/** What a short one protects from is no more than a glance. */
export const leastLength = 8;

/** A form that does one thing, and asks for the account's password where the homeserver does. */
export abstract class Form extends Acting {
  static override properties: PropertyDeclarations = {
    close: { attribute: false },
    asks: { state: true },
  };

  declare close: () => void;
  /** Whether the homeserver wants the password. */
  declare asks: boolean;

  constructor() {
    super();
    this.asks = false;
  }

  /** Does it. */
  protected abstract act(password: string | undefined): Promise<void>;

  protected readonly onSubmit = (event: Event): void => {
    event.preventDefault();
    void this.run();
  };

  protected run(): Promise<void> {
    const password = this.asks ? (this.find<HTMLInputElement>("#account-password")?.value ?? "") : undefined;
    return this.attempt(() => this.act(password).catch((error: unknown) => this.#ask(error, password)));
  }

  async #ask(error: unknown, password: string | undefined): Promise<void> {
    if (codeOf(error) !== "encryption.password") throw error;
    this.asks = true;
    this.problem = password ? e.passwordWrong : "";
    await this.updateComplete;
    this.find<HTMLInputElement>("#account-password")?.select();
  }

  protected passwordField(): TemplateResult | typeof nothing {
    if (!this.asks) return nothing;
    return html`
      ${secretField("account-password", e.password, { autocomplete: "current-password", describedBy: "form-problem" })}
      <p class="hint">${e.passwordWhy}</p>`;
  }

  protected problemLine(): TemplateResult {
    return html`<p class="error" role="alert" id="form-problem">${this.problem}</p>`;
  }
}

/** Offers a text as a file. */
export function saveFile(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.download = name;
  link.click();
  // The browser reads it after the click.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** A fingerprint in groups that people can compare. */
export const fingerprint = (key: string): TemplateResult => html`<code class="fingerprint" dir="ltr">${key.match(/.{1,4}/g)?.join(" ") ?? ""}</code>`;

export const smallButton = (label: string, act: () => void, options: { name?: string; kind?: string; disabled?: boolean } = {}): TemplateResult => html`
  <button type="button" class="button" data-size="small" data-kind=${options.kind ?? nothing} aria-label=${options.name ?? nothing}
    ?disabled=${options.disabled ?? false} @click=${act}>${label}</button>`;
