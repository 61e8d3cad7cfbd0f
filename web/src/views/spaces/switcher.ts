// The user's spaces, as a tree to choose from (ARIA tree pattern). Beside the
// room list it shows pictures only; in a dialog, names too.
import type { Client, Room, Space } from "alcove";
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { explain } from "../../errors.js";
import { openMenu, type MenuItem } from "../../menu.js";
import { t } from "../../messages.js";
import { avatar, icon } from "../../parts.js";
import { roomName } from "../../sentences.js";
import { View } from "../../view.js";
import { dropBefore, moveBefore, shownSpaces, wayTo } from "./tree.js";

/** Which spaces show those in them: the same in all places, and for as long as the page is there. */
const open = new Set<string>();
const home = "";

export class SpaceSwitcher extends View {
  static readonly tag = "alcove-space-switcher";
  static override properties = {
    client: { attribute: false },
    spaces: { attribute: false },
    invited: { attribute: false },
    chosen: { attribute: false },
    news: { attribute: false },
    labels: { attribute: false },
    choose: { attribute: false },
    menu: { attribute: false },
    said: { state: true },
    failure: { state: true },
    drop: { state: true },
  };

  declare client: Client;
  declare spaces: readonly Space[];
  /** Spaces that the user is invited to. */
  declare invited: readonly Room[];
  /** The id of the chosen space; undefined for all rooms. */
  declare chosen: string | undefined;
  /** Whether any room has something new. */
  declare news: boolean;
  /** Whether the names are written beside the pictures. */
  declare labels: boolean;
  declare choose: (id: string | undefined) => void;
  /** What else can be done with a space. */
  declare menu: (space: Space) => readonly MenuItem[];
  declare said: string;
  declare failure: string;
  declare drop: { readonly id: string; readonly below: boolean } | undefined;
  #stop: string | undefined;
  #dragged: string | undefined;

  constructor() {
    super();
    this.labels = this.news = false;
    this.spaces = this.invited = [];
    this.said = this.failure = "";
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (!changed.has("chosen")) return;
    this.#stop = this.chosen ?? home;
    for (const id of wayTo(this.spaces, this.chosen ?? home)) open.add(id);
  }

  /** What moves within the tree would lose the focus. */
  protected override update(changed: PropertyValues<this>): void {
    const id = this.contains(document.activeElement) ? document.activeElement?.closest<HTMLElement>(".space")?.dataset["id"] : undefined;
    super.update(changed);
    if (id !== undefined && document.activeElement === document.body) this.find(`.space[data-id="${CSS.escape(id)}"]`)?.focus();
  }

  /** Gives the focus to the chosen space. */
  focusChosen(): void {
    this.#focus(this.chosen ?? home);
  }

  protected override render(): TemplateResult {
    const shown = shownSpaces(this.spaces, open);
    return html`
      <div class="spaces" role="tree" aria-label=${t.spaces.title} data-labels=${this.labels ? "" : nothing} @keydown=${this.#onKey} @focusin=${this.#onFocus}>
        ${this.#home()}
        ${repeat(shown, (space) => space.key, (space) => this.#space(space))}
        ${repeat(this.invited, (room) => room.key, (room) => this.#invitation(room))}
      </div>
      <p class="spoken" role="status">${this.said}</p>
      <p class="spaces-problem error" role="alert">${this.failure}</p>`;
  }

