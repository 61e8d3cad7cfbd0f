// The places of rooms in an explored space, nested as they are there; what those
// who keep the space may do with them.
import type { Client, Permissions, SpaceRoom } from "alcove";
import { html, nothing, type ReactiveControllerHost, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { confirm } from "../../dialog.js";
import { explain } from "../../errors.js";
import { openMenu, type MenuItem } from "../../menu.js";
import { w } from "../../messages-rooms.js";
import { avatar, icon, iconButton } from "../../parts.js";
import { about, previewName } from "./names.js";

const words = w.explore;

interface Host extends ReactiveControllerHost {
  readonly client: Client;
  readonly spaceId: string;
  readonly can: Permissions | undefined;
  readonly hasMore: boolean;
  said: string;
  failure: string;
}

/** What is deeper is shown beside what is as deep as this: chains of spaces may have any length. */
const deepest = 8;

type Branch = { readonly place: SpaceRoom; readonly below: Branch[] };

export class Branches {
  readonly #host: Host;
  /** The keys of the spaces whose rooms are not shown. */
  readonly #closed = new Set<string>();

  constructor(host: Host) {
    this.#host = host;
  }

  clear(): void {
    this.#closed.clear();
  }

  list(places: readonly SpaceRoom[], name: string): TemplateResult {
    return this.#branches(nest(places), name);
  }

  #branches(branches: readonly Branch[], name: string): TemplateResult {
    const siblings = branches.map(({ place }) => place);
    return html`<ul class="branches" aria-label=${words.contents(name)}>${repeat(branches, ({ place }) => place.key, (branch) => this.#branch(branch, siblings))}</ul>`;
  }

  #branch({ place, below }: Branch, siblings: readonly SpaceRoom[]): TemplateResult {
    const { room, key, suggested, hidden, children } = place;
    const name = previewName(room);
    const closed = this.#closed.has(key);
    return html`
      <li class="branch" data-room=${room.id}>
        <div class="place">
          ${hidden ? this.#hidden(place) : about(room, html`
            ${suggested ? html`<span class="tag" data-kind="good">${words.suggested}</span>` : nothing}
            ${children !== undefined ? html`<span>${words.children(children)}</span>` : nothing}`)}
          <div class="place-acts">
            ${below.length ? html`<button type="button" class="icon-button place-twist" aria-expanded=${!closed} aria-label=${words.contents(name)} title=${words.contents(name)} @click=${() => this.#toggle(key)}>${icon("right")}</button>` : nothing}
            ${hidden ? nothing : html`<alcove-entry .client=${this.#host.client} .preview=${room}></alcove-entry>`}
            ${this.#manage(place, siblings)}
          </div>
        </div>
        ${below.length && !closed ? this.#branches(below, name) : nothing}
      </li>`;
  }

  #hidden({ room }: SpaceRoom): TemplateResult {
    return html`
      ${avatar(room.id, "?", { room: true })}
      <div class="about"><p class="about-name">${words.hidden}</p><p class="about-facts"><span>${words.hiddenWhy}</span><span class="about-alias" dir="ltr">${room.id}</span></p></div>`;
  }

  #toggle(key: string): void {
    if (!this.#closed.delete(key)) this.#closed.add(key);
    this.#host.requestUpdate();
  }

  /** What is in a space below is kept there. */
  #manage(place: SpaceRoom, siblings: readonly SpaceRoom[]): TemplateResult | typeof nothing {
    if (!this.#host.can?.children || place.parent !== this.#host.spaceId) return nothing;
    const label = words.manage(place.hidden ? words.hidden : previewName(place.room));
    return iconButton("dots", label, (event) => openMenu(event.currentTarget as HTMLElement, label, this.#items(place, siblings)));
  }

  #items({ room, suggested }: SpaceRoom, siblings: readonly SpaceRoom[]): MenuItem[] {
    const { client, spaceId } = this.#host;
    const { spaces } = client;
    const at = siblings.findIndex((one) => one.room.id === room.id);
    const next = at < siblings.length - (this.#host.hasMore ? 2 : 1); // the one after the next is not known before it is loaded
    const move = (label: string, before: string | undefined): MenuItem => ({ label, act: () => void this.#run(words.done.move, spaces.moveChild(spaceId, room.id, before)) });
    const suggest = (): Promise<void> => spaces.setChild(spaceId, room.id, { suggested: !suggested });
    return [
      { label: suggested ? words.unsuggest : words.suggest, act: () => void this.#run(suggested ? words.done.unsuggest : words.done.suggest, suggest()) },
      ...(at > 0 ? [move(words.up, siblings[at - 1]?.room.id)] : []),
      ...(next ? [move(words.down, siblings[at + 2]?.room.id)] : []),
      { label: words.remove, danger: true, act: () => this.#remove(previewName(room), room.id) },
    ];
  }

  #remove(name: string, room: string): void {
    const { client, spaceId } = this.#host;
    confirm(words.removeTitle(name), words.removeText, words.remove, async () => {
      await client.spaces.removeChild(spaceId, room);
      this.#host.said = words.done.remove;
    }, explain);
  }

  async #run(said: string, work: Promise<void>): Promise<void> {
    const host = this.#host;
    host.said = host.failure = "";
    try {
      await work;
      host.said = said;
    } catch (error) {
      host.failure = explain(error);
    }
  }
}

/** Each place is followed by what is below it. */
function nest(places: readonly SpaceRoom[]): Branch[] {
  const roots: Branch[] = [];
  const way: Branch[] = [];
  for (const place of places) {
    const branch: Branch = { place, below: [] };
    way.length = Math.min(way.length, Math.max(0, Math.min(place.level, deepest) - 1));
    (way[way.length - 1]?.below ?? roots).push(branch);
    way.push(branch);
  }
  return roots;
}
