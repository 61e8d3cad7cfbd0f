// What a new room or space is to be.
import type { Client, CreateRoomParams } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { allows } from "../../allows.js";
import { w } from "../../messages-rooms.js";
import { t } from "../../messages.js";
import { roomName } from "../../sentences.js";
import { Following, View } from "../../view.js";
import { serverOf } from "./directory.js";

const words = w.create;
type Rule = "invite" | "restricted" | "knock" | "public";

export class NewRoom extends View {
  static override properties = {
    client: { attribute: false },
    kind: { attribute: false },
    space: { attribute: false },
    encryption: { attribute: false },
    rule: { state: true },
    problem: { state: true },
  };

  declare client: Client;
  declare kind: "room" | "space";
  /** The space that it goes into. */
  declare space: string | undefined;
  /** Whether it can be encrypted. */
  declare encryption: boolean;
  declare rule: Rule;
  declare problem: { readonly field: string; readonly text: string } | undefined;
  readonly #parent = new Following(this, () => this.space, () => (this.space ? this.client.room(this.space) : undefined));

  constructor() {
    super();
    this.rule = "invite";
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has("kind")) this.problem = undefined;
    if (!this.#rules().includes(this.rule)) this.rule = "invite";
  }

  /** Reads what was chosen; nothing where something is missing, which it says. */
  read(): CreateRoomParams | undefined {
    const text = (name: string) => this.find<HTMLInputElement>(`[name="${name}"]`)?.value.trim() ?? "";
    const checked = (name: string) => this.find<HTMLInputElement>(`[name="${name}"]`)?.checked ?? false;
    const name = text("name");
    const alias = text("alias").replace(/^#/, "");
    if (!name) return this.#refuse("name", words.needName[this.kind]);
    if (/[\s:]/.test(alias)) return this.#refuse("alias", words.badLocal);
    const { rule, space } = this;
    const topic = text("topic");
    const open = rule === "public";
    return {
      name,
      ...(topic && { topic }),
      preset: open ? "public_chat" : "private_chat",
      ...(open && alias && { alias }),
      ...(open && { listed: checked("listed") }),
      ...((rule === "restricted" || rule === "knock") && { joinRule: rule }),
      ...(this.kind === "space" && { type: "m.space" }),
      ...(space && { space, ...(checked("suggested") && { suggested: true }) }),
      // Where there is no choice, neither is there encryption.
      ...(checked("encrypted") && { encrypted: true }),
      ...(this.find("[name='federated']") && !checked("federated") && { federated: false }),
    };
  }

  #refuse(field: string, text: string): undefined {
    this.problem = { field, text };
    this.find(`[name="${field}"]`)?.focus();
  }

  #rules(): Rule[] {
    const restricted = this.space !== undefined && allows(this.client, "restricted");
    return ["invite", ...(restricted ? ["restricted" as const] : []), ...(allows(this.client, "knock") ? ["knock" as const] : []), "public"];
  }

  protected override render(): TemplateResult {
    const parent = this.#parent.snapshot;
    const name = parent ? roomName(parent.room) : w.space;
    return html`
      <div class="form">
        ${this.#field("name", words.name)}
        ${this.#field("topic", `${this.kind === "space" ? words.about : words.topic} ${t.optional}`)}
        <fieldset class="field choices">
          <legend class="label">${words.who}</legend>
          ${this.#rules().map((rule) => html`
            <label class="check"><input type="radio" name="rule" .checked=${rule === this.rule} @change=${() => (this.rule = rule)}>
              <span dir="auto">${rule === "restricted" ? words.rules.restricted(name) : words.rules[rule]}</span></label>`)}
        </fieldset>
        ${this.rule === "public" ? this.#public() : nothing}
        ${this.space ? html`<label class="check"><input type="checkbox" name="suggested"><span dir="auto">${words.suggested(name)}</span></label>` : nothing}
        ${this.kind === "room" && this.encryption && this.rule !== "public" ? html`<label class="check"><input type="checkbox" name="encrypted" checked> ${t.encryption.create}</label>` : nothing}
        <details class="advanced">
          <summary>${words.advanced}</summary>
          <label class="check"><input type="checkbox" name="federated" checked aria-describedby="federated-hint"> ${words.federated}</label>
          <p class="hint" id="federated-hint">${words.federatedHint}</p>
        </details>
      </div>`;
  }

  #public(): TemplateResult {
    const server = serverOf(this.client);
    return html`
      ${this.#field("alias", `${words.local} ${t.optional}`, words.localHint(server))}
      <label class="check"><input type="checkbox" name="listed" checked> ${words.listed}</label>`;
  }

  #field(name: string, label: string, hint = ""): TemplateResult {
    const wrong = this.problem?.field === name ? this.problem.text : "";
    const code = name === "alias";
    return html`
      <div class="field">
        <label for="create-${name}">${label}</label>
        <input class="input" id="create-${name}" name=${name} dir=${code ? "ltr" : "auto"} autocomplete="off" maxlength=${code ? 200 : 1000}
          autocapitalize=${code ? "none" : nothing} spellcheck=${code ? "false" : nothing} aria-invalid=${wrong ? "true" : nothing}
          aria-describedby="create-${name}-problem ${hint ? `create-${name}-hint` : ""}">
        ${hint ? html`<p class="hint" id="create-${name}-hint">${hint}</p>` : nothing}
        <p class="error" role="alert" id="create-${name}-problem">${wrong}</p>
      </div>`;
  }
}

customElements.define("alcove-new-room", NewRoom);
