// Signing in with a password: at first, again after a soft logout, or anew
// where the browser lost what was stored.
import type { Client, Session } from "alcove";
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { confirm } from "../dialog.js";
import { explain, isAbort } from "../errors.js";
import { t } from "../messages.js";
import { secretField } from "../parts.js";
import { View } from "../view.js";

type Check = { readonly text: string; readonly bad?: boolean };

export class SignIn extends View {
  static override properties = {
    client: { attribute: false },
    session: { attribute: false },
    unsent: { attribute: false },
    homeserver: { attribute: false },
    check: { state: true },
    error: { state: true },
    busy: { state: true },
  };

  declare client: Client;
  declare session: Session;
  /** How many messages the browser lost before they were sent. */
  declare unsent: number;
  /** What the address field starts with. */
  declare homeserver: string;
  declare check: Check | undefined;
  declare error: string;
  declare busy: boolean;
  #checking: AbortController | undefined;

  constructor() {
    super();
    this.homeserver = "";
    this.error = "";
    this.busy = false;
  }

  protected override updated(changed: PropertyValues<this>): void {
    // The config may come later than the form; what the user has begun is not disturbed.
    const settled = this.session.userId || this.homeserver !== "";
    if (!changed.has("homeserver") || !settled || this.contains(document.activeElement)) return;
    this.find<HTMLInputElement>(this.session.userId ? "#password" : "#user")?.focus();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#checking?.abort();
  }

  get #again(): boolean {
    return this.session.state === "softLogout";
  }

  protected override render(): TemplateResult {
    return html`
      <main class="signin" id="main" tabindex="-1">
        <img src="/icon.svg" width="64" height="64" alt="">
        <h1>${this.session.userId ? t.signIn.titleAgain : t.signIn.title}</h1>
        <p class="signin-lead">${this.#lead()}</p>
        <form class="signin-form" novalidate @submit=${this.#submit}>
          ${this.#again ? nothing : this.#serverField()}
          ${this.#userField()}
          ${secretField("password", t.signIn.password, { autocomplete: "current-password", describedBy: "signin-error" })}
          <p class="error" role="alert" id="signin-error">${this.error}</p>
          <button class="button" data-kind="primary" aria-disabled=${this.busy}>
            ${this.busy ? t.signIn.busy : t.signIn.submit}
          </button>
          ${this.session.userId ? this.#forgetButton() : nothing}
        </form>
      </main>`;
  }

  #lead(): string {
    const { state, userId, error } = this.session;
    if (this.#again) return t.signIn.again(userId ?? "");
    if (state === "storageLost") return `${t.signIn.lost} ${t.signIn.lostUnsent(this.unsent)}`;
    return error ? explain(error) : t.signIn.lead;
  }

  #serverField(): TemplateResult {
    return html`
      <div class="field">
        <label for="homeserver">${t.signIn.homeserver}</label>
        <input class="input" id="homeserver" name="homeserver" .defaultValue=${this.session.homeserver ?? this.homeserver} required dir="ltr"
          autocapitalize="none" autocomplete="url" spellcheck="false" inputmode="url"
          aria-describedby="homeserver-hint" aria-invalid=${this.check?.bad ? "true" : nothing} @change=${this.#checkServer}>
        <p class=${this.check?.bad ? "hint error" : "hint"} id="homeserver-hint" role="status">${this.check?.text ?? t.signIn.homeserverHint}</p>
      </div>`;
  }

  #userField(): TemplateResult {
    return html`
      <div class="field">
        <label for="user">${t.signIn.user}</label>
        <input class="input" id="user" name="user" required autocapitalize="none" autocomplete="username" spellcheck="false"
          .defaultValue=${this.session.userId ?? ""} ?readonly=${this.#again} dir="ltr">
      </div>`;
  }

  #forgetButton(): TemplateResult {
    return html`<button type="button" class="button" data-kind="quiet" @click=${this.#forget}>${t.signIn.forget}</button>`;
  }

  /** What was lost has nothing more to lose. */
  readonly #forget = (): void => {
    const forget = () => this.client.logout({ force: true });
    if (this.session.state === "storageLost") forget().catch((error: unknown) => (this.error = explain(error)));
    else confirm(t.signIn.forgetTitle, t.signIn.forgetText, t.signIn.forgetAct, forget, explain);
  };

  #field(name: string): string {
    return this.find<HTMLInputElement>(`[name="${name}"]`)?.value ?? "";
  }

  /** Looks for the homeserver as soon as its address is entered. */
  readonly #checkServer = async (): Promise<boolean> => {
    this.#checking?.abort();
    const checking = (this.#checking = new AbortController());
    this.check = { text: t.signIn.checking };
    try {
      const found = await this.client.login.flows(this.#field("homeserver").trim(), { signal: checking.signal });
      const usable = found.flows.some(({ type }) => type === "m.login.password");
      this.check = usable ? { text: t.signIn.found(found.homeserver) } : { text: t.signIn.noPassword, bad: true };
      return usable;
    } catch (error) {
      if (!isAbort(error) && !checking.signal.aborted) this.check = { text: explain(error), bad: true };
      return false;
    }
  };

  readonly #submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (this.busy) return;
    const missing = [...this.querySelectorAll("input")].find((input) => !input.checkValidity());
    if (missing) {
      missing.reportValidity();
      return;
    }
    this.busy = true;
    this.error = "";
    await this.#signIn();
    this.busy = false;
  };

  async #signIn(): Promise<void> {
    if (!this.#again && !(await this.#checkServer())) {
      this.find("#homeserver")?.focus();
      return;
    }
    try {
      await this.client.login.password({
        user: this.#field("user").trim(),
        password: this.#field("password"),
        deviceName: t.signIn.device(browserName()),
        ...this.#where(),
      });
    } catch (error) {
      this.error = explain(error);
      this.find<HTMLInputElement>("#password")?.select();
    }
  }

  #where(): { homeserver?: string; deviceId?: string } {
    if (!this.#again) return { homeserver: this.#field("homeserver").trim() };
    const { homeserver, deviceId } = this.session;
    return { ...(homeserver && { homeserver }), ...(deviceId && { deviceId }) };
  }
}

function browserName(): string {
  const agent = navigator.userAgent;
  const known = [["Edg/", "Edge"], ["Firefox/", "Firefox"], ["Chrome/", "Chrome"], ["Safari/", "Safari"]] as const;
  return known.find(([mark]) => agent.includes(mark))?.[1] ?? "Web";
}

customElements.define("alcove-sign-in", SignIn);
