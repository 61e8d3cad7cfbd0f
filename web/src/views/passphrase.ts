// Setting, changing and giving up the passphrase.
import type { LiveLock } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { Acting } from "../acting.js";
import { openDialog } from "../dialog.js";
import { t } from "../messages.js";
import { secretField } from "../parts.js";

export type Task = "set" | "change" | "remove";

/** What a short one protects from is no more than a glance. */
const leastLength = 8;

export class Passphrase extends Acting {
  static override properties = {
    lock: { attribute: false },
    task: { attribute: false },
    close: { attribute: false },
  };

  declare lock: LiveLock;
  declare task: Task;
  declare close: () => void;

  protected override firstUpdated(): void {
    this.find("input")?.focus();
  }

  protected override render(): TemplateResult {
    const { task, busy } = this;
    const described = { describedBy: "passphrase-problem" };
    return html`
      <form class="form" novalidate aria-busy=${busy} @submit=${this.#onSubmit}>
        <p class="hint">${t.lock.about[task]}</p>
        ${task === "set" ? nothing : secretField("old", t.lock.old, { autocomplete: "current-password", ...described })}
        ${task === "remove" ? nothing : html`
          ${secretField("passphrase", t.lock.fresh, { autocomplete: "new-password", ...described })}
          ${secretField("repeated", t.lock.repeated, { autocomplete: "new-password", ...described })}`}
        <p class="error" role="alert" id="passphrase-problem">${this.problem}</p>
        <div class="dialog-foot">
          <button type="button" class="button" @click=${() => this.close()}>${t.cancel}</button>
          <button class="button" data-kind="primary" aria-disabled=${busy}>${busy ? t.lock.busy : t.lock.submit[task]}</button>
        </div>
      </form>`;
  }

  readonly #onSubmit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.busy) return;
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const [old, passphrase, repeated] = ["old", "passphrase", "repeated"].map((name) => String(form.get(name) ?? ""));
    this.problem = this.task === "remove" ? "" : problemOf(passphrase ?? "", repeated ?? "");
    if (this.problem) return this.find<HTMLInputElement>("#passphrase")?.select();
    await this.attempt(async () => {
      await this.#act(old ?? "", passphrase ?? "");
      this.close();
    });
    if (this.problem) this.find<HTMLInputElement>("input")?.select();
  };

  #act(old: string, passphrase: string): Promise<void> {
    if (this.task === "set") return this.lock.set(passphrase);
    return this.task === "change" ? this.lock.change(old, passphrase) : this.lock.remove(old);
  }
}

function problemOf(passphrase: string, repeated: string): string {
  if (passphrase.length < leastLength) return t.lock.tooShort(leastLength);
  return passphrase === repeated ? "" : t.lock.unequal;
}

export function openPassphrase(lock: LiveLock, task: Task): void {
  openDialog(t.lock.tasks[task], (close) => html`<alcove-passphrase .lock=${lock} .task=${task} .close=${close}></alcove-passphrase>`);
}

customElements.define("alcove-passphrase", Passphrase);
