// Starting a conversation: with someone, in a new room or space, or in one that exists.
import type { Client } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { Acting } from "../../acting.js";
import { openDialog } from "../../dialog.js";
import { directWith, startDirect } from "../../direct.js";
import type { CreateOptions } from "../../doors.js";
import { w } from "../../messages-rooms.js";
import { t } from "../../messages.js";
import { navigate, type Route } from "../../route.js";
import { Following, unowned } from "../../view.js";
import { openDirectory, readRoom } from "./directory.js";
import type { NewRoom } from "./new-room.js";
import "./new-room.js";
import type { PeoplePicker } from "./people-picker.js";
import "./people-picker.js";

const words = w.create;
type Kind = NonNullable<CreateOptions["kind"]>;

export class Create extends Acting {
  static override properties = {
    client: { attribute: false },
    space: { attribute: false },
    close: { attribute: false },
    kind: { attribute: false },
  };

  declare client: Client;
  /** The space that the new room goes into. */
  declare space: string | undefined;
  declare close: () => void;
  declare kind: Kind;
  readonly #encryption = new Following(this, () => this.client, () => unowned(this.client.encryption));

  constructor() {
    super();
    this.kind = "direct";
  }

  protected override firstUpdated(): void {
    const picker = this.find<PeoplePicker>("alcove-people-picker");
    if (picker) void picker.updateComplete.then(() => picker.focusField());
    else this.find<HTMLElement & { updateComplete: Promise<boolean> }>("alcove-new-room")?.updateComplete.then(() => this.find(".field .input")?.focus());
  }

  protected override render(): TemplateResult {
    const kinds = (Object.keys(words.kinds) as Kind[]).filter((kind) => !this.space || kind === "room" || kind === "space");
    return html`
      <form class="form" novalidate @submit=${this.#onSubmit}>
        <fieldset class="segments" aria-label=${words.kind}>
          ${kinds.map((kind) => html`
            <label><input type="radio" name="kind" .checked=${kind === this.kind} @change=${() => this.#choose(kind)}><span>${words.kinds[kind]}</span></label>`)}
        </fieldset>
        ${this.#fields()}
        <p class="error" role="alert" id="create-problem">${this.problem}</p>
        <div class="dialog-foot">
          <button type="button" class="button" @click=${() => this.close()}>${t.cancel}</button>
          <button class="button" data-kind="primary" aria-disabled=${this.busy}>${words.submit[this.kind]}</button>
        </div>
      </form>`;
  }

  #fields(): TemplateResult {
    const encryption = this.#encryption.snapshot?.available !== false;
    if (this.kind === "direct") {
      return html`
        <alcove-people-picker .client=${this.client} .single=${true} .left=${new Set([this.client.session.getSnapshot().userId ?? ""])}></alcove-people-picker>
        ${encryption ? html`<label class="check"><input type="checkbox" name="encrypted" checked> ${t.encryption.create}</label>` : nothing}`;
    }
    if (this.kind === "join") return this.#address();
    return html`<alcove-new-room .client=${this.client} .kind=${this.kind} .space=${this.space} .encryption=${encryption}></alcove-new-room>`;
  }

  #address(): TemplateResult {
    return html`
      <div class="field">
        <label for="create-address">${words.address}</label>
        <input class="input" id="create-address" name="address" dir="ltr" autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="create-problem create-address-hint">
        <p class="hint" id="create-address-hint">${words.addressHint}</p>
      </div>
      <button type="button" class="button" @click=${() => { this.close(); openDirectory(this.client); }}>${words.find}</button>`;
  }

  #choose(kind: Kind): void {
    this.kind = kind;
    this.problem = "";
  }

  readonly #onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    void this.attempt(async () => {
      const to = await this.#act();
      if (!to) return;
      this.close();
      navigate(to);
    });
  };

  /** Returns where to go; nothing where the input is wrong. */
  async #act(): Promise<Route | undefined> {
    if (this.kind === "direct") return this.#startDirect();
    if (this.kind === "join") return this.#join();
    const params = this.find<NewRoom>("alcove-new-room")?.read();
    if (!params) return undefined;
    const id = await this.client.rooms.create(params);
    return params.type ? { space: id } : { room: id };
  }

  async #startDirect(): Promise<Route | undefined> {
    const picker = this.find<PeoplePicker>("alcove-people-picker");
    if (!picker?.settle()) return undefined;
    const [person] = picker.picked;
    if (!person) return undefined;
    const encrypted = this.find<HTMLInputElement>("[name='encrypted']")?.checked ?? false;
    return { room: (await directWith(this.client, person.id)) ?? (await startDirect(this.client, person.id, encrypted)) };
  }

  async #join(): Promise<Route | undefined> {
    const field = this.find<HTMLInputElement>("#create-address");
    const address = readRoom(field?.value.trim() ?? "");
    if (address) return { room: await this.client.rooms.join(address.room, { via: address.via }) };
    this.problem = words.badAddress;
    field?.focus();
    return undefined;
  }
}

export function openCreate(client: Client, { space, kind = space ? "room" : "direct" }: CreateOptions = {}): void {
  openDialog(words.title, (close) => html`<alcove-create .client=${client} .space=${space} .kind=${kind} .close=${close}></alcove-create>`);
}

customElements.define("alcove-create", Create);
