// Chooses people: those whom the server finds, and ids as they are written or
// pasted (ARIA combobox pattern; the chosen stand above the field).
import { parseID, parseLink, type Client, type Person } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { explain, isAbort } from "../../errors.js";
import { w } from "../../messages-rooms.js";
import { avatar, icon } from "../../parts.js";
import { View } from "../../view.js";

const words = w.people;
const patienceMs = 250;
const most = 12;

export class PeoplePicker extends View {
  static override properties = {
    client: { attribute: false },
    single: { attribute: false },
    left: { attribute: false },
    picked: { state: true },
    found: { state: true },
    limited: { state: true },
    active: { state: true },
    searching: { state: true },
    problem: { state: true },
    said: { state: true },
    text: { state: true },
  };

  declare client: Client;
  /** Whether one person is enough: choosing another replaces them. */
  declare single: boolean;
  /** Whom not to offer. */
  declare left: ReadonlySet<string>;
  declare picked: readonly Person[];
  declare found: readonly Person[] | undefined;
  declare limited: boolean;
  /** The option that Enter takes. */
  declare active: number;
  declare searching: boolean;
  declare problem: string;
  declare said: string;
  declare text: string;
  #timer: number | undefined;
  #search: AbortController | undefined;

  constructor() {
    super();
    this.single = this.limited = this.searching = false;
    this.left = new Set();
    this.picked = [];
    this.problem = this.said = this.text = "";
    this.active = 0;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop();
  }

  /** Takes what still stands in the field, if that is an id. Says whether somebody is chosen; else it says why not. */
  settle(): boolean {
    if (this.text.trim() && !this.#takeIds(this.text)) {
      this.problem = words.notId;
      this.focusField();
      return false;
    }
    if (this.picked.length === 0) this.problem = words.need;
    if (this.picked.length === 0) this.focusField();
    return this.picked.length > 0;
  }

  focusField(): void {
    this.find(".input")?.focus();
  }

  protected override render(): TemplateResult {
    const options = this.#options();
    const open = options.length > 0;
    return html`
      <div class="field people">
        <label for="people-field">${words.label}</label>
        ${this.picked.length ? this.#chips() : nothing}
        <input class="input" id="people-field" role="combobox" aria-expanded=${open} aria-controls="people-list" aria-autocomplete="list"
          aria-activedescendant=${open ? `person-${this.active}` : nothing} aria-describedby="people-hint people-problem" aria-invalid=${this.problem ? "true" : nothing}
          dir="auto" autocomplete="off" autocapitalize="none" spellcheck="false" .value=${this.text}
          @input=${this.#onInput} @keydown=${this.#onKey} @paste=${this.#onPaste}>
        <p class="hint" id="people-hint">${this.single ? words.hintOne : words.hint}</p>
        <p class="error" role="alert" id="people-problem">${this.problem}</p>
        <ul class="people-list" id="people-list" role="listbox" aria-label=${words.results} ?hidden=${!open}>
          ${repeat(options, ({ id }) => id, (person, n) => this.#option(person, n))}
        </ul>
        <p class="hint" role="status">${this.#status(open)}</p>
        <p class="spoken" role="status">${this.said}</p>
      </div>`;
  }

