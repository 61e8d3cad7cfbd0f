// Where messages are written. What is typed is kept as the room's draft until
// it is sent; in another tab it is the same draft.
import type { LiveRoom } from "alcove";
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { readTyped } from "../command.js";
import { readDraft, removeSent, watchDraft, writeDraft } from "../drafts.js";
import { explain } from "../errors.js";
import { t } from "../messages.js";
import { icon } from "../parts.js";
import { View } from "../view.js";

/** Without a key press for this long, the user no longer counts as typing. */
const typingMs = 8_000;

export class Composer extends View {
  static override properties = {
    room: { attribute: false },
    userId: { attribute: false },
    name: { attribute: false },
    encrypted: { attribute: false },
    text: { state: true },
    problem: { state: true },
  };

  declare room: LiveRoom;
  declare userId: string;
  /** The room's name. */
  declare name: string;
  /** Whether the room is. */
  declare encrypted: boolean;
  declare text: string;
  declare problem: string;
  #typing = false;
  #typingTimer: ReturnType<typeof setTimeout> | undefined;
  #watching: AbortController | undefined;

  constructor() {
    super();
    this.text = "";
    this.problem = "";
  }

  focusText(): void {
    this.find("#composer-text")?.focus();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#watching?.abort();
    this.#setTyping(false);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("room")) this.#takeDraft();
  }

  protected override render(): TemplateResult {
    return html`
      <form class="composer" @submit=${this.#onSubmit}>
        <div class="composer-grow" data-text=${this.text}>
          <textarea class="composer-text" id="composer-text" rows="1" dir="auto" enterkeyhint="send"
            aria-label=${t.composer.label(this.name)} placeholder=${this.encrypted ? t.encryption.room.placeholder : t.composer.placeholder}
            aria-describedby="composer-problem" aria-invalid=${this.problem ? "true" : nothing}
            .value=${this.text} @input=${this.#onInput} @keydown=${this.#onKey} @blur=${() => this.#setTyping(false)}></textarea>
        </div>
        <button class="icon-button composer-send" aria-label=${t.composer.send} title=${t.composer.send}
          aria-disabled=${this.text.trim() === ""}>${icon("send")}</button>
        <p class="error" role="alert" id="composer-problem">${this.problem}</p>
      </form>`;
  }

  #takeDraft(): void {
    const { userId, room } = this;
    this.text = readDraft(userId, room.id);
    this.#watching?.abort();
    this.#watching = new AbortController();
    watchDraft(userId, room.id, (text, before) => {
      // Where both were written on at once, each keeps its own.
      if (this.text === before) this.text = text;
    }, this.#watching.signal);
  }

  readonly #onInput = (event: Event): void => {
    this.text = (event.target as HTMLTextAreaElement).value;
    this.problem = "";
    writeDraft(this.userId, this.room.id, this.text);
    this.#setTyping(this.text.trim() !== "" && !/^\/(?!me\b)/.test(this.text));
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    // 229: an input method still composes, also where isComposing comes late (Safari).
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key !== "Enter" || event.shiftKey || event.altKey) return;
    event.preventDefault();
    void this.#send();
  };

  readonly #onSubmit = (event: Event): void => {
    event.preventDefault();
    void this.#send();
    this.focusText();
  };

  async #send(): Promise<void> {
    const text = this.text;
    const typed = readTyped(text);
    if (typed.kind === "empty") return;
    if (typed.kind === "unknown" || typed.kind === "missing") {
      this.problem = typed.kind === "unknown" ? t.composer.unknownCommand(typed.name) : t.composer.empty(typed.name);
      return;
    }
    this.text = "";
    removeSent(this.userId, this.room.id, text);
    this.#setTyping(false);
    this.dispatchEvent(new CustomEvent("alcove-sent", { bubbles: true }));
    try {
      await this.room.send[typed.kind](typed.body);
    } catch (error) {
      // It was not stored, so it goes back to where it was written.
      this.problem = explain(error);
      const since = this.isConnected ? this.text : readDraft(this.userId, this.room.id);
      this.text = since ? `${text}\n${since}` : text;
      writeDraft(this.userId, this.room.id, this.text);
    }
  }

  #setTyping(typing: boolean): void {
    clearTimeout(this.#typingTimer);
    if (typing) this.#typingTimer = setTimeout(() => this.#setTyping(false), typingMs);
    if (typing === this.#typing) return;
    this.#typing = typing;
    // A notice that does not arrive is no loss.
    this.room.typing(typing).catch(() => {});
  }
}

customElements.define("alcove-composer", Composer);
