// The part of the settings about whom the user ignores: one who invited and was
// ignored is found nowhere else.
import type { Client } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { explain } from "../../errors.js";
import { t } from "../../messages.js";
import { y } from "../../messages-you.js";
import { Following, View } from "../../view.js";

const words = y.ignored;
/** How many more are shown at a time: each is asked for by name. */
const page = 20;

export class IgnoredPeople extends View {
  static override properties = {
    client: { attribute: false },
    shown: { state: true },
    names: { state: true },
    busy: { state: true },
    said: { state: true },
    problem: { state: true },
  };

  declare client: Client;
  /** How many are shown, of those there are. */
  declare shown: number;
  /** The names of those who were asked for; "" where there is none. */
  declare names: ReadonlyMap<string, string>;
  /** Who is being taken from the list. */
  declare busy: ReadonlySet<string>;
  declare said: string;
  declare problem: string;
  readonly #ignored = new Following(this, () => this.client, () => this.client.people.ignored());
  #asking = false;
  /** The row that had the focus before this update. */
  #held = -1;

  constructor() {
    super();
    this.shown = page;
    this.names = new Map();
    this.busy = new Set();
    this.said = this.problem = "";
  }

  protected override willUpdate(): void {
    this.#held = this.#buttons().indexOf(document.activeElement as HTMLElement);
  }

  /** The focus goes to who took the place of the one who went, else to who is last, else to the heading. */
  protected override updated(): void {
    if (this.#held >= 0 && !this.contains(document.activeElement)) {
      const buttons = this.#buttons();
      (buttons[Math.min(this.#held, buttons.length - 1)] ?? this.find("h3"))?.focus();
    }
    if (!this.#asking) void this.#ask();
  }

  #buttons(): HTMLElement[] {
    return [...this.querySelectorAll<HTMLElement>("button")];
  }

  /** In an order that does not change by itself. */
  get #users(): readonly string[] {
    return [...(this.#ignored.snapshot?.users ?? [])].sort().slice(0, this.shown);
  }

  /** Asks for the names of those who are shown, one after the other. */
  async #ask(): Promise<void> {
    this.#asking = true;
    for (let user; this.isConnected && (user = this.#users.find((one) => !this.names.has(one))); ) {
      const { name } = await this.client.profile(user).catch(() => ({ name: "" }));
      this.names = new Map(this.names).set(user, name === user ? "" : name);
    }
    this.#asking = false;
  }

  protected override render(): TemplateResult {
    return html`
      <h3 class="label" id="ignored-title" tabindex="-1">${words.title}</h3>
      <p class="hint">${words.lead}</p>
      ${this.#list()}
      <p class="hint" role="status">${this.said}</p>
      <p class="error" role="alert">${this.problem}</p>`;
  }

  #list(): TemplateResult {
    const all = this.#ignored.snapshot?.users;
    const error = this.#ignored.live?.error;
    if (!all) return html`<p class="hint">${error ? explain(error) : t.loading}</p>`;
    if (all.length === 0) return html`<p class="hint">${words.none}</p>`;
    const rest = Math.min(page, all.length - this.shown);
    return html`
      <ul class="addresses">${repeat(this.#users, (user) => user, (user) => this.#row(user))}</ul>
      ${rest > 0 ? html`<div><button type="button" class="button" data-size="small" @click=${this.#more}>${words.more(rest)}</button></div>` : nothing}`;
  }

  #row(user: string): TemplateResult {
    const name = this.names.get(user);
    return html`
      <li>
        <span class="ignored-who">${name ? html`<bdi>${name}</bdi> ` : nothing}<code dir="ltr">${user}</code></span>
        <span class="address-acts"><button type="button" class="button" data-size="small" aria-label=${words.stopThis(name || user)}
          aria-disabled=${this.busy.has(user)} @click=${() => this.#stop(user)}>${words.stop}</button></span>
      </li>`;
  }

  readonly #more = (): void => void (this.shown += page);

  async #stop(user: string): Promise<void> {
    if (this.busy.has(user)) return;
    this.busy = new Set(this.busy).add(user);
    this.said = this.problem = "";
    try {
      await this.client.people.unignore(user);
      this.said = words.stopped(this.names.get(user) || user);
    } catch (error) {
      this.problem = explain(error);
    }
    this.busy = new Set([...this.busy].filter((one) => one !== user));
  }
}

customElements.define("alcove-ignored", IgnoredPeople);
