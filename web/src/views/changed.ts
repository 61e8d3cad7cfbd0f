// Says whose identity changed among the people of a room: what is written there
// waits until the user accepts or verifies them.
import type { ChangedIdentity, Client, Person } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { verifyUser } from "../encryption.js";
import { explain } from "../errors.js";
import { t } from "../messages.js";
import { icon } from "../parts.js";
import { Following, View } from "../view.js";

export class Changed extends View {
  static override properties = {
    client: { attribute: false },
    roomId: { attribute: false },
    changed: { attribute: false },
    problem: { state: true },
    busy: { state: true },
  };

  declare client: Client;
  declare roomId: string;
  declare changed: readonly ChangedIdentity[];
  declare problem: string;
  declare busy: boolean;
  readonly #members = new Following(this, () => this.roomId, () => this.client.room(this.roomId).members());

  constructor() {
    super();
    this.problem = "";
    this.busy = false;
  }

  protected override render(): TemplateResult {
    const here = this.#here();
    if (here.length === 0) return html`${nothing}`;
    const { room } = t.encryption;
    const verified = here.some(({ id }) => this.changed.some((one) => one.userId === id && one.verified));
    return html`
      <div class="banner" data-kind="warn" role="alert">
        ${icon("doubt")}
        <p dir="auto">${room.changed(here.map(({ name }) => name))} ${room.waits(verified)}</p>
        ${here.map(({ id, name }) => html`<div class="changed-acts">
          <button type="button" class="button" data-size="small" @click=${() => verifyUser(this.client, id)}>${room.verify(name)}</button>
          <button type="button" class="button" data-size="small" ?disabled=${this.busy} @click=${() => this.#accept(id)}>${room.accept(name)}</button></div>`)}
        ${this.problem ? html`<p class="error">${this.problem}</p>` : nothing}
      </div>`;
  }

  /** Those of them who are in this room. */
  #here(): Person[] {
    const changed = new Set(this.changed.map(({ userId }) => userId));
    return (this.#members.snapshot ?? []).flatMap(({ person }) => (changed.has(person.id) ? [person] : []));
  }

  async #accept(user: string): Promise<void> {
    this.busy = true;
    this.problem = "";
    await this.client.encryption.acceptIdentity(user).catch((error: unknown) => (this.problem = explain(error)));
    this.busy = false;
  }
}

customElements.define("alcove-changed", Changed);
