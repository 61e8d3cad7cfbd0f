// A link to a person, a room or a message, named as the account knows them; whoever
// wrote the link has no say in that.
import type { LiveRoom, MatrixLink, Person } from "alcove";
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { Target } from "../formatted/target.js";
import { t } from "../messages.js";
import { personIn } from "../names.js";
import { avatar } from "../parts.js";
import { roomName } from "../sentences.js";
import { Following, View } from "../view.js";
import type { Shell } from "./shell.js";

type To = Extract<Target, { readonly kind: "matrix" }>;

export class Pill extends View {
  static override properties = {
    // Each time a text is drawn it makes them anew.
    to: { attribute: false, hasChanged: (now: To, before: To | undefined) => now.href !== before?.href },
    person: { state: true },
  };

  declare to: To;
  declare person: Person | undefined;
  readonly #room = new Following<LiveRoom>(this, () => roomOf(this.to.link), () => this.#open());

  #open(): LiveRoom | undefined {
    const id = roomOf(this.to.link);
    return id?.startsWith("!") ? this.#shell?.client.room(id) : undefined;
  }

  /** None in a dialog: what is named there is named by its id. */
  get #shell(): Shell | null {
    return this.closest<Shell>("alcove-shell");
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("to")) void this.#ask(this.to);
  }

  async #ask(to: To): Promise<void> {
    this.person = undefined;
    const client = this.#shell?.client;
    const within = this.closest<HTMLElement & { readonly roomId: string }>("alcove-room-view, alcove-thread, alcove-room-details");
    if (to.link.kind !== "user" || !client || !within) return;
    const person = await personIn(client, within.roomId, to.link.id);
    if (this.to.href === to.href) this.person = person;
  }

  protected override render(): TemplateResult {
    const { link, href } = this.to;
    const own = link.kind === "user" && link.id === this.#shell?.session.userId;
    return html`<a class="pill" data-kind=${link.kind} data-own=${own ? "" : nothing} href=${href} title=${idIn(link)}>${this.#label(link)}</a>`;
  }

  #label(link: MatrixLink): TemplateResult {
    if (link.kind === "user") return named(link.id, this.person?.name ?? link.id, false);
    const known = this.#room.snapshot?.room;
    const id = link.kind === "room" ? link.id : link.room;
    const name = known ? roomName(known) : id.startsWith("#") ? id : t.link.room;
    if (link.kind === "event") return html`<bdi>${known || id.startsWith("#") ? t.link.messageIn(name) : t.link.message}</bdi>`;
    return known ? named(known.direct ?? known.id, name, !known.direct) : html`<bdi>${name}</bdi>`;
  }
}

const named = (id: string, name: string, room: boolean) => html`${avatar(id, name, { room, size: "tiny" })}<bdi>${name}</bdi>`;

const roomOf = (link: MatrixLink) => (link.kind === "room" ? link.id : link.kind === "event" ? link.room : undefined);

/** What the link says, in letters. */
export const idIn = (link: MatrixLink): string => (link.kind === "event" ? `${link.room} ${link.event}` : link.id);

export function pill(to: To): HTMLElement {
  const made = document.createElement("alcove-pill") as Pill;
  made.to = to;
  return made;
}

customElements.define("alcove-pill", Pill);
