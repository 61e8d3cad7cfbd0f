// A message's formatted text. Until what makes it safe is loaded, and where
// that fails, it shows the plain text that came along.
import { html, type PropertyValues } from "lit";
import { linked } from "../parts.js";
import { View } from "../view.js";
import type { sanitize } from "./sanitize.js";

let ready: typeof sanitize | undefined;
let loading: Promise<unknown> | undefined;

function load(): Promise<unknown> {
  loading ??= import("./sanitize.js").then((module) => (ready = module.sanitize), () => (loading = undefined));
  return loading;
}

export class Formatted extends View {
  static override properties = {
    markup: { attribute: false },
    plain: { attribute: false },
  };

  /** What came as HTML. */
  declare markup: string;
  /** The same without format. */
  declare plain: string;
  #shown: HTMLElement | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    if (!ready) void load().then(() => this.requestUpdate("markup"));
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("markup")) this.#shown = this.#sanitize();
  }

  #sanitize(): HTMLElement | undefined {
    try {
      return ready?.(this.markup);
    } catch {
      return undefined; // whoever found a way to break it gets no formats
    }
  }

  protected override render() {
    return this.#shown ? html`<div class="formatted" @click=${showSpoiler}>${this.#shown}</div>` : linked(this.plain);
  }
}

function showSpoiler(event: Event): void {
  const button = (event.target as HTMLElement).closest<HTMLElement>(".spoiler-show");
  const hidden = button?.nextElementSibling;
  if (!button || !(hidden instanceof HTMLElement)) return;
  hidden.hidden = !hidden.hidden;
  button.setAttribute("aria-expanded", String(!hidden.hidden));
}

customElements.define("alcove-formatted", Formatted);
