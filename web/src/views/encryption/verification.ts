// A verification, from asking to its end. Closing the dialog ends it.
import type { Client, LiveVerification, SasEmoji, VerificationSnapshot } from "alcove";
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { openDialog } from "../../dialog.js";
import { explain } from "../../errors.js";
import { t } from "../../messages.js";
import { icon } from "../../parts.js";
import { Following, View } from "../../view.js";
import { e } from "./messages.js";
import { drawCode, hasCamera, scanCode } from "./qr.js";

const words = e.verify;
/** Whom to verify, as `client.encryption.verify` takes it. */
type Whom = { readonly user?: string; readonly device?: string };
type Over = "done" | "cancelled";
const isOver = (phase: string | undefined): phase is Over => phase === "done" || phase === "cancelled";

export class VerificationDialog extends View {
  static override properties = {
    client: { attribute: false },
    live: { attribute: false },
    whom: { attribute: false },
    close: { attribute: false },
    camera: { state: true },
    scanning: { state: true },
    problem: { state: true },
  };

  declare client: Client;
  declare close: () => void;
  /** What is shown; absent while the other side is still to be asked. */
  declare live: LiveVerification | undefined;
  declare whom: Whom | undefined;
  declare camera: boolean;
  declare scanning: boolean;
  declare problem: string;
  readonly #verification = new Following(this, () => this.live, () => this.live);
  readonly #ending = new AbortController();

  constructor() {
    super();
    this.camera = this.scanning = false;
    this.problem = "";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#begin();
  }

  override disconnectedCallback(): void {
    const { live } = this;
    const phase = this.#verification.snapshot?.phase;
    super.disconnectedCallback();
    this.#ending.abort();
    if (live && !isOver(phase)) live.cancel().catch(() => {}); // the other side finds out by its own clock
  }

