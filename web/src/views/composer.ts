// Where messages are written. What is typed is kept as a draft until it is
// sent; in another tab it is the same draft.
import type { LiveRoom, LiveTimeline, TimelineItem } from "alcove";
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { readTyped, type Typed } from "../command.js";
import { namedAbout, readContext, writeContext, type About } from "../compose/about.js";
import type { Suggestion } from "../compose/complete.js";
import { formatOf, wordsOf, type Named } from "../compose/words.js";
import { readContent } from "../content.js";
import { readDraft, removeSent, watchDraft, writeDraft } from "../drafts.js";
import { explain } from "../errors.js";
import { keepLeaving, watchLeft } from "../leaving.js";
import { t } from "../messages.js";
import { icon, iconButton } from "../parts.js";
import { sayEvent } from "../sentences.js";
import { View } from "../view.js";
import { Suggestions } from "./suggestions.js";

/** Without a key press for this long, the user no longer counts as typing. */
const typingMs = 8_000;

export class Composer extends View {
  static override properties = {
    room: { attribute: false },
    timeline: { attribute: false },
    thread: { attribute: false },
    userId: { attribute: false },
    name: { attribute: false },
    encrypted: { attribute: false },
    text: { state: true },
    problem: { state: true },
    about: { state: true },
    preview: { state: true },
    formatted: { state: true },
  };

  declare room: LiveRoom;
  /** Where it is sent to: the room's, or a thread's. */
  declare timeline: LiveTimeline;
  /** The root of the thread. */
  declare thread: string | undefined;
  declare userId: string;
  /** The room's name. */
  declare name: string;
  /** Whether the room is. */
  declare encrypted: boolean;
  declare text: string;
  declare problem: string;
  declare about: About | undefined;
  /** Whether the format is shown as it will be sent. */
  declare preview: boolean;
  declare formatted: string | undefined;
  readonly #suggestions = new Suggestions(this);
  #named: readonly Named[] = [];
  #typing = false;
  #typingTimer: ReturnType<typeof setTimeout> | undefined;
  #watching: AbortController | undefined;
  /** Messages leave in the order in which they were written, though the format of some has to be waited for. */
  #sending: Promise<void> = Promise.resolve();

  constructor() {
    super();
    this.text = "";
    this.problem = "";
    this.preview = false;
  }

  get field(): HTMLTextAreaElement | null {
    return this.find<HTMLTextAreaElement>(".composer-text");
  }

  get listId(): string {
    return this.#id("list");
  }

  focusText(): void {
    this.field?.focus();
  }

