// The list of completions above a text field (ARIA combobox pattern): the
// focus stays in the field, which names the chosen one.
import type { LiveList, LiveRoom, Member } from "alcove";
import { html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from "lit";
import { insertInto, queryAt, suggestUsers, type Query, type Suggestion } from "../compose/complete.js";
import { byCode, loadEmoji, searchEmoji, useEmoji, type Emoji } from "../emoji/data.js";
import { t } from "../messages.js";
import { avatar } from "../parts.js";

interface Host extends ReactiveControllerHost {
  readonly room: LiveRoom;
  readonly userId: string;
  readonly field: HTMLTextAreaElement | null;
  readonly listId: string;
  /** Puts a text in the place of what is there. */
  replace(text: string, cursor: number, suggestion: Suggestion): void;
}

/** Everybody may be mentioned from this level on (spec: m.room.power_levels, notifications). */
const everybodyLevel = 50;
const mostEmoji = 6;

export class Suggestions implements ReactiveController {
  readonly #host: Host;
  #members: LiveList<Member> | undefined;
  #emoji: readonly Emoji[] | undefined;
  #query: Query | undefined;
  #list: readonly Suggestion[] = [];
  #chosen = 0;

  constructor(host: Host) {
    this.#host = host;
    host.addController(this);
  }

  get open(): boolean {
    return this.#list.length > 0;
  }

  /** The id of the option that Enter takes. */
  get active(): string | undefined {
    return this.open ? this.#idOf(this.#chosen) : undefined;
  }

  /** Whether the user may mention everybody. */
  get everybody(): boolean {
    const me = this.#members?.getSnapshot().find(({ person }) => person.id === this.#host.userId);
    return me !== undefined && (me.creator === true || me.power >= everybodyLevel);
  }

  hostDisconnected(): void {
    this.#members?.close();
    this.#members = undefined;
  }

  /** Looks at what is before the cursor. */
  look(): void {
    const { field } = this.#host;
    const query = field && field.selectionStart === field.selectionEnd ? queryAt(field.value, field.selectionStart) : undefined;
    if (query?.text !== this.#query?.text || query?.kind !== this.#query?.kind) this.#chosen = 0;
    this.#query = query;
    this.#load();
    this.#suggest();
  }

  close(): void {
    this.#query = undefined;
    this.#suggest();
  }

  /** Returns whether it was for the list. */
  onKey(event: KeyboardEvent): boolean {
    if (!this.open || event.altKey || event.ctrlKey || event.metaKey) return false;
    const last = this.#list.length - 1;
    switch (event.key) {
      case "ArrowDown": this.#choose(this.#chosen === last ? 0 : this.#chosen + 1); break;
      case "ArrowUp": this.#choose(this.#chosen === 0 ? last : this.#chosen - 1); break;
      case "Enter": case "Tab":
        if (event.shiftKey) return false;
        this.#take(this.#chosen);
        break;
      case "Escape": this.close(); break;
      default: return false;
    }
    event.preventDefault();
    return true;
  }

  /** A whole shortcode becomes its emoji as its second colon is typed. */
  async replaceCode(): Promise<void> {
    const { field } = this.#host;
    const cursor = field?.selectionStart ?? 0;
    const code = /(?:^|\s):([a-z0-9_+-]{2,30}):$/i.exec(field?.value.slice(Math.max(0, cursor - 40), cursor) ?? "")?.[1];
    if (!code || !field) return;
    const emoji = byCode(await loadEmoji(), code.toLowerCase());
    const at = cursor - code.length - 2;
    if (emoji && field.value.slice(at, cursor) === `:${code}:`) this.#put({ kind: "emoji", text: code, start: at, end: cursor }, { id: emoji, insert: emoji, name: "", hint: "", emoji });
  }

  render(): TemplateResult | typeof nothing {
    const status = html`<p class="spoken" role="status">${this.open ? t.composer.suggestions(this.#list.length) : nothing}</p>`;
    if (!this.open) return status;
    return html`
      ${status}
      <ul class="suggestions" role="listbox" id=${this.#host.listId} aria-label=${t.composer.suggested}>
        ${this.#list.map((one, at) => html`
          <li role="option" id=${this.#idOf(at)} aria-selected=${at === this.#chosen} @pointerdown=${(event: Event) => event.preventDefault()} @click=${() => this.#take(at)}>
            ${one.emoji ? html`<span class="suggestion-emoji" aria-hidden="true">${one.emoji}</span>` : avatar(one.id, one.name, { size: "tiny" })}
            <bdi>${one.name}</bdi><span class="hint">${one.hint}</span></li>`)}
      </ul>`;
  }

  #idOf(at: number): string {
    return `${this.#host.listId}-${at}`;
  }

  /** Opens what the query is about; what comes is suggested then. */
  #load(): void {
    if (this.#query?.kind === "user" && !this.#members) {
      this.#members = this.#host.room.members();
      this.#members.subscribe(() => this.#suggest());
    }
    if (this.#query?.kind === "emoji" && !this.#emoji) {
      loadEmoji().then((all) => {
        this.#emoji = all;
        this.#suggest();
      }, () => {}); // without them there is nothing to suggest
    }
  }

  #suggest(): void {
    this.#list = this.#found();
    this.#chosen = Math.min(this.#chosen, Math.max(0, this.#list.length - 1));
    this.#host.requestUpdate();
  }

  #found(): Suggestion[] {
    const query = this.#query;
    if (query?.kind === "user") {
      return suggestUsers(this.#members?.getSnapshot() ?? [], query.text, this.#host.userId, this.everybody ? t.composer.everybody : undefined);
    }
    if (query?.kind !== "emoji") return [];
    return searchEmoji(this.#emoji ?? [], query.text, mostEmoji).map(({ emoji, label, codes }) => ({ id: emoji, insert: emoji, emoji, name: codes[0] ? `:${codes[0]}:` : label, hint: label }));
  }

  #choose(at: number): void {
    this.#chosen = at;
    this.#host.requestUpdate();
  }

  #take(at: number): void {
    const suggestion = this.#list[at];
    if (suggestion && this.#query) this.#put(this.#query, suggestion);
  }

  #put(query: Query, suggestion: Suggestion): void {
    const { field } = this.#host;
    if (!field) return;
    if (suggestion.emoji) useEmoji(suggestion.emoji);
    const { text, cursor } = insertInto(field.value, query, suggestion.insert);
    this.#host.replace(text, cursor, suggestion);
    this.close();
  }
}
