// Says whose identity changed among the people of a room: what is written there
// waits until the user accepts or verifies them.
import type { ChangedIdentity, Client, Person } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { Acting } from "../acting.js";
import { verifyUser } from "../encryption.js";
import { t } from "../messages.js";
import { icon } from "../parts.js";
import { Following } from "../view.js";

export class Changed extends Acting {
  static override properties = {
    client: { attribute: false },
    roomId: { attribute: false },
    changed: { attribute: false },
  };

  declare client: Client;
  declare roomId: string;
  declare changed: readonly ChangedIdentity[];
  readonly #members = new Following(this, () => this.roomId, () => this.client.room(this.roomId).members());

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
          <button type="button" class="button" data-size="small" ?disabled=${this.busy} @click=${() => this.attempt(() => this.client.encryption.acceptIdentity(id))}>${room.accept(name)}</button></div>`)}
        ${this.problem ? html`<p class="error">${this.problem}</p>` : nothing}
      </div>`;
  }

  /** Those of them who are in this room. */
  #here(): Person[] {
    const changed = new Set(this.changed.map(({ userId }) => userId));
    return (this.#members.snapshot ?? []).flatMap(({ person }) => (changed.has(person.id) ? [person] : []));
  }
}

customElements.define("alcove-changed", Changed);
