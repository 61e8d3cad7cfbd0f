// The signed-in page: rooms, the chosen room, its details. On a narrow page
// one of them shows at a time, and the browser's history leads back.
import type { Client, SessionSnapshot } from "alcove";
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { t } from "../messages.js";
import { loadExplore } from "../doors.js";
import { chosenSpace, formatRoute, goUp, navigate, parseRoute, type Route } from "../route.js";
import { tellPlace, tellUnread } from "../title.js";
import { Following, unowned, View } from "../view.js";
import { openHelp } from "./help.js";
import type { RoomList } from "./room-list.js";
import type { RoomView } from "./room-view.js";
import { follow } from "./follow.js";
import "./encryption-banner.js";
import "./pill.js";
import "./room-details.js";
import "./room-view.js";
import "./side.js";
import type { ThreadView } from "./thread.js";
import "./thread.js";
import "./verification-request.js";

export class Shell extends View {
  static override properties = {
    client: { attribute: false },
    session: { attribute: false },
    route: { state: true },
    chosen: { state: true },
  };

  declare client: Client;
  declare session: SessionSnapshot;
  declare route: Route;
  /** The space that the room list is narrowed to. */
  declare chosen: string | undefined;
  readonly #unread = new Following(this, () => this.client, () => this.client.rooms.list({ filter: { unread: true }, window: 1 }));
  #ending: AbortController | undefined;

  constructor() {
    super();
    new Following(this, () => this.client, () => unowned(this.client.capabilities)); // keeps what allows() reads
    this.route = parseRoute(location.hash);
    this.chosen = chosenSpace();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const { signal } = (this.#ending = new AbortController());
    window.addEventListener("popstate", () => this.#go(parseRoute(location.hash)), { signal });
    window.addEventListener("keydown", this.#onKey, { signal });
    this.addEventListener("click", this.#onLink, { signal });
    this.#go(this.route);
  }

  /** A link leaves no step in the history: what it leads to does. */
  #go(route: Route): void {
    this.chosen = chosenSpace();
    if (route.space) loadExplore();
    // A step that chose a space goes nowhere else.
    if (!route.link && !this.route.link && formatRoute(route) === formatRoute(this.route)) return;
    if (!route.link) return void (this.route = route);
    if (this.route.link) this.route = {};
    history.replaceState(history.state, "", formatRoute(this.route));
    follow(this.client, route.link);
  }

  /** Links within the page become steps in its history that know where they came from. */
  readonly #onLink = (event: MouseEvent): void => {
    const hash = (event.target as HTMLElement).closest("a")?.getAttribute("href");
    if (!hash?.startsWith("#/") || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const route = parseRoute(hash);
    if (route.link) follow(this.client, route.link);
    else navigate(route);
  };

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#ending?.abort();
    tellPlace("");
    tellUnread(0);
  }

  protected override updated(changed: PropertyValues<this>): void {
    const before = changed.get("route");
    if (before) void this.#moveFocus(before, this.route);
    if (!this.route.room) tellPlace("");
    const { live } = this.#unread;
    // A list of an earlier time does not know how long it is.
    if (live && !live.stale) tellUnread(live.total);
  }

  protected override render(): TemplateResult {
    const { room, space, details, thread } = this.route;
    const beside = details ? "details" : thread ? "thread" : "room";
    const { live } = this.#unread;
    return html`
      <button type="button" class="skip button" @click=${() => this.#room?.focusMessages()} ?hidden=${!room}>${t.skipToMessages}</button>
      <alcove-encryption-banner .client=${this.client}></alcove-encryption-banner>
      <alcove-verification-request .client=${this.client}></alcove-verification-request>
      <main class="shell" data-pane=${room || space ? beside : "rooms"}>
        <nav class="side" aria-label=${t.rooms.title}>
          <alcove-side .client=${this.client} .session=${this.session} .chosen=${room} .space=${this.chosen} .news=${(live?.total ?? 0) > 0}></alcove-side>
        </nav>
        <div class="pane">${this.#pane()}</div>
        ${this.#beside()}
      </main>`;
  }

  #pane(): TemplateResult {
    const { room, space, event, details = false } = this.route;
    const { client } = this;
    if (space) return html`<alcove-explore .client=${client} .spaceId=${space} .details=${details}></alcove-explore>`;
    return room
      ? html`<alcove-room-view .client=${client} .userId=${this.session.userId ?? ""} .roomId=${room} .event=${event} .details=${details}></alcove-room-view>`
      : html`<div class="room-absent room-none"><img src="/icon.svg" width="72" height="72" alt=""><h2>${t.room.none}</h2></div>`;
  }

  #beside(): TemplateResult | typeof nothing {
    const { room, space, details, thread } = this.route;
    const { client } = this;
    const userId = this.session.userId ?? "";
    if (details) return html`<alcove-room-details .client=${client} .userId=${userId} .roomId=${room ?? space} .up=${space ? { space } : { room }}></alcove-room-details>`;
    return thread ? html`<alcove-thread .client=${client} .userId=${userId} .roomId=${room} .root=${thread}></alcove-thread>` : nothing;
  }