  async #begin(): Promise<void> {
    this.camera = await hasCamera();
    if (!this.whom) return;
    const { whom, camera: scanner } = this;
    await this.#do(async () => {
      const live = await this.client.encryption.verify({ ...whom, scanner, signal: this.#ending.signal });
      if (this.isConnected) this.live = live;
      else void live.cancel().finally(() => live.close());
    });
  }

  async #do(act: () => Promise<void> | undefined): Promise<void> {
    this.problem = "";
    try {
      await act();
    } catch (error) {
      if (!this.#ending.signal.aborted) this.problem = explain(error);
    }
  }

  /** What there is to press next has the focus. */
  protected override updated(changed: PropertyValues<this>): void {
    if (!this.contains(document.activeElement) || changed.has("scanning")) this.find("[data-next]")?.focus();
  }

  protected override render(): TemplateResult {
    const shown = this.#verification.snapshot;
    return html`
      <div class="form" role="status" data-phase=${shown?.phase ?? "starting"}>${shown ? this.#phase(shown) : this.#wait(words.starting)}</div>
      <p class="error" role="alert">${this.problem}</p>
      <div class="dialog-foot">${shown ? this.#acts(shown) : button(t.cancel, this.close, "")}</div>`;
  }

  #phase(shown: VerificationSnapshot): TemplateResult {
    const { own = false, userId, deviceId = "" } = shown;
    switch (shown.phase) {
      case "asked":
        return this.#wait(own ? words.asked.own : words.asked.other(userId));
      case "asking":
        return html`<p>${own ? words.asking.own(deviceId) : words.asking.other(userId)}</p>`;
      case "ready":
        return this.scanning ? scanner() : ready(shown);
      case "waiting":
        return this.#wait(words.waiting);
      case "compare":
        return compare(shown);
      case "scanned":
        return html`<p>${words.scanned}</p>`;
      case "done":
        return html`<p class="verified">${icon("shield")}${own ? words.done.own : words.done.other(userId)}</p>`;
      case "cancelled":
        return cancelled(shown);
    }
  }

  #wait(text: string): TemplateResult {
    return html`<p class="waits">${this.problem ? nothing : html`<span class="spinner" aria-hidden="true"></span>`}${text}</p>`;
  }

  #acts({ phase, canEmoji, canScan, own, userId, deviceId }: VerificationSnapshot): TemplateResult {
    const step = (act: (live: LiveVerification) => Promise<void>) => () => void this.#do(() => this.live && act(this.live));
    switch (phase) {
      case "asking":
        return html`${button(words.decline, this.close, "")}${button(words.accept, step((live) => live.accept({ scanner: this.camera })))}`;
      case "ready":
        return html`
          ${canScan && this.camera && !this.scanning ? button(words.scan, () => void this.#scan(), "") : nothing}
          ${canEmoji ? button(words.emoji, step((live) => live.emoji())) : button(t.cancel, this.close, "")}`;
      case "compare":
        return html`
          ${button(words.mismatch, step((live) => live.mismatch()), "")}
          ${button(words.match, step((live) => live.match()))}`;
      case "scanned":
        return html`${button(words.deny, step((live) => live.cancel()), "")}${button(words.confirm, step((live) => live.match()))}`;
      case "done":
        return button(e.done, this.close);
      case "cancelled":
        return html`
          ${button(t.close, this.close, "")}
          ${button(words.again, () => this.#again(own ? { ...(deviceId && { device: deviceId }) } : { user: userId }))}`;
      default:
        return button(t.cancel, this.close, "");
    }
  }

  #again(whom: Whom): void {
    this.close();
    startVerification(this.client, whom);
  }

  async #scan(): Promise<void> {
    this.scanning = true;
    await this.updateComplete;
    const video = this.find("video") as HTMLVideoElement | null;
    const code = video && (await scanCode(video, this.#ending.signal).catch(() => undefined));
    this.scanning = false;
    if (code) await this.#do(() => this.live?.scan(code));
    else if (!this.#ending.signal.aborted) this.problem = words.noCamera;
  }
}

const button = (label: string, act: () => void, kind = "primary"): TemplateResult =>
  html`<button type="button" class="button" data-kind=${kind || nothing} data-next=${kind === "primary" ? "" : nothing} @click=${act}>${label}</button>`;

const scanner = (): TemplateResult => html`<p>${words.scanning}</p><video class="scanner" muted playsinline></video>`;

const ready = ({ qr, canEmoji }: VerificationSnapshot): TemplateResult => html`
  <p>${!qr ? words.ready : canEmoji ? words.scanOrCompare : words.scanThis}</p>
  ${qr ? drawCode(qr, words.qr) : nothing}`;

function compare({ emoji, decimals = [] }: VerificationSnapshot): TemplateResult {
  const numbers = html`<p class="decimals">${decimals.map((number) => html`<span>${number}</span> `)}</p>`;
  if (!emoji) return html`<p>${words.compareNumbers}</p>${numbers}`;
  return html`
    <p>${words.compare}</p>
    <ol class="pictures" aria-label=${words.pictures}>${emoji.map(picture)}</ol>
    <details><summary>${words.numbers}</summary>${numbers}</details>`;
}

const picture = ({ emoji, name }: SasEmoji): TemplateResult => html`<li><span aria-hidden="true">${emoji}</span>${name}</li>`;

function cancelled({ reason = "", byUs }: VerificationSnapshot): TemplateResult {
  const why = Object.hasOwn(words.reasons, reason) && !(byUs && reason === "m.user") ? words.reasons[reason] : "";
  return html`
    <p>${why || (byUs ? words.cancelledByUs : words.cancelled)}</p>
    ${words.alarming.includes(reason) ? html`<p class="error">${words.insecure}</p>` : nothing}`;
}

const title = (user: string | undefined): string => (user ? words.titleUser(user) : words.titleOwn);

/** Shows one that is there, with a device of one's own or a user. */
export function openVerification(client: Client, live: LiveVerification, user?: string): void {
  openDialog(title(user), (close) => html`<alcove-verification class="form" .client=${client} .live=${live} .close=${close}></alcove-verification>`);
}

/** Asks a device or a user, and shows what becomes of it. */
export function startVerification(client: Client, whom: Whom): void {
  openDialog(title(whom.user), (close) => html`<alcove-verification class="form" .client=${client} .whom=${whom} .close=${close}></alcove-verification>`);
}

customElements.define("alcove-verification", VerificationDialog);
