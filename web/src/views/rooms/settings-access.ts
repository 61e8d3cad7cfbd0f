// Who may join a room, who may read what was written, and encryption.
import type { Room } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { w } from "../../messages-rooms.js";
import { roomName } from "../../sentences.js";
import { Following } from "../../view.js";
import { Section } from "./section.js";

const words = w.settings;
const lists = new Set(["restricted", "knock_restricted"]);

export class AccessSettings extends Section {
  static override properties = { ...Section.properties, rule: { state: true }, allow: { state: true } };

  /** What was chosen and not saved yet. */
  declare rule: string | undefined;
  declare allow: readonly string[] | undefined;
  readonly #spaces = new Following(this, () => this.client, () => this.client.rooms.list({ filter: { type: "m.space", kind: "joined" }, sort: "name" }));

  protected override render(): TemplateResult {
    const { room } = this.details;
    return html`
      <div class="form">
        ${this.#join()}
        ${this.#history()}
        <section class="field"><h3 class="label">${words.encryption}</h3><p>${room.encrypted ? words.encrypted : words.plain}</p></section>
        <section class="field"><h3 class="label">${words.guests}</h3><p>${this.details.guests ? words.guestsMay : words.guestsMayNot}</p></section>
      </div>`;
  }

  #join(): TemplateResult {
    const { can, joinRule } = this.details;
    const rule = this.rule ?? joinRule;
    const changed = this.rule !== undefined || this.allow !== undefined;
    return html`
      <form class="field" @submit=${this.#saveRule}>
        <fieldset class="field choices" ?disabled=${!can.access} aria-describedby="problem-rule">
          <legend class="label">${words.join}</legend>
          ${this.#rules(joinRule).map((one) => html`
            <label class="check"><input type="radio" name="join-rule" .checked=${one === rule} @change=${() => (this.rule = one)}> ${words.rules[one] ?? (one === "private" ? words.private : one)}</label>`)}
        </fieldset>
        ${lists.has(rule) ? this.#allowed(can.access) : nothing}
        ${can.access ? html`<div class="field-foot"><button class="button" data-size="small" aria-label=${`${w.save}: ${words.join}`} aria-disabled=${!changed || this.busy === "rule"}>${w.save}</button></div>` : html`<p class="hint">${words.readOnly}</p>`}
        ${this.outcome("rule")}
      </form>`;
  }

  /** What the room's version has; the one it has now in any case. */
  #rules(now: string): string[] {
    const version = Number.parseInt(this.details.version, 10);
    const knock = version >= 7;
    const restricted = version >= 8;
    const both = version >= 10;
    const rules = ["invite", ...(restricted ? ["restricted"] : []), ...(knock ? ["knock"] : []), ...(both ? ["knock_restricted"] : []), "public"];
    return rules.includes(now) ? rules : [now, ...rules];
  }

  #allowed(may: boolean): TemplateResult {
    const allow = this.allow ?? this.details.allow ?? [];
    const known = this.#spaces.snapshot ?? [];
    const others = allow.filter((id) => !known.some((room) => room.id === id));
    const pick = (id: string, label: unknown) => html`
      <label class="check"><input type="checkbox" .checked=${allow.includes(id)} @change=${() => this.#pick(id)}> <bdi>${label}</bdi></label>`;
    return html`
      <fieldset class="field choices choices-inner" ?disabled=${!may}>
        <legend class="label">${words.allow}</legend>
        ${known.filter((room) => room.id !== this.room.id).map((room: Room) => pick(room.id, roomName(room)))}
        ${others.map((id) => pick(id, id))}
      </fieldset>`;
  }

  #pick(id: string): void {
    const allow = this.allow ?? this.details.allow ?? [];
    this.allow = allow.includes(id) ? allow.filter((one) => one !== id) : [...allow, id];
  }

  readonly #saveRule = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.rule === undefined && this.allow === undefined) return;
    const rule = this.rule ?? this.details.joinRule;
    const allow = this.allow ?? this.details.allow ?? [];
    if (lists.has(rule) && allow.length === 0) return this.refuse("rule", words.allowNone);
    const done = await this.save("rule", () => this.room.setAccess(rule, lists.has(rule) ? { allow } : {}));
    if (done) this.rule = this.allow = undefined;
  };

  #history(): TemplateResult {
    const { can, history } = this.details;
    const all = Object.keys(words.visibility);
    return html`
      <div class="field">
        <label for="settings-history">${words.history}</label>
        <select class="input" id="settings-history" ?disabled=${!can.history} aria-describedby="history-hint problem-history" @change=${this.#saveHistory}>
          ${(all.includes(history) ? all : [history, ...all]).map((one) => html`<option value=${one} .selected=${one === history}>${words.visibility[one] ?? one}</option>`)}
        </select>
        <p class="hint" id="history-hint">${can.history ? words.historyHint : words.readOnly}</p>
        ${this.outcome("history")}
      </div>`;
  }

  readonly #saveHistory = async (event: Event): Promise<void> => {
    const select = event.target as HTMLSelectElement;
    if (!(await this.save("history", () => this.room.setHistory(select.value)))) select.value = this.details.history;
  };
}

customElements.define("alcove-settings-access", AccessSettings);
