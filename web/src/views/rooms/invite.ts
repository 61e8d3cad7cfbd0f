// Invites people to a room or a space.
import type { Client, Person } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { openDialog } from "../../dialog.js";
import { explain } from "../../errors.js";
import { w } from "../../messages-rooms.js";
import { t } from "../../messages.js";
import { roomName } from "../../sentences.js";
import { Following, View } from "../../view.js";
import type { PeoplePicker } from "./people-picker.js";
import "./people-picker.js";

const words = w.invite;

export class Invite extends View {
  static override properties = {
    client: { attribute: false },
    roomId: { attribute: false },
    close: { attribute: false },
    count: { state: true },
    busy: { state: true },
    problem: { state: true },
  };

  declare client: Client;
  declare roomId: string;
  declare close: () => void;
  declare count: number;
  /** What is being said of the progress; empty while nothing goes on. */
  declare busy: string;
  declare problem: string;
  readonly #room = new Following(this, () => this.roomId, () => this.client.room(this.roomId));
  readonly #members = new Following(this, () => this.roomId, () => this.client.room(this.roomId).members());

  constructor() {
    super();
    this.count = 0;
    this.busy = this.problem = "";
  }

  protected override firstUpdated(): void {
    void this.#picker?.updateComplete.then(() => this.#picker?.focusField());
  }

  get #picker(): PeoplePicker | null {
    return this.find<PeoplePicker>("alcove-people-picker");
  }

  protected override render(): TemplateResult {
    const here = this.#members.snapshot?.filter(({ membership }) => membership === "join" || membership === "invite") ?? [];
    return html`
      <form class="form" novalidate @submit=${this.#onSubmit} @change=${() => (this.count = this.#picker?.picked.length ?? 0)}>
        <alcove-people-picker .client=${this.client} .left=${new Set(here.map(({ key }) => key))}></alcove-people-picker>
        ${this.#room.snapshot?.room.encrypted ? html`<p class="hint">${words.keys}</p>` : nothing}
        <p class="hint" role="status">${this.busy}</p>
        <p class="error" role="alert">${this.problem}</p>
        <div class="dialog-foot">
          <button type="button" class="button" @click=${() => this.close()}>${t.cancel}</button>
          <button class="button" data-kind="primary" aria-disabled=${this.busy !== ""}>${words.submit(this.count)}</button>
        </div>
      </form>`;
  }

  readonly #onSubmit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const picker = this.#picker;
    this.problem = "";
    if (this.busy || !picker?.settle()) return;
    const failed = await this.#invite(picker.picked);
    this.busy = "";
    if (failed.length === 0) return this.close();
    picker.picked = failed.map(({ person }) => person);
    this.count = failed.length;
    this.problem = words.failed(failed.map(({ person, why }) => words.failure(person.name, why)));
  };

  /** One after the other: servers limit how many a user may send at a time. Who could not be invited stays chosen. */
  async #invite(people: readonly Person[]): Promise<{ person: Person; why: string }[]> {
    const room = this.#room.live;
    const failed: { person: Person; why: string }[] = [];
    for (const [done, person] of people.entries()) {
      this.busy = words.progress(done + 1, people.length);
      await room?.invite(person.id).catch((error: unknown) => failed.push({ person, why: explain(error) }));
    }
    return failed;
  }
}

export function openInvite(client: Client, roomId: string): void {
  const room = client.room(roomId);
  void room.ready.catch(() => {}).then(() => {
    const known = room.getSnapshot()?.room;
    room.close();
    openDialog(words.title(known ? roomName(known) : w.unnamed), (close) => html`<alcove-invite .client=${client} .roomId=${roomId} .close=${close}></alcove-invite>`);
  });
}

customElements.define("alcove-invite", Invite);
