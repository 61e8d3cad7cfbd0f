// The members of a room: found by name, in sections by how they stand to it.
import type { Client, LiveRoom, Member, RoomDetails } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { openMemberMenu } from "../doors.js";
import { openDevices } from "../encryption.js";
import { explain } from "../errors.js";
import { t } from "../messages.js";
import { avatar, iconButton } from "../parts.js";
import { Following, View } from "../view.js";

/** Members drawn at first and added on scrolling. */
const page = 60;
const words = t.members;
type Kind = keyof typeof words.sections;
/** Who asks to be let in is waiting for an answer. */
const kinds: readonly Kind[] = ["knock", "join", "invite", "ban"];

export class Members extends View {
  static override properties = {
    client: { attribute: false },
    userId: { attribute: false },
    room: { attribute: false },
    details: { attribute: false },
    shown: { state: true },
    text: { state: true },
    busy: { state: true },
    problem: { state: true },
  };

  declare client: Client;
  declare userId: string;
  declare room: LiveRoom;
  declare details: RoomDetails;
  declare shown: number;
  declare text: string;
  /** Who is being let in or refused. */
  declare busy: string;
  declare problem: string;
  readonly #members = new Following(this, () => this.room.id, () => this.client.room(this.room.id).members());
  readonly #ignored = new Following(this, () => this.client, () => this.client.people.ignored());


  constructor() {
    super();
    this.shown = page;
    this.text = this.busy = this.problem = "";
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    const before = changed.get("room") as LiveRoom | undefined;
    if (!before || before.id === this.room.id) return;
    this.shown = page;
    this.text = this.problem = "";
  }

  /** The panel around it was scrolled near its end. */
  more(): void {
    if (this.shown < (this.#members.snapshot?.length ?? 0)) this.shown += page;
  }

  protected override render(): TemplateResult {
    const members = this.#members.snapshot ?? [];
    const error = this.#members.live?.error;
    const text = this.text.toLocaleLowerCase();
    const found = text ? members.filter(({ person }) => `${person.name} ${person.id}`.toLocaleLowerCase().includes(text)) : members;
    return html`
      <section aria-labelledby="members-title">
        <h2 class="members-title" id="members-title">${t.details.members(this.details.joined || members.length)}</h2>
        ${error ? html`<p class="error" role="alert">${explain(error)}</p>` : nothing}
        ${members.length > 8 || text ? this.#search(found.length) : nothing}
        <p class="error" role="alert">${this.problem}</p>
        ${this.#sections(found)}
      </section>`;
  }

  #search(found: number): TemplateResult {
    return html`
      <search><input class="input" type="search" dir="auto" autocomplete="off" spellcheck="false" aria-label=${words.search} placeholder=${words.search}
        .value=${this.text} @input=${(event: Event) => (this.text = (event.target as HTMLInputElement).value.trim())}></search>
      <p class=${found ? "spoken" : "hint"} role="status">${this.text ? words.found(found) : ""}</p>`;
  }

  #sections(found: readonly Member[]): TemplateResult[] {
    let left = this.shown;
    return kinds.flatMap((kind) => {
      const all = found.filter(({ membership }) => membership === kind);
      const drawn = all.slice(0, Math.max(0, left));
      left -= all.length;
      return drawn.length ? [this.#section(kind, all.length, drawn)] : [];
    });
  }

  #section(kind: Kind, count: number, members: readonly Member[]): TemplateResult {
    const list = html`<ul class="members">${repeat(members, (member) => member.key, (member) => this.#member(member))}</ul>`;
    return kind === "join" ? list : html`<h3 class="members-section">${words.sections[kind]} <span class="members-count">${count}</span></h3>${list}`;
  }

  #member(member: Member): TemplateResult {
    const { person, membership, presence } = member;
    const ignored = this.#ignored.snapshot?.users.includes(person.id) ?? false;
    const role = roleOf(member);
    const there = ignored ? words.ignored : presence === "online" || presence === "unavailable" ? t.details[presence] : "";
    return html`
      <li class="member" data-presence=${ignored ? nothing : presence ?? nothing}>
        ${avatar(person.id, person.name)}
        <span class="member-name"><bdi>${person.name}</bdi><span class="member-id" dir="ltr">${person.id}</span></span>
        ${this.details.room.encrypted && membership === "join" && person.id !== this.userId
          ? iconButton("shield", t.encryption.details.devicesOf(person.name), () => openDevices(this.client, person)) : nothing}
        <span class="member-role">${role}${there ? html`<span class=${ignored ? nothing : "member-there"}>${there}</span>` : nothing}</span>
        ${iconButton("dots", words.menu(person.name), (event) => this.#open(event, member, ignored))}
        ${membership === "knock" ? this.#answer(member) : nothing}
      </li>`;
  }

  #open(event: Event, member: Member, ignored: boolean): void {
    const { client, room, details, userId } = this;
    openMemberMenu(event.currentTarget as HTMLElement, { client, room, details, member, userId, ignored });
  }

  #answer({ person }: Member): TemplateResult | typeof nothing {
    const { can } = this.details;
    if (!can.invite && !can.kick) return nothing;
    const button = (label: string, full: string, kind: string, act: () => Promise<void>) => html`
      <button type="button" class="button" data-size="small" data-kind=${kind} aria-label=${full} aria-disabled=${this.busy === person.id} @click=${() => this.#run(person.id, act)}>${label}</button>`;
    return html`
      <span class="member-answer">
        ${can.invite ? button(words.letIn, words.letInOf(person.name), "primary", () => this.room.invite(person.id)) : nothing}
        ${can.kick ? button(words.refuse, words.refuseOf(person.name), "plain", () => this.room.kick(person.id)) : nothing}
      </span>`;
  }

  async #run(user: string, act: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = user;
    this.problem = "";
    try {
      await act();
    } catch (error) {
      this.problem = explain(error);
    }
    this.busy = "";
  }
}

function roleOf({ power, creator }: Member): string {
  if (creator) return t.details.creator;
  return power >= 100 ? t.details.admin : power >= 50 ? t.details.moderator : "";
}

customElements.define("alcove-members", Members);
