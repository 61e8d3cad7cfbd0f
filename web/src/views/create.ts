// Starting a conversation: with someone, in a new room, or in one that exists.
import { parseID, parseLink, type Client, type MatrixLink } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { openDialog } from "../dialog.js";
import { explain } from "../errors.js";
import { t } from "../messages.js";
import { navigate } from "../route.js";
import { Following, unowned, View } from "../view.js";

type Kind = "direct" | "room" | "join";
const kinds: readonly Kind[] = ["direct", "room", "join"];
const submit: Readonly<Record<Kind, string>> = {
  direct: t.create.submitDirect,
  room: t.create.submitRoom,
  join: t.create.submitJoin,
};

export class Create extends View {
  static override properties = {
    client: { attribute: false },
    close: { attribute: false },
    kind: { state: true },
    open: { state: true },
    problem: { state: true },
    busy: { state: true },
  };

  declare client: Client;
  declare close: () => void;
  declare kind: Kind;
  /** Whether anyone may join the new room: then there is no secret to keep. */
  declare open: boolean;
  declare problem: string;
  declare busy: boolean;
  readonly #encryption = new Following(this, () => this.client, () => unowned(this.client.encryption));

  constructor() {
    super();
    this.kind = "direct";
    this.problem = "";
    this.busy = this.open = false;
  }

  protected override firstUpdated(): void {
    this.find("#create-user")?.focus();
  }

  protected override render(): TemplateResult {
    return html`
      <form class="form" novalidate @submit=${this.#onSubmit}>
        <fieldset class="segments" aria-label=${t.create.kind}>
          ${kinds.map((kind) => html`
            <label><input type="radio" name="kind" .checked=${kind === this.kind} @change=${() => this.#choose(kind)}><span>${t.create[kind]}</span></label>`)}
        </fieldset>
        ${this.#fields()}
        <p class="error" role="alert" id="create-problem">${this.problem}</p>
        <div class="dialog-foot">
          <button type="button" class="button" @click=${() => this.close()}>${t.cancel}</button>
          <button class="button" data-kind="primary" aria-disabled=${this.busy}>${submit[this.kind]}</button>
        </div>
      </form>`;
  }

  #fields(): TemplateResult {
    if (this.kind === "direct") return html`${this.#field("user", t.create.user, t.create.userHint, "ltr")}${this.#encrypt()}`;
    if (this.kind === "join") return this.#field("address", t.create.address, t.create.addressHint, "ltr");
    return html`
      ${this.#field("name", t.create.name, "", "auto")}
      ${this.#field("topic", `${t.create.topic} ${t.create.optional}`, "", "auto")}
      <label class="check"><input type="checkbox" name="public" @change=${(event: Event) => (this.open = (event.target as HTMLInputElement).checked)}>
        ${t.create.public}</label>
      ${this.open ? nothing : this.#encrypt()}`;
  }

  #encrypt(): TemplateResult | typeof nothing {
    if (this.#encryption.snapshot?.available === false) return nothing;
    return html`<label class="check"><input type="checkbox" name="encrypted" checked> ${t.encryption.create}</label>`;
  }

  #field(name: string, label: string, hint: string, dir: "ltr" | "auto"): TemplateResult {
    return html`
      <div class="field">
        <label for="create-${name}">${label}</label>
        <input class="input" id="create-${name}" name=${name} dir=${dir} autocomplete="off"
          autocapitalize=${dir === "ltr" ? "none" : nothing} spellcheck=${dir === "ltr" ? "false" : nothing}
          aria-describedby="create-problem ${hint ? `create-${name}-hint` : ""}">
        ${hint ? html`<p class="hint" id="create-${name}-hint">${hint}</p>` : nothing}
      </div>`;
  }

  #choose(kind: Kind): void {
    this.kind = kind;
    this.open = false;
    this.problem = "";
  }

  readonly #onSubmit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.busy) return;
    const form = new FormData(event.currentTarget as HTMLFormElement);
    this.busy = true;
    this.problem = "";
    try {
      const room = await this.#act((name) => String(form.get(name) ?? "").trim());
      if (room) {
        this.close();
        navigate({ room });
      }
    } catch (error) {
      this.problem = explain(error);
    }
    this.busy = false;
  };

  /** Returns the room to go to; nothing where the input is wrong. */
  async #act(value: (name: string) => string): Promise<string | undefined> {
    if (this.kind === "direct") return this.#startDirect(value("user"));
    if (this.kind === "join") return this.#join(readAddress(value("address")));
    const name = value("name");
    if (!name) return this.#refuse(t.create.needName, "name");
    const topic = value("topic");
    const { open } = this;
    return this.client.rooms.create({
      name,
      ...(topic && { topic }),
      preset: open ? "public_chat" : "private_chat",
      ...(open && { listed: true }),
      ...this.#encrypted(),
    });
  }

  /** Where there is no choice, neither is there encryption. */
  #encrypted(): { encrypted?: boolean } {
    return this.find<HTMLInputElement>("[name='encrypted']")?.checked ? { encrypted: true } : {};
  }

  async #startDirect(text: string): Promise<string | undefined> {
    const address = readAddress(text);
    if (address?.kind !== "user") return this.#refuse(t.create.badUser, "user");
    return this.client.rooms.create({ direct: true, invite: [address.id], preset: "trusted_private_chat", ...this.#encrypted() });
  }

  async #join(address: MatrixLink | undefined): Promise<string | undefined> {
    if (!address || address.kind === "user") return this.#refuse(t.create.badAddress, "address");
    return this.client.rooms.join(address.kind === "room" ? address.id : address.room, { via: address.via });
  }

  #refuse(problem: string, field: string): undefined {
    this.problem = problem;
    this.find(`[name="${field}"]`)?.focus();
  }
}

/** What people paste to name a room or a user. */
const readAddress = (text: string) => parseLink(text) ?? parseID(text);

export function openCreate(client: Client): void {
  openDialog(t.create.title, (close) => html`<alcove-create .client=${client} .close=${close}></alcove-create>`);
}

customElements.define("alcove-create", Create);
