// A room's version and its upgrade, which servers may take part, and reports.
import { html, nothing, type TemplateResult } from "lit";
import { allows } from "../../allows.js";
import { w } from "../../messages-rooms.js";
import { navigate, placeOf } from "../../route.js";
import { roomName } from "../../sentences.js";
import { openReport } from "./report.js";
import { Section } from "./section.js";

const words = w.settings;

export class MoreSettings extends Section {
  static override properties = { ...Section.properties, progress: { state: true }, failed: { state: true }, upgraded: { state: true } };

  /** What is said of an upgrade while it goes on. */
  declare progress: string;
  /** How much was not carried over. */
  declare failed: number;
  /** The new room. */
  declare upgraded: string | undefined;

  constructor() {
    super();
    this.progress = "";
    this.failed = 0;
  }

  protected override render(): TemplateResult {
    const { room, version } = this.details;
    return html`
      <div class="form">
        <section class="field"><h3 class="label">${words.version}</h3>
          <p>${words.versionIs(version)}</p>
          ${this.#upgrade()}</section>
        ${this.#acl()}
        <section class="field"><h3 class="label">${words.id}</h3><code class="settings-id" dir="ltr">${room.id}</code></section>
        ${allows(this.client, "reportRooms") ? html`
          <div><button type="button" class="button" @click=${() => openReport(this.client, { roomId: room.id }, roomName(room))}>${words.report}</button></div>` : nothing}
      </div>`;
  }

  #upgrade(): TemplateResult | typeof nothing {
    const { can, replacement } = this.details;
    if (this.upgraded) return this.#done(this.upgraded);
    if (replacement) return html`<p>${words.replaced}</p>`;
    if (!can.upgrade) return nothing;
    const newer = this.#newer();
    if (newer?.length === 0) return html`<p class="hint">${words.newest}</p>`;
    return html`
      <form class="field" @submit=${this.#onSubmit}>
        <p class="hint">${words.upgradeHint}</p>
        ${newer ? html`
          <label for="settings-version">${words.upgradeTo}</label>
          <select class="input" id="settings-version" name="version">
            ${newer.map((one) => html`<option ?selected=${one === this.client.capabilities.getSnapshot()?.roomVersion}>${one}</option>`)}
          </select>` : nothing}
        <label class="check"><input type="checkbox" name="invite" checked> ${words.inviteAll}</label>
        <div class="field-foot"><button class="button" data-kind="danger" data-size="small" aria-disabled=${this.busy === "upgrade"}>${words.upgrade}</button></div>
        <p class="hint" role="status">${this.progress}</p>
        <p class="error" role="alert" id="problem-upgrade">${this.problems["upgrade"] ?? ""}</p>
      </form>`;
  }

  /** The versions behind the room's own that the server has; undefined where it did not say yet. */
  #newer(): readonly string[] | undefined {
    const now = this.client.capabilities.getSnapshot();
    return now?.known ? now.roomVersions.slice(now.roomVersions.indexOf(this.details.version) + 1) : undefined;
  }

  #done(room: string): TemplateResult {
    return html`
      <p role="status">${this.failed ? words.upgradedBut(this.failed) : words.upgraded}</p>
      <div><button type="button" class="button" data-kind="primary" @click=${() => this.#go(room)}>${words.goThere}</button></div>`;
  }

  #go(room: string): void {
    this.closest("dialog")?.close();
    navigate(placeOf({ id: room, type: this.details.room.type }));
  }

  readonly #onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    const invite = this.find<HTMLInputElement>("[name='invite']")?.checked ?? false;
    const version = this.find<HTMLSelectElement>("[name='version']")?.value;
    void this.save("upgrade", async () => {
      const room = await this.room.upgrade({
        invite,
        ...(version && { version }),
        onProgress: ({ progress, failed = 0 }) => {
          this.progress = words.upgrading(progress.done, progress.total);
          this.failed = failed;
        },
      });
      this.upgraded = room;
    }).then(() => (this.progress = ""));
  };

  #acl(): TemplateResult {
    const { acl } = this.details;
    const globs = (all: readonly string[]) => (all.length ? html`<ul class="globs">${all.map((one) => html`<li><code dir="ltr">${one}</code></li>`)}</ul>` : words.nobody);
    return html`
      <section class="field"><h3 class="label">${words.acl}</h3>
        ${acl ? html`
          <dl class="facts"><dt>${words.aclAllow}</dt><dd>${globs(acl.allow)}</dd><dt>${words.aclDeny}</dt><dd>${globs(acl.deny)}</dd>
            <dt>${words.aclIps}</dt><dd>${acl.ips ? words.yes : words.no}</dd></dl>` : html`<p>${words.aclAll}</p>`}
      </section>`;
  }
}

customElements.define("alcove-settings-more", MoreSettings);
