// Settings that are saved one by one: each control says for itself how that went.
import { html, type PropertyDeclarations, type TemplateResult } from "lit";
import { explain } from "./errors.js";
import { w } from "./messages-rooms.js";
import { View } from "./view.js";

export abstract class Saving extends View {
  static override properties: PropertyDeclarations = {
    busy: { state: true },
    said: { state: true },
    problems: { state: true },
  };

  /** The control that is being saved. */
  declare busy: string;
  /** The control that was saved last. */
  declare said: string;
  declare problems: Readonly<Record<string, string>>;

  constructor() {
    super();
    this.busy = this.said = "";
    this.problems = {};
  }

  /** Does what a control asks for. Says whether it went well. */
  protected async save(control: string, act: () => Promise<unknown>, say = explain): Promise<boolean> {
    if (this.busy) return false;
    this.busy = control;
    this.said = "";
    this.refuse(control, "");
    try {
      await act();
      this.said = control;
      return true;
    } catch (error) {
      this.refuse(control, say(error));
      return false;
    } finally {
      this.busy = "";
    }
  }

  protected refuse(control: string, problem: string): void {
    this.problems = { ...this.problems, [control]: problem };
  }

  /** How saving a control goes, to stand below it. */
  protected outcome(control: string): TemplateResult {
    return html`
      <p class="hint" role="status">${this.busy === control ? w.busy : this.said === control ? w.saved : ""}</p>
      <p class="error" role="alert" id="problem-${control}">${this.problems[control] ?? ""}</p>`;
  }
}