  /** Begins to answer or to edit a message. */
  begin(kind: About["kind"], item: TimelineItem): void {
    if (kind === "edit" && item.event) {
      const before = this.about?.kind === "edit" ? (this.about.before ?? "") : this.text;
      const content = readContent(item.event);
      this.about = { kind, item, before };
      this.#named = namedAbout(item);
      this.#write("body" in content ? content.body : "");
    } else {
      if (this.about?.kind === "edit") this.#leave();
      this.about = { kind, item };
      this.#write(this.text);
    }
    void this.updateComplete.then(() => {
      this.focusText();
      this.field?.setSelectionRange(this.text.length, this.text.length);
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#watching?.abort();
    this.#setTyping(false);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("room") || changed.has("thread")) this.#takeDraft();
    if (this.preview && (changed.has("text") || changed.has("preview"))) void this.#format();
  }

  protected override render(): TemplateResult {
    const [field, problem] = [this.#id("text"), this.#id("problem")];
    return html`
      ${this.#bar()}
      ${this.preview && this.formatted ? html`
        <div class="composer-preview text" role="group" aria-label=${t.composer.preview} dir="auto"><alcove-formatted .markup=${this.formatted} .plain=${this.text}></alcove-formatted></div>` : nothing}
      ${this.#suggestions.render()}
      <form class="composer" @submit=${this.#onSubmit}>
        <div class="composer-box">
          <div class="composer-grow" data-text=${this.text}>
            <textarea class="composer-text" id=${field} rows="1" dir="auto" enterkeyhint="send"
              aria-label=${this.thread ? t.composer.threadLabel : t.composer.label(this.name)} placeholder=${this.#placeholder}
              aria-autocomplete="list" aria-haspopup="listbox" aria-controls=${this.#suggestions.open ? this.listId : nothing} aria-activedescendant=${this.#suggestions.active ?? nothing}
              aria-describedby=${problem} aria-invalid=${this.problem ? "true" : nothing}
              .value=${this.text} @input=${this.#onInput} @keydown=${this.#onKey} @keyup=${this.#onMove} @click=${this.#onMove} @blur=${this.#onBlur}></textarea>
          </div>
          <div class="composer-tools">
            ${this.about?.kind === "edit" ? nothing : iconButton("poll", t.poll.create, () => this.#openPoll())}
            ${iconButton("smile", t.emoji.insert, () => this.#openEmoji())}
            <button type="button" class="icon-button" aria-pressed=${this.preview} title=${t.composer.preview} aria-label=${t.composer.preview}
              @click=${() => (this.preview = !this.preview)}>${icon("format")}</button>
          </div>
        </div>
        <button class="icon-button composer-send" aria-label=${t.composer.send} title=${t.composer.send}
          aria-disabled=${this.text.trim() === ""}>${icon("send")}</button>
        <p class="error" role="alert" id=${problem}>${this.problem}</p>
      </form>`;
  }

  get #placeholder(): string {
    if (this.thread) return t.composer.threadLabel;
    return this.encrypted ? t.encryption.room.placeholder : t.composer.placeholder;
  }

  /** There may be a second one, for a thread. */
  #id(what: string): string {
    return `${this.thread ? "thread-" : ""}composer-${what}`;
  }

  #bar(): TemplateResult | typeof nothing {
    const { about } = this;
    if (!about?.item.event) return nothing;
    const reply = about.kind === "reply";
    return html`
      <p class="composer-about">${icon(reply ? "reply" : "edit")}
        <span class="composer-about-line" dir="auto">${reply ? t.message.replyTo(about.item.event.sender.name) : t.composer.editing}:
          <span class="hint">${sayEvent(about.item.event)}</span></span>
        ${iconButton("close", reply ? t.composer.noReply : t.composer.noEdit, () => {
          this.#leave();
          this.focusText();
        })}</p>`;
  }

  // The draft

