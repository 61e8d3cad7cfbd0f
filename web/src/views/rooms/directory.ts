// Looks through a server's public rooms.
import { parseID, parseLink, type Client, type DirectoryParams, type RoomPreview } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { openDialog } from "../../dialog.js";
import { explain, isAbort } from "../../errors.js";
import { w } from "../../messages-rooms.js";
import { t } from "../../messages.js";
import { View } from "../../view.js";
import "./entry.js";
import { about } from "./names.js";
import { openPrompt } from "./prompt.js";

const words = w.directory;
type Kind = keyof typeof words.kind;
const types: Readonly<Record<Kind, string | undefined>> = { all: undefined, rooms: "room", spaces: "m.space" };
const patienceMs = 300;

export class Directory extends View {
  static override properties = {
    client: { attribute: false },
    close: { attribute: false },
    kind: { state: true },
    rooms: { state: true },
    next: { state: true },
    total: { state: true },
    loading: { state: true },
    problem: { state: true },
    address: { state: true },
  };

  declare client: Client;
  declare close: () => void;
  declare kind: Kind;
  declare rooms: readonly RoomPreview[];
  /** Where the next page begins. */
  declare next: string | undefined;
  declare total: number;
  declare loading: boolean;
  declare problem: string;
  /** The address that was written in the place of words. */
  declare address: string;
  #asked: AbortController | undefined;
  #timer: number | undefined;
  #end: IntersectionObserver | undefined;

  constructor() {
    super();
    this.kind = "all";
    this.rooms = [];
    this.total = 0;
    this.loading = false;
    this.problem = this.address = "";
  }

  protected override firstUpdated(): void {
    this.find("#directory-text")?.focus();
    this.#end = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting && this.next && !this.problem) void this.#load(this.next);
    }, { root: this.closest("dialog"), rootMargin: "50%" });
    void this.#load();
  }

  protected override updated(): void {
    const end = this.find(".explore-end");
    this.#end?.disconnect();
    if (end && !this.loading) this.#end?.observe(end);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#asked?.abort();
    this.#end?.disconnect();
    window.clearTimeout(this.#timer);
  }

  protected override render(): TemplateResult {
    return html`
      <form class="form" novalidate @submit=${this.#onSubmit} @input=${this.#onInput}>
        <div class="field"><label for="directory-text">${words.search}</label>
          <input class="input" id="directory-text" name="text" type="search" dir="auto" autocomplete="off"></div>
        <div class="field"><label for="directory-server">${words.server} <span class="hint">${t.optional}</span></label>
          <input class="input" id="directory-server" name="server" dir="ltr" autocapitalize="none" autocomplete="off" spellcheck="false" aria-describedby="directory-hint">
          <p class="hint" id="directory-hint">${words.serverHint(serverOf(this.client))}</p></div>
        <fieldset class="segments" aria-label=${words.kinds}>
          ${(Object.keys(types) as Kind[]).map((kind) => html`
            <label><input type="radio" name="kind" .checked=${kind === this.kind} @change=${() => this.#choose(kind)}><span>${words.kind[kind]}</span></label>`)}
        </fieldset>
      </form>
      ${this.address ? html`<button type="button" class="button" @click=${this.#look}>${words.byAddress(this.address)}</button>` : nothing}
      <p class="hint" role="status">${this.loading ? words.loading : this.rooms.length ? words.found(Math.max(this.total, this.rooms.length)) : this.problem ? "" : words.none}</p>
      <ul class="branches" aria-label=${words.results}>${repeat(this.rooms, ({ id }) => id, (room) => this.#row(room))}</ul>
      ${this.problem ? html`<div class="explore-end"><p class="error" role="alert">${this.problem}</p><button type="button" class="button" data-size="small" @click=${() => this.#load(this.next)}>${t.retry}</button></div>` : nothing}
      ${this.next && !this.problem ? html`<div class="explore-end"><button type="button" class="button" aria-disabled=${this.loading} @click=${() => this.#load(this.next)}>${words.more}</button></div>` : nothing}`;
  }

  #row(room: RoomPreview): TemplateResult {
    return html`
      <li class="branch"><div class="place">${about(room)}
        <div class="place-acts"><alcove-entry .client=${this.client} .preview=${room}></alcove-entry></div></div></li>`;
  }

  #choose(kind: Kind): void {
    this.kind = kind;
    void this.#load();
  }

  readonly #onInput = (event: Event): void => {
    if ((event.target as HTMLInputElement).type === "radio") return;
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.#load(), patienceMs);
  };

  readonly #onSubmit = (event: Event): void => {
    event.preventDefault();
    window.clearTimeout(this.#timer);
    void this.#load();
  };

  readonly #look = (): void => {
    const link = readRoom(this.address);
    this.close();
    if (link) openPrompt(this.client, link);
  };

  /** @param from where a page begins; the first page takes the place of what is shown */
  async #load(from?: string): Promise<void> {
    if (from && this.loading) return;
    this.#asked?.abort();
    const { signal } = (this.#asked = new AbortController());
    const params = { ...this.#params(), ...(from && { from }) };
    this.loading = true;
    this.problem = "";
    try {
      const { rooms, next, total } = await this.client.rooms.directory({ ...params, signal });
      if (signal.aborted) return;
      const known = new Set(from ? this.rooms.map(({ id }) => id) : []);
      const fresh = rooms.filter(({ id }) => !known.has(id) && known.add(id));
      this.rooms = from ? [...this.rooms, ...fresh] : fresh;
      // A server that repeats itself would be asked for ever.
      this.next = next && next !== from && fresh.length > 0 ? next : undefined;
      this.total = total;
    } catch (error) {
      if (signal.aborted || isAbort(error)) return;
      if (!from) this.rooms = [];
      this.problem = words.failed(explain(error));
    }
    this.loading = false;
  }

  #params(): DirectoryParams {
    const value = (name: string) => this.find<HTMLInputElement>(`[name="${name}"]`)?.value.trim() ?? "";
    const text = value("text");
    this.address = readRoom(text) ? text : "";
    const server = value("server");
    const type = types[this.kind];
    return { ...(text && !this.address && { text }), ...(server && { server }), ...(type && { type }) };
  }
}

/** The room that an id, an address or a link names. */
export function readRoom(text: string): { readonly room: string; readonly via: readonly string[] } | undefined {
  const link = parseLink(text) ?? parseID(text);
  if (!link || link.kind === "user") return undefined;
  return { room: link.kind === "room" ? link.id : link.room, via: link.via };
}

/** The name of the user's own server. */
export const serverOf = (client: Client): string => (client.session.getSnapshot().userId ?? "").replace(/^@[^:]*:/, "");

export function openDirectory(client: Client): void {
  openDialog(words.title, (close) => html`<alcove-directory .client=${client} .close=${close}></alcove-directory>`).dataset["size"] = "wide";
}


customElements.define("alcove-directory", Directory);
