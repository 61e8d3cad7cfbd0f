// Puts rooms that the user is in into a space.
import type { Client, Room } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { openDialog } from "../../dialog.js";
import { explain } from "../../errors.js";
import { w } from "../../messages-rooms.js";
import { t } from "../../messages.js";
import { avatar } from "../../parts.js";
import { roomName } from "../../sentences.js";
import { Following, View } from "../../view.js";

const words = w.add;
/** Rooms drawn at most; who has more writes a part of the name. */
const most = 200;

export class AddRooms extends View {
  static override properties = {
    client: { attribute: false },
    space: { attribute: false },
    close: { attribute: false },
    text: { state: true },
    picked: { state: true },
    busy: { state: true },
    problem: { state: true },
  };

  declare client: Client;
  declare space: string;
  declare close: () => void;
  declare text: string;
  declare picked: ReadonlySet<string>;
  /** What is being said of the progress; empty while nothing goes on. */
  declare busy: string;
  declare problem: string;
  readonly #rooms = new Following(this, () => this.client, () => this.client.rooms.list({ filter: { kind: "joined" }, sort: "name" }));
  readonly #spaces = new Following(this, () => this.client, () => this.client.rooms.list({ filter: { kind: "joined", type: "m.space" }, sort: "name" }));
  readonly #inside = new Following(this, () => this.space, () => this.client.rooms.list({ filter: { space: this.space } }));

  constructor() {
    super();
    this.text = this.busy = this.problem = "";
    this.picked = new Set();
  }

  protected override render(): TemplateResult {
    const rooms = this.#offered();
    return html`
      <form class="form" novalidate @submit=${this.#onSubmit}>
        <input class="input" type="search" dir="auto" autocomplete="off" aria-label=${words.filter} placeholder=${words.filter} autofocus
          @input=${(event: Event) => (this.text = (event.target as HTMLInputElement).value.trim().toLowerCase())}>
        <ul class="picks" aria-label=${words.list}>${repeat(rooms.slice(0, most), (room) => room.key, (room) => this.#row(room))}</ul>
        ${rooms.length ? nothing : html`<p class="hint">${this.text ? words.none : words.nothing}</p>`}
        <p class="hint" role="status">${this.busy}</p>
        <p class="error" role="alert">${this.problem}</p>
        <div class="dialog-foot">
          <button type="button" class="button" @click=${() => this.close()}>${t.cancel}</button>
          <button class="button" data-kind="primary" aria-disabled=${this.busy !== ""}>${words.submit(this.picked.size)}</button>
        </div>
      </form>`;
  }

  #offered(): Room[] {
    const inside = new Set(this.#inside.snapshot?.map((room) => room.id));
    const all = [...(this.#spaces.snapshot ?? []), ...(this.#rooms.snapshot ?? [])];
    return all.filter((room) => room.id !== this.space && !room.direct && !inside.has(room.id) && roomName(room).toLowerCase().includes(this.text));
  }

  #row(room: Room): TemplateResult {
    const name = roomName(room);
    return html`
      <li><label class="pick">
        <input type="checkbox" .checked=${this.picked.has(room.id)} @change=${() => this.#pick(room.id)}>
        ${avatar(room.id, name, { room: true })}<span class="pick-name"><bdi>${name}</bdi></span>${room.type ? html`<span class="tag">${w.space}</span>` : nothing}
      </label></li>`;
  }

  #pick(id: string): void {
    const picked = new Set(this.picked);
    if (!picked.delete(id)) picked.add(id);
    this.picked = picked;
  }

  readonly #onSubmit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.busy) return;
    this.problem = this.picked.size ? "" : words.pick;
    if (this.problem) return;
    await this.#add([...this.picked]);
  };

  /** What cannot be added stays chosen. */
  async #add(rooms: readonly string[]): Promise<void> {
    const failed: string[] = [];
    let why = "";
    for (const [done, room] of rooms.entries()) {
      this.busy = words.progress(done + 1, rooms.length);
      await this.client.spaces.setChild(this.space, room).catch((error: unknown) => {
        failed.push(room);
        why = explain(error);
      });
    }
    this.busy = "";
    this.picked = new Set(failed);
    if (failed.length === 0) return this.close();
    const named = new Map([...(this.#rooms.snapshot ?? []), ...(this.#spaces.snapshot ?? [])].map((room) => [room.id, roomName(room)]));
    this.problem = words.failed(failed.map((id) => named.get(id) ?? id), why);
  }
}

export function openAddRooms(client: Client, space: string): void {
  const room = client.room(space);
  void room.ready.catch(() => {}).then(() => {
    const name = room.getSnapshot()?.room;
    room.close();
    openDialog(words.title(name ? roomName(name) : w.space), (close) => html`<alcove-add-rooms .client=${client} .space=${space} .close=${close}></alcove-add-rooms>`);
  });
}

customElements.define("alcove-add-rooms", AddRooms);