  #status(open: boolean): string {
    if (this.searching) return words.searching;
    if (!this.found || !this.text.trim()) return "";
    if (!open) return words.none;
    return this.limited ? words.limited : words.found(this.found.length);
  }

  #chips(): TemplateResult {
    return html`
      <ul class="chips" aria-label=${words.chosen}>
        ${repeat(this.picked, ({ id }) => id, (person) => html`
          <li class="chip">${avatar(person.id, person.name, { size: "tiny" })}<bdi title=${person.id}>${person.name}</bdi>
            <button type="button" class="chip-remove" aria-label=${words.remove(person.name)} title=${words.remove(person.name)} @click=${() => this.#drop(person)}>${icon("close")}</button></li>`)}
      </ul>`;
  }

  /** What was found, without those who are chosen; an id that is written out comes first. */
  #options(): Person[] {
    const ids = idsIn(this.text);
    const typed = ids?.length === 1 ? ids : [];
    const found = this.found ?? [];
    const byId = typed.flatMap((id) => (found.some((person) => person.id === id) ? [] : [{ id, name: id }]));
    return [...byId, ...found].filter(({ id }) => !this.left.has(id) && !this.picked.some((person) => person.id === id));
  }

  #option(person: Person, n: number): TemplateResult {
    return html`
      <li class="person-option" role="option" id="person-${n}" aria-selected=${n === this.active} @pointerdown=${hold} @click=${() => this.#take([person])}>
        ${avatar(person.id, person.name)}<span class="member-name"><bdi>${person.name}</bdi><span class="member-id" dir="ltr">${person.id === person.name ? words.byId : person.id}</span></span>
      </li>`;
  }

  readonly #onInput = (event: Event): void => {
    this.text = (event.target as HTMLInputElement).value;
    this.problem = "";
    this.active = 0;
    this.#stop();
    const text = this.text.trim();
    if (!text) {
      this.found = undefined;
      return;
    }
    this.#timer = window.setTimeout(() => void this.#ask(text), patienceMs);
  };

  async #ask(text: string): Promise<void> {
    const { signal } = (this.#search = new AbortController());
    this.searching = true;
    try {
      const { users, limited = false } = await this.client.people.search(text, { signal, limit: most });
      if (signal.aborted) return;
      this.found = users;
      this.limited = limited;
    } catch (error) {
      if (signal.aborted || isAbort(error)) return;
      this.found = undefined;
      this.problem = words.failed(explain(error));
    }
    this.searching = false;
  }

  #stop(): void {
    window.clearTimeout(this.#timer);
    this.#search?.abort();
    this.searching = false;
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    const options = this.#options();
    const last = options.length - 1;
    if (event.key === "ArrowDown" && options.length) this.active = this.active >= last ? 0 : this.active + 1;
    else if (event.key === "ArrowUp" && options.length) this.active = this.active <= 0 ? last : this.active - 1;
    else if (event.key === "Enter" && this.text.trim()) this.#enter(options[this.active]);
    else if (event.key === "Escape" && this.text) this.#clear();
    else if (event.key === "Backspace" && !this.text && this.picked.length) this.#drop(this.picked[this.picked.length - 1] as Person);
    else return;
    event.preventDefault();
    event.stopPropagation();
    void this.updateComplete.then(() => this.find(".person-option[aria-selected='true']")?.scrollIntoView({ block: "nearest" }));
  };

  #enter(option: Person | undefined): void {
    if (option) this.#take([option]);
    else if (!this.#takeIds(this.text)) this.problem = words.notId;
  }

  readonly #onPaste = (event: ClipboardEvent): void => {
    const text = event.clipboardData?.getData("text") ?? "";
    if (!this.text && this.#takeIds(text)) event.preventDefault();
  };

  #takeIds(text: string): boolean {
    const ids = idsIn(text);
    if (!ids) return false;
    this.#take(ids.filter((id) => !this.picked.some((person) => person.id === id)).map((id) => this.found?.find((person) => person.id === id) ?? { id, name: id }));
    return true;
  }

  #take(people: readonly Person[]): void {
    this.picked = this.single ? people.slice(0, 1) : [...this.picked, ...people];
    this.said = people.map(({ name }) => words.added(name)).join(". ");
    this.#clear();
    this.#tell();
    this.focusField();
  }

  #clear(): void {
    this.#stop();
    this.text = this.problem = "";
    this.found = undefined;
    this.active = 0;
  }

  #drop(person: Person): void {
    this.picked = this.picked.filter(({ id }) => id !== person.id);
    this.said = words.removed(person.name);
    this.#tell();
    this.focusField();
  }

  #tell(): void {
    this.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

/** The field keeps the focus. */
const hold = (event: Event) => event.preventDefault();

/** The user ids that a text consists of; undefined where there is anything else in it. */
function idsIn(text: string): string[] | undefined {
  const parts = text.split(/[\s,;]+/).filter(Boolean);
  const ids = parts.map((part) => parseLink(part) ?? parseID(part)).flatMap((link) => (link?.kind === "user" ? [link.id] : []));
  return ids.length > 0 && ids.length === parts.length ? [...new Set(ids)] : undefined;
}

customElements.define("alcove-people-picker", PeoplePicker);
