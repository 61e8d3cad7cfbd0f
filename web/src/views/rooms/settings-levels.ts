// Which power level things take in a room. Levels that no role has are kept.
import type { Levels } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { w } from "../../messages-rooms.js";
import { Section } from "./section.js";

const words = w.settings;
type Action = keyof typeof words.actions;

const roomActions: readonly Action[] = ["users", "events", "invite", "kick", "ban", "redact", "notify", "state"];
const spaceActions: readonly Action[] = ["users", "invite", "kick", "ban", "state"];
/** What the spec says where a room says nothing. */
const defaults: Readonly<Record<Action, number>> = { users: 0, events: 0, state: 50, invite: 0, kick: 50, ban: 50, redact: 50, notify: 50 };

export class LevelSettings extends Section {
  static override properties = { ...Section.properties, changed: { state: true } };

  /** What was chosen and not saved yet, by action or event type. */
  declare changed: Readonly<Record<string, number>>;

  constructor() {
    super();
    this.changed = {};
  }

  protected override render(): TemplateResult {
    const { can, room } = this.details;
    const actions = room.type === "m.space" ? spaceActions : roomActions;
    return html`
      <form class="field" @submit=${this.#submit}>
        <p class="hint">${can.power ? words.levelsHint : words.readOnly}</p>
        <table class="levels">
          <caption class="spoken">${words.levels}</caption>
          <thead><tr><th scope="col">${words.what}</th><th scope="col">${words.role}</th></tr></thead>
          <tbody>
            ${actions.map((action) => this.#row(action, words.actions[action], this.details.levels[action] ?? defaults[action]))}
            ${this.#types().map(([type, level]) => this.#row(type, Object.hasOwn(words.types, type) ? (words.types[type] ?? type) : type, level))}
          </tbody>
        </table>
        ${can.power ? html`<div class="field-foot"><button class="button" data-kind="primary" aria-disabled=${this.busy === "levels" || Object.keys(this.changed).length === 0}>${words.saveLevels}</button></div>` : nothing}
        ${this.outcome("levels")}
      </form>`;
  }

  /** Those that the room sets, and those that people look for. */
  #types(): [string, number][] {
    const { levels, room } = this.details;
    const levelOf = new Map((levels.types ?? []).map(({ type, level }) => [type, level]));
    const state = levels.state ?? defaults.state;
    const usual = Object.keys(words.types).filter((type) => (type === "m.space.child") === (room.type === "m.space") || levelOf.has(type));
    return [...new Set([...usual, ...levelOf.keys()])].map((type) => [type, levelOf.get(type) ?? state]);
  }

  #row(key: string, label: string, level: number): TemplateResult {
    const { can } = this.details;
    const now = this.changed[key] ?? level;
    const steps = [...new Set([0, 50, 100, level])].sort((a, b) => a - b);
    // What takes more than the user has is not the user's to change.
    const may = can.power && level <= can.level;
    const id = `level-${key}`;
    return html`
      <tr><th scope="row" id=${id}><span dir="auto">${label}</span></th>
        <td><select class="input" aria-labelledby=${id} ?disabled=${!may} @change=${(event: Event) => this.#choose(key, level, Number((event.target as HTMLSelectElement).value))}>
          ${steps.map((step) => html`<option value=${step} .selected=${step === now} ?disabled=${step > can.level && step !== level}>${words.roles[step] ?? words.custom(step)}</option>`)}
        </select></td></tr>`;
  }

  #choose(key: string, before: number, level: number): void {
    const { [key]: _, ...rest } = this.changed;
    this.changed = level === before ? rest : { ...rest, [key]: level };
  }

  readonly #submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const entries = Object.entries(this.changed);
    if (entries.length === 0) return;
    const isAction = (key: string) => Object.hasOwn(words.actions, key);
    const types = entries.filter(([key]) => !isAction(key)).map(([type, level]) => ({ type, level }));
    const levels: Levels = { ...Object.fromEntries(entries.filter(([key]) => isAction(key))), ...(types.length && { types }) };
    if (await this.save("levels", () => this.room.setLevels(levels))) this.changed = {};
  };
}

customElements.define("alcove-settings-levels", LevelSettings);
