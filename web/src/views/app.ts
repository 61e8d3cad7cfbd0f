// The root: what shows depends on how far the client is and on the session.
import type { Client, SessionSnapshot } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { codeOf, explain } from "../errors.js";
import { t } from "../messages.js";
import { applyUpdate, dismissUpdate, updateReady } from "../pwa.js";
import { Following, Held, View } from "../view.js";
import { banner, noticeOf } from "./banner.js";
import "./shell.js";
import "./sign-in.js";

export class App extends View {
  static override properties = {
    client: { attribute: false },
    homeserver: { attribute: false },
    failure: { attribute: false },
    online: { state: true },
  };

  declare client: Client | undefined;
  /** The homeserver that sign-in offers. */
  declare homeserver: string;
  /** Why the client did not start. */
  declare failure: unknown;
  declare online: boolean;
  readonly #session = new Following(this, () => this.client, () => this.client && unowned(this.client.session));
  readonly #storage = new Following(this, () => this.client, () => this.client && unowned(this.client.storage));
  readonly #update = new Following(this, () => "", () => updateReady);
  #ending: AbortController | undefined;

  constructor() {
    super();
    this.homeserver = "";
    this.online = navigator.onLine;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const { signal } = (this.#ending = new AbortController());
    const read = () => (this.online = navigator.onLine);
    window.addEventListener("online", read, { signal });
    window.addEventListener("offline", read, { signal });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#ending?.abort();
  }

  protected override render(): TemplateResult {
    const session = this.#session.snapshot;
    if (this.failure !== undefined) return this.#failed();
    if (!this.client || !session || isBooting(session)) return this.#booting();
    return html`
      ${this.#updateBanner()}
      ${banner(noticeOf(session, this.#storage.snapshot, this.online || !isIn(session)))}
      ${isIn(session)
        ? html`<alcove-shell .client=${this.client} .session=${session}></alcove-shell>`
        : html`<alcove-sign-in .client=${this.client} .session=${session} .homeserver=${this.homeserver}></alcove-sign-in>`}`;
  }

  #booting(): TemplateResult {
    return html`
      <main class="boot" aria-busy="true">
        <img src="/icon.svg" width="72" height="72" alt="">
        <h1 class="spoken">${t.app}</h1>
        <p class="boot-late" role="status">${t.boot.starting}</p>
      </main>`;
  }

  #failed(): TemplateResult {
    const { failure } = this;
    return html`
      <main class="boot">
        <img src="/icon.svg" width="72" height="72" alt="">
        <h1>${t.boot.failed}</h1>
        <p role="alert">${explain(failure)}${codeOf(failure) ? html` <code>${codeOf(failure)}</code>` : nothing}</p>
        <button type="button" class="button" data-kind="primary" @click=${() => location.reload()}>${t.boot.reload}</button>
      </main>`;
  }

  #updateBanner(): TemplateResult | typeof nothing {
    if (!this.#update.snapshot) return nothing;
    return html`
      <div class="banner" data-kind="calm" role="status">
        <p>${t.update.ready}</p>
        <button type="button" class="button" data-size="small" @click=${applyUpdate}>${t.update.reload}</button>
        <button type="button" class="button" data-size="small" data-kind="quiet" @click=${dismissUpdate}>${t.update.later}</button>
      </div>`;
  }
}

/** The client owns its session and storage: leaving the page's view does not close them. */
function unowned<T>(live: Pick<Held<T>, "getSnapshot" | "subscribe">): Pick<Held<T>, "getSnapshot" | "subscribe" | "close"> {
  return { getSnapshot: live.getSnapshot, subscribe: live.subscribe, close: () => {} };
}

const isIn = (session: SessionSnapshot): boolean => session.state === "ready" || session.state === "restoring";

/** Nothing is known yet, not even from the last visit. */
const isBooting = (session: SessionSnapshot): boolean => session.state === "restoring" && !session.userId;

customElements.define("alcove-app", App);