  get #list(): RoomList | null {
    return this.querySelector<RoomList>("alcove-room-list");
  }

  get #room(): RoomView | null {
    return this.querySelector<RoomView>("alcove-room-view");
  }

  /**
   * Focus follows where the user went. The browser goes back in its own time, and
   * who is writing by then keeps the focus: Enter would close or open the details
   * instead of sending.
   */
  async #moveFocus(before: Route, now: Route): Promise<void> {
    await this.#room?.updateComplete;
    if (now.thread && now.thread !== before.thread) this.#toThread();
    else if (before.event && !now.event && now.room === before.room) this.#room?.focusFirst();
    else if (before.thread && !now.thread && now.room === before.room) this.#room?.focusEvent(before.thread);
    else if (now.room && now.room !== before.room) this.#room?.focusFirst();
    else if (now.space && now.space !== before.space) this.find("alcove-explore h1")?.focus();
    else if (!now.room && !now.space) this.#list?.focusRoom(before.room ?? "");
    else if (before.details && !now.details && document.activeElement === document.body) this.find("#room-details")?.focus();
  }

  #toThread(): void {
    const thread = this.querySelector<ThreadView>("alcove-thread");
    void thread?.updateComplete.then(() => thread.focusFirst());
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.isComposing || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    const command = event.ctrlKey || event.metaKey;
    if (command && event.key === "k") this.#toFilter();
    else if (command && event.key === "/") openHelp();
    else if (event.altKey && !command && event.key === "ArrowUp") this.#step(-1);
    else if (event.altKey && !command && event.key === "ArrowDown") this.#step(1);
    else if (event.key !== "Escape" || !this.#escape(event.target as HTMLElement)) return;
    event.preventDefault();
  };

  #toFilter(): void {
    if (this.#list?.checkVisibility()) return this.#list.focusFilter();
    navigate({});
    void this.updateComplete.then(() => this.#list?.focusFilter());
  }

  #step(by: number): void {
    const rooms = this.#list?.rooms ?? [];
    const at = rooms.findIndex((room) => room.id === this.route.room);
    const next = rooms[at < 0 ? 0 : at + by];
    if (next) navigate({ room: next.id });
  }

  /** Closes the details or the thread, or goes to the newest message and the composer. Says whether it did. */
  #escape(target: HTMLElement): boolean {
    if (target instanceof HTMLInputElement && target.value !== "") return false;
    const beside = target.closest("alcove-room-details, alcove-thread") !== null || target === document.body;
    if ((this.route.details || this.route.thread) && beside) {
      const { room, space } = this.route;
      goUp(space ? { space } : { room: room ?? "" });
      return true;
    }
    this.#room?.focusComposer();
    return this.#room !== null;
  }
}

customElements.define("alcove-shell", Shell);
