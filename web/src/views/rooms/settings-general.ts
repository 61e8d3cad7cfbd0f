// A room's name, topic and addresses.
import { parseID, type RoomAddresses } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { codeOf, explain } from "../../errors.js";
import { w } from "../../messages-rooms.js";
import { serverOf } from "./directory.js";
import { Section } from "./section.js";

const words = w.settings;

export class GeneralSettings extends Section {
  static override properties = { ...Section.properties, addresses: { state: true } };

  /** Those on the user's server. */
  declare addresses: RoomAddresses | undefined;

  protected override firstUpdated(): void {
    void this.#look();
  }

  async #look(): Promise<void> {
    try {
      this.addresses = await this.room.addresses();
    } catch (error) {
      this.refuse("alias", explain(error));
    }
  }

  protected override render(): TemplateResult {
    const { can, topic = "", room } = this.details;
    return html`
      <div class="form">
        ${this.#text("name", words.name, room.named.from === "name" ? room.name : "", can.name, (text) => this.room.setName(text))}
        ${this.#text("topic", words.topic, topic, can.topic, (text) => this.room.setTopic(text))}
        <section class="field" aria-labelledby="addresses-title">
          <h3 class="label" id="addresses-title">${words.addresses}</h3>
          ${this.#list()}
          ${this.#new()}
          ${this.addresses && can.aliases ? html`
            <label class="check"><input type="checkbox" .checked=${this.addresses.listed} @change=${this.#setListed}> ${words.listed}</label>${this.outcome("listed")}` : nothing}
        </section>
      </div>`;
  }

  #text(name: "name" | "topic", label: string, value: string, may: boolean, set: (text: string) => Promise<unknown>): TemplateResult {
    const submit = (event: SubmitEvent) => {
      event.preventDefault();
      const text = this.find<HTMLInputElement>(`#settings-${name}`)?.value.trim() ?? "";
      if (text !== value) void this.save(name, () => set(text));
    };
    const common = { id: `settings-${name}`, problem: `problem-${name}` };
    return html`
      <form class="field" @submit=${submit}>
        <label for=${common.id}>${label}</label>
        ${name === "topic"
          ? html`<textarea class="input" id=${common.id} rows="3" dir="auto" maxlength="5000" .value=${value} ?readonly=${!may} aria-describedby=${common.problem}></textarea>`
          : html`<input class="input" id=${common.id} dir="auto" maxlength="255" autocomplete="off" .value=${value} ?readonly=${!may} aria-describedby=${common.problem}>`}
        ${may ? html`<div class="field-foot"><button class="button" data-size="small" aria-label=${`${w.save}: ${label}`} aria-disabled=${this.busy === name}>${w.save}</button></div>` : html`<p class="hint">${words.readOnly}</p>`}
        ${this.outcome(name)}
      </form>`;
  }

  #list(): TemplateResult {
    const { alias, aliases = [] } = this.details;
    const local = this.addresses?.local ?? [];
    const all = [...new Set([...(alias ? [alias] : []), ...local, ...aliases])];
    if (all.length === 0) return html`<p class="hint">${words.noAddress}</p>`;
    return html`<ul class="addresses">${all.map((one) => this.#address(one, one === alias, local.includes(one)))}</ul>`;
  }

  #address(alias: string, main: boolean, local: boolean): TemplateResult {
    const may = this.details.can.aliases;
    return html`
      <li>
        <code dir="ltr">${alias}</code>${main ? html`<span class="tag" data-kind="good">${words.isMain}</span>` : nothing}
        <span class="address-acts">
          ${may && !main ? html`<button type="button" class="button" data-size="small" data-kind="quiet" aria-label=${words.makeMainOf(alias)} @click=${() => this.#change(() => this.room.setAlias(alias, { main: true }))}>${words.makeMain}</button>` : nothing}
          ${may && local ? html`<button type="button" class="button" data-size="small" data-kind="quiet" aria-label=${words.removeOf(alias)} @click=${() => this.#change(() => this.room.removeAlias(alias))}>${words.remove}</button>` : nothing}
        </span>
      </li>`;
  }

  #new(): TemplateResult {
    if (!this.details.can.aliases) return this.outcome("alias");
    return html`
      <form class="address-new" @submit=${this.#add}>
        <label class="spoken" for="settings-alias">${words.newAddress}</label>
        <span aria-hidden="true">#</span>
        <input class="input" id="settings-alias" dir="ltr" autocapitalize="none" autocomplete="off" spellcheck="false" maxlength="200" placeholder=${words.newAddress} aria-describedby="problem-alias">
        <span dir="ltr">:${serverOf(this.client)}</span>
        <button class="button" data-size="small">${words.add}</button>
      </form>
      ${this.outcome("alias")}`;
  }

  readonly #add = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const field = this.find<HTMLInputElement>("#settings-alias");
    const local = field?.value.trim().replace(/^#/, "") ?? "";
    const alias = `#${local}:${serverOf(this.client)}`;
    if (!local || /[\s:]/.test(local) || parseID(alias)?.kind !== "room") return this.refuse("alias", w.create.badLocal);
    if ((await this.#change(() => this.room.setAlias(alias, this.details.alias ? {} : { main: true }))) && field) field.value = "";
  };

  async #change(act: () => Promise<unknown>): Promise<boolean> {
    const done = await this.save("alias", act, (error) => (codeOf(error) === "server.refused" ? words.taken : explain(error)));
    if (done) await this.#look();
    return done;
  }

  readonly #setListed = async (event: Event): Promise<void> => {
    const box = event.target as HTMLInputElement;
    const listed = box.checked;
    if (await this.save("listed", () => this.room.setListed(listed))) await this.#look();
    else box.checked = !listed;
  };
}

customElements.define("alcove-settings-general", GeneralSettings);
