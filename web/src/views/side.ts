// The side of the page: the spaces, the chosen one's name, and its rooms.
import type { Client, Room, SessionSnapshot, Space } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { openDialog } from "../dialog.js";
import { openCreate } from "../doors.js";
import { openMenu, type MenuItem } from "../menu.js";
import { t } from "../messages.js";
import { avatar, icon, iconButton } from "../parts.js";
import { chooseSpace, navigate } from "../route.js";
import { roomName } from "../sentences.js";
import { Following, View } from "../view.js";
import { openHelp } from "./help.js";
import "./room-list.js";
import { openSettings } from "./settings.js";
import { spaceMenu } from "./spaces/menu.js";
import { SpaceSwitcher } from "./spaces/switcher.js";

export class Side extends View {
  static override properties = {
    client: { attribute: false },
    session: { attribute: false },
    chosen: { attribute: false },
    space: { attribute: false },
    news: { attribute: false },
    said: { state: true },
  };

  declare client: Client;
  declare session: SessionSnapshot;
  /** The id of the room that is shown. */
  declare chosen: string | undefined;
  /** The id of the space that the list is narrowed to. */
  declare space: string | undefined;
  /** Whether any room has something new. */
  declare news: boolean;
  declare said: string;
  readonly #spaces = new Following(this, () => this.client, () => this.client.spaces.list());
  readonly #invited = new Following(this, () => this.client, () => this.client.rooms.list({ filter: { type: "m.space", kind: "invited" } }));
  readonly #room = new Following(this, () => this.space, () => (this.space ? this.client.room(this.space) : undefined));

  constructor() {
    super();
    this.news = false;
    this.said = "";
  }

  protected override render(): TemplateResult {
    const spaces = this.#spaces.snapshot ?? [];
    const invited = this.#invited.snapshot ?? [];
    const space = spaces.find(({ id }) => id === this.space);
    const any = spaces.length + invited.length > 0;
    return html`
      ${any ? html`<div class="rail">${this.#switcher(spaces, invited, space, false, this.#choose)}</div>` : nothing}
      <div class="side-main">
        ${this.#head(space, any)}
        <alcove-room-list .client=${this.client} .userId=${this.session.userId} .chosen=${this.chosen} .space=${space?.id}></alcove-room-list>
      </div>
      <p class="spoken" role="status">${this.said}</p>`;
  }

  #switcher(spaces: readonly Space[], invited: readonly Room[], space: Space | undefined, labels: boolean, choose: (id: string | undefined) => void): TemplateResult {
    return html`
      <alcove-space-switcher .client=${this.client} .spaces=${spaces} .invited=${invited} .chosen=${space?.id} .news=${this.news} .labels=${labels} .choose=${choose}
        .menu=${this.#menuOf}></alcove-space-switcher>`;
  }

  readonly #menuOf = (space: Space): readonly MenuItem[] => [
    ...(this.find<SpaceSwitcher>(SpaceSwitcher.tag)?.moves(space) ?? []),
    ...spaceMenu(this.client, space.room, space.id === this.space ? this.#room.snapshot?.can : undefined),
  ];

  #head(space: Space | undefined, any: boolean): TemplateResult {
    const name = space ? roomName(space.room) : t.app;
    return html`
      <header class="side-head">
        ${any ? this.#opener(space, name) : nothing}
        <h1 tabindex="-1" title=${space ? name : nothing}><bdi>${name}</bdi></h1>
        ${space ? iconButton("dots", t.spaces.menu(name), (event) => openMenu(event.currentTarget as HTMLElement, t.spaces.menu(name), this.#menuOf(space))) : nothing}
        ${iconButton("help", t.rooms.help, openHelp)}
        ${iconButton("settings", t.rooms.settings, () => openSettings(this.client, this.session))}
        ${iconButton("add", t.rooms.new, () => openCreate(this.client, this.#room.snapshot?.can.children ? { space: space?.id } : {}))}
      </header>`;
  }

  /** On a narrow page the spaces are in a dialog. */
  #opener(space: Space | undefined, name: string): TemplateResult {
    const label = t.spaces.choose(space ? name : t.spaces.home);
    return html`
      <button type="button" class="spaces-open" aria-haspopup="dialog" aria-label=${label} title=${label} @click=${this.#openSheet}>
        ${space ? avatar(space.id, name, { room: true }) : html`<span class="avatar" data-shape="room" data-tone="none" aria-hidden="true">${icon("home")}</span>`}
        ${icon("right")}
      </button>`;
  }

  readonly #openSheet = (): void => {
    const spaces = this.#spaces.snapshot ?? [];
    const dialog = openDialog(t.spaces.title, (close) => this.#switcher(spaces, this.#invited.snapshot ?? [], spaces.find(({ id }) => id === this.space), true, (id) => {
      close();
      this.#choose(id);
    }));
    // It goes on with what changes meanwhile.
    const tree = dialog.querySelector(SpaceSwitcher.tag) as SpaceSwitcher;
    const follow = this.#spaces.live?.subscribe(() => (tree.spaces = this.#spaces.snapshot ?? []));
    dialog.addEventListener("close", () => follow?.());
    void tree.updateComplete.then(() => tree.focusChosen());
  };

  readonly #choose = (id: string | undefined): void => {
    if (this.#invited.snapshot?.some((room) => room.id === id)) return navigate({ room: id ?? "" });
    chooseSpace(id);
    const space = this.#spaces.snapshot?.find((one) => one.id === id);
    this.said = space ? t.spaces.shown(roomName(space.room), space.rooms) : t.spaces.home;
  };
}

customElements.define("alcove-side", Side);
