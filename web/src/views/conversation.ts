// A timeline with its composer: what one asks of the other goes through here.
import type { ComposeEvent } from "./row-acts.js";
import type { Composer } from "./composer.js";
import type { Timeline } from "./timeline.js";
import { View } from "../view.js";

export abstract class Conversation extends View {
  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener("alcove-compose", this.#onCompose);
    this.addEventListener("alcove-edit-last", this.#onEditLast);
    this.addEventListener("alcove-sent", this.#onSent);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.removeEventListener("alcove-compose", this.#onCompose);
    this.removeEventListener("alcove-edit-last", this.#onEditLast);
    this.removeEventListener("alcove-sent", this.#onSent);
  }

  protected get composer(): Composer | null {
    return this.find<Composer>("alcove-composer");
  }

  protected get messages(): Timeline | null {
    return this.find<Timeline>("alcove-timeline");
  }

  readonly #onCompose = (event: Event): void => {
    const { kind, item } = (event as ComposeEvent).detail;
    this.composer?.begin(kind, item);
  };

  readonly #onEditLast = (): void => {
    this.messages?.editLast();
  };

  readonly #onSent = (): void => {
    this.messages?.toNewest();
  };
}