  get #place(): string {
    return this.thread ? `${this.room.id} ${this.thread}` : this.room.id;
  }

  #takeDraft(): void {
    const { userId } = this;
    this.text = readDraft(userId, this.#place);
    const { about, named } = readContext(userId, this.#place);
    this.about = about;
    this.#named = named;
    this.#watching?.abort();
    this.#watching = new AbortController();
    watchDraft(userId, this.#place, (text, before) => {
      // Where both were written on at once, each keeps its own.
      if (this.text === before) this.text = text;
    }, this.#watching.signal);
    watchLeft(userId, this.#place, (text) => this.#write(this.text ? `${text}\n${this.text}` : text), this.#watching.signal);
  }

  #write(text: string): void {
    this.text = text;
    this.problem = "";
    writeDraft(this.userId, this.#place, text);
    writeContext(this.userId, this.#place, { named: this.#named, ...(this.about && { about: this.about }) });
  }

  /** Leaves the answer or the edit; an edit gives back what was there before. */
  #leave(): void {
    const { about } = this;
    this.about = undefined;
    if (about?.kind === "edit") this.#named = [];
    this.#write(about?.kind === "edit" ? (about.before ?? "") : this.text);
  }

  // Typing

  /** Called by the suggestions. */
  replace(text: string, cursor: number, { user, name }: Suggestion): void {
    if (user) this.#named = [...this.#named.filter((one) => one.name !== name), { id: user, name }];
    this.#write(text);
    void this.updateComplete.then(() => this.field?.setSelectionRange(cursor, cursor));
  }

  readonly #onInput = (event: Event): void => {
    this.#write((event.target as HTMLTextAreaElement).value);
    this.#setTyping(this.text.trim() !== "" && !/^\/(?!me\b)/.test(this.text));
    this.#suggestions.look();
    if ((event as InputEvent).data === ":") void this.#suggestions.replaceCode().catch(() => {});
  };

  readonly #onMove = (event: Event): void => {
    if (!(event instanceof KeyboardEvent) || ["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) this.#suggestions.look();
  };

  readonly #onBlur = (): void => {
    this.#suggestions.close();
    this.#setTyping(false);
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    // 229: an input method still composes, also where isComposing comes late (Safari).
    if (event.isComposing || event.keyCode === 229 || this.#suggestions.onKey(event)) return;
    const plain = !event.shiftKey && !event.altKey && !event.ctrlKey && !event.metaKey;
    if (event.key === "Escape" && this.about) this.#leave();
    else if (event.key === "ArrowUp" && plain && this.text === "" && !this.about) this.dispatchEvent(new CustomEvent("alcove-edit-last", { bubbles: true }));
    else if (event.key === "Enter" && !event.shiftKey && !event.altKey) this.#submit();
    else return;
    event.preventDefault();
  };

  async #format(): Promise<void> {
    const { text } = this;
    const formatted = await formatOf(text, this.#named.filter(({ name }) => text.includes(`@${name}`)));
    if (text === this.text) this.formatted = formatted;
  }

  #openEmoji(): void {
    const insert = (emoji: string) => {
      const at = this.field?.selectionStart ?? this.text.length;
      this.#write(this.text.slice(0, at) + emoji + this.text.slice(at));
      void this.updateComplete.then(() => {
        this.focusText();
        this.field?.setSelectionRange(at + emoji.length, at + emoji.length);
      });
    };
    import("../emoji/picker.js").then(({ openEmoji }) => openEmoji(t.emoji.insert, insert), () => (this.problem = t.emoji.failed));
  }

  #openPoll(): void {
    const { timeline } = this;
    import("./create-poll.js").then(({ openCreatePoll }) => openCreatePoll(timeline), (error: unknown) => (this.problem = explain(error)));
  }

  // Sending

  readonly #onSubmit = (event: Event): void => {
    event.preventDefault();
    this.#submit();
    this.focusText();
  };

  #submit(): void {
    const typed = this.#typed();
    if (typed.kind === "empty") return;
    if (typed.kind === "unknown" || typed.kind === "missing") {
      this.problem = typed.kind === "unknown" ? t.composer.unknownCommand(typed.name) : t.composer.empty(typed.name);
      return;
    }
    const { text, about } = this;
    const named = this.#named;
    this.about = undefined;
    this.#named = [];
    const leaving = about?.kind === "edit" ? undefined : keepLeaving(this.userId, this.#place, text); // an edit's first version stays
    if (about?.kind === "edit") this.#write(about.before ?? "");
    else this.#empty(text, leaving?.kept);
    this.#setTyping(false);
    if (about?.kind !== "edit") this.dispatchEvent(new CustomEvent("alcove-sent", { bubbles: true }));
    this.#sending = this.#sending.then(() => this.#send(typed, named, about)).catch((error: unknown) => this.#giveBack(text, named, about, error)).finally(leaving?.taken);
  }

  /** What another tab has written on meanwhile stays the draft, and so does the text until it is kept elsewhere. */
  #empty(sent: string, kept = Promise.resolve()): void {
    const { userId } = this;
    const place = this.#place;
    this.text = "";
    this.problem = "";
    void kept.then(() => removeSent(userId, place, sent));
    writeContext(this.userId, this.#place, { named: [] });
  }

  /** An edit is text, whatever it begins with. */
  #typed(): Typed {
    if (this.about?.kind !== "edit") return readTyped(this.text);
    const body = this.text.trimEnd();
    return body ? { kind: "text", body } : { kind: "empty" };
  }

  async #send({ kind, body }: Extract<Typed, { readonly body: string }>, named: readonly Named[], about: About | undefined): Promise<void> {
    const words = await wordsOf(body, named, this.#suggestions.everybody);
    if (about?.kind === "edit") await this.timeline.edit(about.item.key, body, words);
    else await this.timeline.send[kind](body, { ...words, ...(about && { replyTo: about.item }) });
  }

  /** It was not stored, so it goes back to where it was written. */
  #giveBack(text: string, named: readonly Named[], about: About | undefined, error: unknown): void {
    const since = this.isConnected ? this.text : readDraft(this.userId, this.#place);
    this.about ??= about;
    this.#named = [...named, ...this.#named];
    this.#write(since ? `${text}\n${since}` : text);
    this.problem = explain(error);
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
