// A view that does one thing at a time, and says what went wrong with it.
import type { PropertyDeclarations } from "lit";
import { explain } from "./errors.js";
import { View } from "./view.js";

export abstract class Acting extends View {
  static override properties: PropertyDeclarations = {
    busy: { state: true },
    problem: { state: true },
  };

  declare busy: boolean;
  /** What went wrong, for the user. */
  declare problem: string;

  constructor() {
    super();
    this.busy = false;
    this.problem = "";
  }

  /** Does it, unless something is being done already. */
  protected async attempt(act: () => Promise<unknown>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.problem = "";
    try {
      await act();
    } catch (error) {
      this.problem = explain(error);
    }
    this.busy = false;
  }
}
