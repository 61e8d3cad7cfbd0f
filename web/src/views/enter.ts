// Asks whether to join a room that a link leads to.
import type { Client, EventLink, RoomLink, RoomPreview } from "alcove";
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { codeOf, explain } from "../errors.js";
import { t } from "../messages.js";
import { avatar } from "../parts.js";
import { navigate } from "../route.js";
import { View } from "../view.js";

/** Where a link to a room or an event leads in a room that the account has. */
export const placeIn = (room: string, link: RoomLink | EventLink) => (link.kind === "event" ? { room, event: link.event } : { room });

/** A room in which one is, invited or asking to be let in has a view that says so. */
export const isKnown = ({ membership }: RoomPreview): boolean => membership === "join" || membership === "invite" || membership === "knock";

export class Enter extends View {
  static override properties = {
    client: { attribute: false },
    link: { attribute: false },
    looking: { attribute: false },
    close: { attribute: false },
    room: { state: true },
    problem: { state: true },
    pending: { state: true },
  };

  declare client: Client;
  declare link: RoomLink | EventLink;
  declare looking: Promise<RoomPreview>;
  declare close: () => void;
  declare room: RoomPreview | undefined;
  declare problem: string;
  /** What is waited for. */
  declare pending: "look" | "act" | undefined;

  constructor() {
    super();
    this.problem = "";
    this.pending = "look";
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("looking")) void this.#look();
  }

  async #look(): Promise<void> {
    try {
      this.room = await this.looking;
    } catch (error) {
      this.problem = codeOf(error) === "server.notFound" ? t.link.notShown : explain(error);
    }
    this.pending = undefined;
    if (this.room && isKnown(this.room)) this.#leaveFor(this.room.id);
  }

  protected override render(): TemplateResult {
    const act = this.#act();
    return html`
      <div class="details-about">${this.#about()}</div>
      <p class="hint" role="status">${this.pending ? t.patience : nothing}</p>
      <p class="error" role="alert">${this.problem}</p>
      <div class="dialog-foot">
        <button type="button" class="button" @click=${() => this.close()}>${t.cancel}</button>
        ${act ? html`<button type="button" class="button" data-kind="primary" aria-disabled=${this.pending !== undefined} @click=${() => this.#run(act)}>${t.link[act]}</button>` : nothing}
      </div>`;
  }

  #about(): TemplateResult {
    const { room, link } = this;
    const named = link.kind === "room" ? link.id : link.room;
    const name = room?.name || room?.alias || named;
    const how = room?.entry.how;
    return html`
      ${avatar(room?.id ?? named, name, { room: true, size: "large" })}
      <h3 dir="auto">${name}</h3>
      ${room?.topic ? html`<p class="details-topic" dir="auto">${room.topic}</p>` : nothing}
      ${room ? html`<p class="hint">${t.link.members(room.joined)}</p>` : nothing}
      ${name === named ? nothing : html`<p class="details-alias"><code>${named}</code></p>`}
      ${how === "invite" ? html`<p>${t.link.onlyInvited}</p>` : how === "banned" ? html`<p>${t.link.banned}</p>` : nothing}`;
  }

  /** Of a room that is not shown the server alone knows whether one may join. */
  #act(): "join" | "knock" | undefined {
    const how = this.room?.entry.how ?? "join";
    return how === "join" || how === "knock" ? how : undefined;
  }

  async #run(act: "join" | "knock"): Promise<void> {
    if (this.pending) return;
    const { client, link, room } = this;
    this.pending = "act";
    this.problem = "";
    const via = [...new Set([...link.via, ...(room?.via ?? [])])];
    try {
      const id = await client.rooms[act](room?.id ?? (link.kind === "room" ? link.id : link.room), { via });
      this.#leaveFor(id);
    } catch (error) {
      this.problem = explain(error);
    }
    this.pending = undefined;
  }

  /** Whoever closed the dialog meanwhile stays where they are. */
  #leaveFor(room: string): void {
    if (!this.isConnected) return;
    this.close();
    navigate(placeIn(room, this.link));
  }
}

customElements.define("alcove-enter", Enter);