  #home(): TemplateResult {
    const content = html`<span class="space-picture"><span class="avatar" data-shape="room" data-tone="none" aria-hidden="true">${icon("home")}</span>${this.news ? dot(false) : nothing}</span>`;
    return this.#item(home, 0, t.spaces.home, this.news ? t.spaces.fresh : "", content);
  }

  #space(space: Space): TemplateResult {
    const { id, level, unread, highlights, room } = space;
    const name = roomName(room);
    const inner = (space.spaces?.length ?? 0) > 0;
    const content = html`
      <span class="space-picture">${avatar(id, name, { room: true })}${highlights ? count(highlights) : unread ? dot(false) : nothing}</span>
      ${inner ? html`<span class="space-twist" aria-hidden="true" @click=${(event: Event) => this.#twist(event, id)}>${icon("right")}</span>` : nothing}`;
    return this.#item(id, level, name, t.spaces.news(unread, highlights), content, inner ? open.has(id) : undefined, space);
  }

  #invitation(room: Room): TemplateResult {
    const name = roomName(room);
    const content = html`<span class="space-picture">${avatar(room.id, name, { room: true })}${dot(true)}</span>`;
    return this.#item(room.id, 0, name, t.spaces.invited, content);
  }

  #item(id: string, level: number, name: string, news: string, content: TemplateResult, expanded?: boolean, space?: Space): TemplateResult {
    const chosen = (this.chosen ?? home) === id;
    return html`
      <div class="space" role="treeitem" data-id=${id} .style=${`--level: ${Math.min(level, 4)}`} title=${this.labels ? nothing : name}
        aria-level=${level + 1} aria-selected=${chosen} aria-expanded=${expanded === undefined ? nothing : expanded}
        tabindex=${this.#stopId() === id ? 0 : -1} data-drop=${this.drop?.id === id ? (this.drop.below ? "below" : "above") : nothing}
        draggable=${space?.level === 0 ? "true" : "false"} @dragstart=${(event: DragEvent) => this.#onDrag(event, id)} @dragend=${() => this.#endDrag()}
        @dragover=${(event: DragEvent) => this.#onDragOver(event, space)} @drop=${(event: DragEvent) => this.#onDrop(event)}
        @click=${() => this.choose(id || undefined)} @contextmenu=${(event: Event) => this.#openMenu(event, space)}>
        ${content}
        ${this.labels
          ? html`<span class="space-name"><bdi>${name}</bdi> <span class="space-news">${news}</span></span>`
          : html`<span class="spoken">${news ? `${name}, ${news}` : name}</span>`}
      </div>`;
  }

  /** The one that Tab leads to. */
  #stopId(): string {
    const has = (id: string | undefined) => id === home || shownSpaces(this.spaces, open).some((space) => space.id === id) || this.invited.some((room) => room.id === id);
    if (this.#stop !== undefined && has(this.#stop)) return this.#stop;
    return this.chosen !== undefined && has(this.chosen) ? this.chosen : home;
  }

  readonly #onFocus = (event: Event): void => {
    const id = (event.target as HTMLElement).closest<HTMLElement>(".space")?.dataset["id"];
    if (id === undefined || id === this.#stop) return;
    this.#stop = id;
    this.requestUpdate();
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    const id = this.#stopId();
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) void this.#step(id, event.key === "ArrowUp" ? -1 : 1);
    else if (event.altKey || event.ctrlKey || event.metaKey || !this.#walk(event.key, id)) return;
    event.preventDefault();
  };

  /** Says whether the key was for the tree. */
  #walk(key: string, id: string): boolean {
    const ids = [home, ...shownSpaces(this.spaces, open).map((space) => space.id), ...this.invited.map((room) => room.id)];
    const at = ids.indexOf(id);
    const rtl = getComputedStyle(this).direction === "rtl";
    if (key === (rtl ? "ArrowLeft" : "ArrowRight")) this.#inward(id);
    else if (key === (rtl ? "ArrowRight" : "ArrowLeft")) this.#outward(id);
    else if (key === "Enter" || key === " ") this.choose(id || undefined);
    else {
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: ids.length - 1 }[key];
      if (to === undefined) return false;
      this.#focus(ids[Math.max(0, Math.min(to, ids.length - 1))] ?? home);
    }
    return true;
  }

  #inward(id: string): void {
    const inner = this.spaces.find((space) => space.id === id)?.spaces ?? [];
    if (inner.length === 0) return;
    if (open.has(id)) this.#focus(inner[0] ?? id);
    else this.#toggle(id);
  }

  #outward(id: string): void {
    if (open.has(id) && this.spaces.find((space) => space.id === id)?.spaces?.length) this.#toggle(id);
    else this.#focus(wayTo(this.spaces, id)[0] ?? id);
  }

  #toggle(id: string): void {
    if (!open.delete(id)) open.add(id);
    this.requestUpdate();
  }

  #twist(event: Event, id: string): void {
    event.stopPropagation();
    this.#toggle(id);
  }

  #focus(id: string): void {
    this.#stop = id;
    this.requestUpdate();
    void this.updateComplete.then(() => this.find(`.space[data-id="${CSS.escape(id)}"]`)?.focus());
  }

  /** What moves a root, for a menu. */
  moves({ id }: Space): MenuItem[] {
    const move = (by: -1 | 1, label: string) => (moveBefore(this.spaces, id, by) === false ? [] : [{ label, act: () => void this.#step(id, by) }]);
    return [...move(-1, t.spaces.up), ...move(1, t.spaces.down)];
  }

  /** Moves a root by one. */
  async #step(id: string, by: -1 | 1): Promise<void> {
    const before = moveBefore(this.spaces, id, by);
    if (before !== false) await this.#move(id, before);
  }

  async #move(id: string, before: string | undefined): Promise<void> {
    this.failure = "";
    try {
      await this.client.spaces.move(id, before);
      await this.updateComplete;
      const roots = this.spaces.filter(({ level }) => level === 0);
      const space = roots.find((one) => one.id === id);
      if (space) this.said = t.spaces.moved(roomName(space.room), roots.indexOf(space) + 1, roots.length);
    } catch (error) {
      this.failure = t.spaces.notMoved(explain(error));
    }
  }

  #openMenu(event: Event, space: Space | undefined): void {
    if (!space) return;
    event.preventDefault();
    openMenu(event.currentTarget as HTMLElement, t.spaces.menu(roomName(space.room)), this.menu(space));
  }

  #onDrag(event: DragEvent, id: string): void {
    this.#dragged = id;
    if (event.dataTransfer) event.dataTransfer.effectAllowed = "move";
  }

  #onDragOver(event: DragEvent, space: Space | undefined): void {
    if (!this.#dragged || space?.level !== 0 || space.id === this.#dragged) return;
    event.preventDefault();
    const { top, height } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const below = event.clientY > top + height / 2;
    if (this.drop?.id !== space.id || this.drop.below !== below) this.drop = { id: space.id, below };
  }

  #onDrop(event: DragEvent): void {
    if (!this.#dragged || !this.drop) return;
    event.preventDefault();
    const { id, below } = this.drop;
    const before = dropBefore(this.spaces, id, below);
    const dragged = this.#dragged;
    this.#endDrag();
    if (before !== dragged) void this.#move(dragged, before);
  }

  #endDrag(): void {
    this.#dragged = this.drop = undefined;
  }
}

const count = (n: number): TemplateResult => html`<span class="badge" data-kind="highlight" aria-hidden="true">${n > 99 ? "99+" : n}</span>`;
const dot = (urgent: boolean): TemplateResult => html`<span class="badge space-dot" data-kind="dot" data-urgent=${urgent ? "" : nothing} aria-hidden="true"></span>`;

customElements.define(SpaceSwitcher.tag, SpaceSwitcher);
