// How one comes into a room: the one button, and the words where there is none.
import type { Client, EntryHow, RoomPreview } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { Acting } from "../../acting.js";
import { w } from "../../messages-rooms.js";
import { t } from "../../messages.js";
import { formatRoute, placeOf } from "../../route.js";
import { previewName } from "./names.js";

const words = w.entry;

export class Entry extends Acting {
  static override properties = {
    client: { attribute: false },
    preview: { attribute: false },
    joined: { attribute: false },
    how: { state: true },
    asking: { state: true },
    said: { state: true },
    through: { state: true },
  };

  declare client: Client;
  declare preview: RoomPreview;
  /** What to do once the user is in; nothing where the page stays. */
  declare joined: ((room: string) => void) | undefined;
  /** What has changed since the preview was made. */
  declare how: EntryHow | undefined;
  /** Whether the reason to be let in is being written. */
  declare asking: boolean;
  declare said: string;
  /** The rooms whose members may join, once they were asked for. */
  declare through: readonly RoomPreview[] | undefined;

  constructor() {
    super();
    this.asking = false;
    this.said = "";
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    const before = changed.get("preview") as RoomPreview | undefined;
    if (!before) return;
    if (before.id === this.preview.id && before.entry.how === this.preview.entry.how) return;
    this.how = undefined;
    if (before.id === this.preview.id) return;
    this.through = undefined;
    this.asking = false;
    this.problem = this.said = "";
  }

  protected override render(): TemplateResult {
    return html`
      <div class="entry">
        ${this.#act(this.how ?? this.preview.entry.how)}
        <p class="error" role="alert">${this.problem}</p>
        <p class="spoken" role="status">${this.said}</p>
      </div>`;
  }

  #act(how: EntryHow): unknown {
    const name = previewName(this.preview);
    switch (how) {
      case "in": return this.#open(name);
      case "join": return this.#button(words.join, words.joinOf(name), () => this.#join(name));
      case "accept": return this.#button(words.accept, words.acceptOf(name), () => this.#join(name));
      case "knock": return this.asking ? this.#question(name) : this.#button(words.knock, words.knockOf(name), async () => void (this.asking = true));
      case "wait": return html`<span class="entry-word">${words.asked}</span>${this.#button(words.retract, words.retractOf(name), () => this.#retract(name), "plain")}`;
      case "invite": return this.#closed(name);
      case "banned": return html`<span class="entry-word">${words.banned}</span>`;
      default: return nothing; // a core newer than this page
    }
  }

  #open(name: string): TemplateResult {
    return html`<a class="button" data-size="small" href=${formatRoute(placeOf(this.preview))} aria-label=${words.openOf(name)} @click=${() => this.closest("dialog")?.close()}>${words.open}</a>`;
  }

  #button(label: string, full: string, act: () => Promise<void>, kind: "primary" | "plain" = "primary"): TemplateResult {
    return html`<button type="button" class="button" data-size="small" data-kind=${kind} aria-label=${full} aria-disabled=${this.busy} @click=${() => this.#run(act)}>${label}</button>`;
  }

  #question(name: string): TemplateResult {
    const id = `why-${this.preview.id}`;
    return html`
      <form class="entry-question field" @submit=${(event: SubmitEvent) => this.#ask(event, name)}>
        <label for=${id}>${words.why} <span class="hint">${t.optional}</span></label>
        <input class="input" id=${id} name="reason" dir="auto" maxlength="500" autocomplete="off">
        <button class="button" data-size="small" data-kind="primary" aria-label=${words.knockOf(name)} aria-disabled=${this.busy}>${words.ask}</button>
      </form>`;
  }

  #closed(name: string): TemplateResult {
    const { through = [] } = this.preview.entry;
    if (through.length === 0) return html`<span class="entry-word">${words.invite}</span>`;
    return html`
      <span class="entry-word">${words.through(through.length)}</span>
      ${this.through ? nothing : this.#button(words.which, words.whichOf(name), () => this.#show(through), "plain")}
      ${this.through ? html`<ul class="entry-through">${this.through.map((room) => this.#way(room))}</ul>` : nothing}`;
  }

  #way(room: RoomPreview): TemplateResult {
    return html`
      <li><bdi>${previewName(room)}</bdi>
        ${room.entry ? html`<alcove-entry .client=${this.client} .preview=${room}></alcove-entry>` : html`<span class="entry-word">${words.unknown}</span>`}</li>`;
  }

  async #show(through: readonly string[]): Promise<void> {
    const { via } = this.preview;
    this.through = await Promise.all(through.slice(0, 10).map((room) => this.client.rooms.preview(room, via ? { via } : {}).catch(() => hidden(room))));
  }

  async #join(name: string): Promise<void> {
    const { id, via } = this.preview;
    const room = await this.client.rooms.join(id, via ? { via } : {});
    this.how = "in";
    this.said = words.joined(name);
    this.joined?.(room);
  }

  readonly #ask = (event: SubmitEvent, name: string): void => {
    event.preventDefault();
    const reason = String(new FormData(event.currentTarget as HTMLFormElement).get("reason") ?? "").trim();
    void this.#run(async () => {
      const { id, via } = this.preview;
      await this.client.rooms.knock(id, { ...(via && { via }), ...(reason && { reason }) });
      this.how = "wait";
      this.asking = false;
      this.said = words.hasAsked(name);
    });
  };

  async #retract(name: string): Promise<void> {
    await this.client.room(this.preview.id).leave();
    this.how = "knock";
    this.said = words.retracted(name);
  }

  /** What was pressed may be gone after it; then what came in its place has the focus. */
  async #run(act: () => Promise<void>): Promise<void> {
    const held = this.contains(document.activeElement);
    await this.attempt(act);
    await this.updateComplete;
    if (held && document.activeElement === document.body) this.find("input, a, button")?.focus();
  }
}

/** A room of which no more is shown than its id. */
const hidden = (id: string) => ({ id, joined: 0, joinRule: "" }) as RoomPreview;

customElements.define("alcove-entry", Entry);
