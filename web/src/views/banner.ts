// Tells how the connection and the storage are, when there is something to tell.
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import type { Notice, NoticeAct } from "../notice.js";
import { t } from "../messages.js";
import { View } from "../view.js";

export class Banner extends View {
  static override properties = {
    notice: { attribute: false },
    act: { attribute: false },
    shown: { state: true },
  };

  /** What is so now; it shows once it has been so for as long as it says. */
  declare notice: Notice | undefined;
  declare act: (act: NoticeAct) => void;
  declare shown: Notice | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #dismissed: string | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#wait(undefined);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("notice")) return;
    const { notice } = this;
    if (notice?.after && !this.shown) return this.#wait(notice.after);
    this.#wait(undefined);
    this.shown = notice;
  }

  /** A notice that only changes its words has waited already. */
  #wait(ms: number | undefined): void {
    if (ms !== undefined && this.#timer !== undefined) return;
    clearTimeout(this.#timer);
    this.#timer = ms === undefined ? undefined : setTimeout(() => {
      this.#timer = undefined;
      this.shown = this.notice;
    }, ms);
  }

  protected override render(): TemplateResult {
    const { shown } = this;
    return html`
      <div class="banners" role="status">
        ${shown && shown.text !== this.#dismissed ? html`
          <div class="banner" data-kind=${shown.kind}>
            ${shown.busy ? html`<span class="spinner" aria-hidden="true"></span>` : nothing}
            <p>${shown.text}</p>
            ${(shown.acts ?? []).map((act) => html`
              <button type="button" class="button" data-size="small" @click=${() => this.#do(act)}>${t.connection[act]}</button>`)}
          </div>` : nothing}
      </div>`;
  }

  #do(act: NoticeAct): void {
    if (act !== "dismiss") return this.act(act);
    this.#dismissed = this.shown?.text;
    this.requestUpdate();
  }
}

customElements.define("alcove-banner", Banner);
