// A dialog in which an emoji is looked up and chosen.
import { html, nothing, type TemplateResult } from "lit";
import { openDialog } from "../dialog.js";
import { t } from "../messages.js";
import { View } from "../view.js";
import { loadEmoji, recentEmoji, searchEmoji, useEmoji, type Emoji } from "./data.js";

const mostFound = 120;
/** What stands for a group on its tab. */
const faces = ["😀", "👋", "", "🐱", "🍎", "🚗", "⚽", "💡", "🔣", "🏁"];

export function openEmoji(title: string, chosen: (emoji: string) => void): void {
  openDialog(title, (close) => html`<alcove-emoji-picker .chosen=${(emoji: string) => {
    useEmoji(emoji);
    close();
    chosen(emoji);
  }}></alcove-emoji-picker>`);
}

export class EmojiPicker extends View {
  static override properties = {
    all: { state: true },
    failed: { state: true },
    text: { state: true },
    group: { state: true },
    stop: { state: true },
  };

  chosen: (emoji: string) => void = () => {};
  declare all: readonly Emoji[];
  declare failed: boolean;
  declare text: string;
  declare group: number;
  /** The emoji with the tab stop. */
  declare stop: number;
  readonly #recent = recentEmoji();

  constructor() {
    super();
    this.all = [];
    this.failed = false;
    this.text = "";
    this.group = 0;
    this.stop = 0;
    loadEmoji().then((all) => (this.all = all), () => (this.failed = true));
  }

  protected override firstUpdated(): void {
    this.find("input")?.focus();
  }

  protected override render(): TemplateResult {
    const recent = new Set(this.#recent);
    const found = this.text.trim() ? searchEmoji(this.all, this.text, mostFound) : undefined;
    const first = found || this.group ? [] : this.all.filter(({ emoji }) => recent.has(emoji));
    const shown = [...first, ...(found ?? this.all.filter(({ group }) => group === this.group))];
    return html`
      <input class="input" type="search" aria-label=${t.emoji.search} placeholder=${t.emoji.search} autocomplete="off"
        @input=${this.#onSearch} @keydown=${this.#onSearchKey}>
      <p class="spoken" role="status">${found ? t.emoji.found(found.length) : nothing}</p>
      ${found ? nothing : this.#groups()}
      <div class="emoji-grid" role="group" aria-label=${found ? t.emoji.search : t.emoji.groups[this.group] ?? ""} @keydown=${this.#onGridKey}>
        ${shown.map(({ emoji, label }, at) => html`
          <button type="button" class="emoji" title=${label} aria-label=${label} tabindex=${at === Math.min(this.stop, shown.length - 1) ? 0 : -1}
            @focus=${() => (this.stop = at)} @click=${() => this.chosen(emoji)}>${emoji}</button>`)}
      </div>
      ${this.failed ? html`<p class="error" role="alert">${t.emoji.failed}</p>` : nothing}
      ${found?.length === 0 ? html`<p class="hint">${t.emoji.none}</p>` : nothing}`;
  }

  #groups(): TemplateResult {
    return html`
      <div class="segments emoji-groups">${t.emoji.groups.map((name, group) => name ? html`
        <label title=${name}><input type="radio" name="emoji-group" aria-label=${name} .checked=${group === this.group} @change=${() => this.#show(group)}><span aria-hidden="true">${faces[group]}</span></label>` : nothing)}</div>`;
  }

  #show(group: number): void {
    this.group = group;
    this.stop = 0;
  }

  readonly #onSearch = (event: Event): void => {
    this.text = (event.target as HTMLInputElement).value;
    this.stop = 0;
  };

  readonly #onSearchKey = (event: KeyboardEvent): void => {
    if (event.isComposing) return;
    const [first] = this.#buttons();
    if (event.key === "ArrowDown") first?.focus();
    else if (event.key === "Enter" && this.text.trim()) first?.click();
    else return;
    event.preventDefault();
  };

  readonly #onGridKey = (event: KeyboardEvent): void => {
    const buttons = this.#buttons();
    const at = buttons.indexOf(event.target as HTMLButtonElement);
    const wide = columnsOf(buttons);
    const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: wide, ArrowUp: -wide, Home: -at, End: buttons.length - 1 - at }[event.key];
    if (by === undefined || at < 0) return;
    event.preventDefault();
    if (at + by < 0) this.find(".input")?.focus();
    else buttons[Math.min(at + by, buttons.length - 1)]?.focus();
  };

  #buttons(): HTMLButtonElement[] {
    return [...this.querySelectorAll<HTMLButtonElement>(".emoji")];
  }
}

/** How many stand in the first line. */
function columnsOf(buttons: readonly HTMLElement[]): number {
  const next = buttons.findIndex((one) => one.offsetTop > (buttons[0]?.offsetTop ?? 0));
  return next < 0 ? buttons.length : next;
}

customElements.define("alcove-emoji-picker", EmojiPicker);
