// The root: chooses the screen, and clears the page when the account leaves it.
import { createClient, eraseStore, type Client } from "alcove";
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { closeDialogs } from "../dialog.js";
import { guardDrafts, keepDraftsOf } from "../drafts.js";
import { keepLeavingOf } from "../leaving.js";
import { t } from "../messages.js";
import { noticeOf, type Notice, type NoticeAct } from "../notice.js";
import { applyUpdate, dismissUpdate, updateReady } from "../pwa.js";
import { leaveRoute } from "../route.js";
import { accountOf, screenOf, type Account, type Screen } from "../screen.js";
import { Following, unowned, View } from "../view.js";
import { booting, stuck } from "./boot.js";
import { askErase } from "./erase.js";
import "./banner.js";
import "./lock-screen.js";
import "./shell.js";
import "./sign-in.js";

const store = "alcove";

export class App extends View {
  static override properties = {
    client: { attribute: false },
    homeserver: { attribute: false },
    failure: { attribute: false },
    online: { state: true },
    screenName: { state: true },
    account: { state: true },
  };

  declare client: Client | undefined;
  /** The homeserver that sign-in offers. */
  declare homeserver: string;
  /** Why the client did not start. */
  declare failure: unknown;
  declare online: boolean;
  declare screenName: Screen;
  declare account: Account;
  readonly #session = new Following(this, () => this.client, () => this.client && unowned(this.client.session));
  readonly #storage = new Following(this, () => this.client, () => this.client && unowned(this.client.storage));
  readonly #lock = new Following(this, () => this.client, () => this.client && unowned(this.client.lock));
  readonly #update = new Following(this, () => "", () => updateReady);
  #said = "";
  /** Whose account was there last, and has the room in the address: "" for somebody whom a lock hides. */
  #last: Account;
  #ending: AbortController | undefined;

  constructor() {
    super();
    this.homeserver = "";
    this.online = navigator.onLine;
    this.screenName = "boot";
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

  /** Makes the client, or says why there is none. */
  open(): void {
    this.failure = undefined;
    createClient({ store }).then((client) => (this.client = client), (error: unknown) => (this.failure = error));
  }

  /** Not in willUpdate: what is followed is opened after that. */
  protected override update(changed: PropertyValues<this>): void {
    const session = this.#session.snapshot;
    const lock = this.#lock.snapshot;
    const before = this.screenName;
    this.screenName = this.failure === undefined ? screenOf(session, lock, before) : "stuck";
    if (before !== this.screenName) this.#said = before === "boot" ? "" : t.screens[this.screenName];
    guardDrafts(lock?.enabled ?? false);
    if (lock?.enabled) keepLeavingOf(null);
    const account = accountOf(session, lock, this.account);
    if (lock?.locked) this.#last ??= "";
    if (account !== this.account) this.#meet(account);
    super.update(changed);
  }

  /** Somebody signed in or out, locked or unlocked, in whichever tab that happened. */
  #meet(account: Account): void {
    keepDraftsOf(account ?? null);
    keepLeavingOf(account ?? null);
    this.account = account;
    if (account === undefined) return;
    if (account ? this.#last && this.#last !== account : this.#last !== undefined) leaveRoute();
    this.#last = account;
  }

  protected override updated(changed: PropertyValues<this>): void {
    const before = changed.get("screenName");
    if (before || changed.get("account")) closeDialogs();
    if (before && before !== "boot" && this.screenName === "shell") this.find("h1")?.focus();
  }

  protected override render(): TemplateResult {
    return html`
      ${this.screenName === "boot" ? nothing : this.#banners()}
      ${this.#screen()}
      <p class="spoken" role="status">${this.#said}</p>`;
  }

  #screen(): unknown {
    const { client, homeserver } = this;
    const session = this.#session.snapshot;
    if (this.screenName === "stuck") return stuck(this.failure ?? session?.error, this.#act);
    if (this.screenName === "boot" || !client || !session) return booting();
    if (this.screenName === "locked") return html`<alcove-lock-screen .client=${client}></alcove-lock-screen>`;
    return this.screenName === "shell"
      ? keyed(this.account, html`<alcove-shell .client=${client} .session=${session}></alcove-shell>`)
      : html`<alcove-sign-in .client=${client} .session=${session} .homeserver=${homeserver} .unsent=${this.#storage.snapshot?.lost?.unsent ?? 0}></alcove-sign-in>`;
  }

  #banners(): TemplateResult {
    return html`
      ${this.#update.snapshot ? this.#updateBanner() : nothing}
      <alcove-banner .notice=${this.#notice()} .act=${this.#act}></alcove-banner>`;
  }

  #notice(): Notice | undefined {
    const session = this.#session.snapshot;
    if (!session || this.screenName === "stuck" || this.screenName === "locked") return undefined;
    return noticeOf(session, this.#storage.snapshot, this.online || this.screenName !== "shell");
  }

  readonly #act = (act: NoticeAct): void => {
    if (act === "erase") askErase(() => this.#erase());
    else if (act !== "retry") location.reload();
    // How that goes, the session says.
    else if (this.client) this.client.restart().catch(() => {});
    else this.open();
  };

  async #erase(): Promise<void> {
    if (this.client) return this.client.erase();
    await eraseStore(store);
    this.open();
  }

  #updateBanner(): TemplateResult {
    return html`
      <div class="banner" data-kind="calm" role="status">
        <p>${t.update.ready}</p>
        <button type="button" class="button" data-size="small" @click=${applyUpdate}>${t.update.reload}</button>
        <button type="button" class="button" data-size="small" data-kind="quiet" @click=${dismissUpdate}>${t.update.later}</button>
      </div>`;
  }
}

customElements.define("alcove-app", App);
