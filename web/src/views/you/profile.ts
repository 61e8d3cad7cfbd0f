// The part of the settings about what everybody sees of the user.
import type { Client, UserProfile } from "alcove";
import { html, nothing, type PropertyDeclarations, type PropertyValues, type TemplateResult } from "lit";
import { allows } from "../../allows.js";
import { confirm } from "../../dialog.js";
import { codeOf, explain } from "../../errors.js";
import { t } from "../../messages.js";
import { w } from "../../messages-rooms.js";
import { y } from "../../messages-you.js";
import { Saving } from "../../saving.js";
import { Following, unowned } from "../../view.js";

const words = y.profile;

export class ProfileSettings extends Saving {
  static override properties: PropertyDeclarations = {
    ...Saving.properties,
    client: { attribute: false },
    userId: { attribute: false },
    profile: { state: true },
  };

  declare client: Client;
  declare userId: string;
  /** What the server says; undefined until it did. */
  declare profile: UserProfile | undefined;
  readonly #capabilities = new Following(this, () => this.client, () => unowned(this.client.capabilities));
  #held = false;

  protected override firstUpdated(): void {
    void this.#look();
  }

  protected override willUpdate(): void {
    this.#held = this.contains(document.activeElement);
  }

  /** What had the focus may be gone. */
  protected override updated(changed: PropertyValues): void {
    if (changed.has("profile") && this.#held && !this.contains(document.activeElement)) this.find("h3")?.focus();
  }

  async #look(): Promise<void> {
    this.refuse("profile", "");
    try {
      this.profile = await this.client.profile(this.userId);
    } catch (error) {
      if (codeOf(error) === "server.notFound") this.profile = { id: this.userId, name: this.userId, fields: {} };
      else this.refuse("profile", explain(error));
    }
  }

  protected override render(): TemplateResult {
    return html`
      <h3 class="label" id="profile-title" tabindex="-1">${words.title}</h3>
      <p class="hint">${words.lead}</p>
      ${this.profile ? this.#fields(this.profile) : this.#waiting()}`;
  }

  #waiting(): TemplateResult {
    const problem = this.problems["profile"];
    if (!problem) return html`<p class="hint" role="status">${t.loading}</p>`;
    return html`
      <p class="error" role="alert">${problem}</p>
      <div><button type="button" class="button" data-size="small" @click=${this.#again}>${t.retry}</button></div>`;
  }

  readonly #again = (): void => void this.#look();

  #fields(profile: UserProfile): TemplateResult {
    this.#capabilities.snapshot; // what `allows` says may change
    const name = nameOf(profile);
    return html`
      ${allows(this.client, "name") ? this.#nameForm(name) : html`
        <dl class="facts"><dt>${words.name}</dt><dd>${name ? html`<bdi>${name}</bdi>` : words.noName}<p class="hint">${words.fixed}</p></dd></dl>`}
      ${profile.avatar ? this.#picture() : nothing}
      ${this.outcome("picture")}
      <p class="error" role="alert">${this.problems["profile"] ?? ""}</p>`;
  }

  #nameForm(name: string): TemplateResult {
    return html`
      <form class="field" @submit=${this.#onSubmit}>
        <label for="profile-name">${words.name}</label>
        <div class="details-row">
          <input class="input" id="profile-name" dir="auto" maxlength="255" autocomplete="nickname" placeholder=${words.noName} .value=${name} aria-describedby="problem-name">
          <button class="button" aria-label=${`${w.save}: ${words.name}`} aria-disabled=${this.busy === "name"}>${w.save}</button>
        </div>
        ${this.outcome("name")}
      </form>`;
  }

  readonly #onSubmit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const field = this.find<HTMLInputElement>("#profile-name");
    const text = field?.value.trim() ?? "";
    if (!field || !this.profile || text === nameOf(this.profile)) return;
    if (!(await this.save("name", () => this.client.setProfile("displayname", text || null)))) return;
    await this.#look();
    field.value = nameOf(this.profile); // the server may have made another of it
  };

  #picture(): TemplateResult {
    return html`
      <dl class="facts"><dt>${words.picture}</dt><dd>${words.hasPicture}
        ${allows(this.client, "avatar") ? html`
          <div class="facts-acts"><button type="button" class="button" data-size="small" aria-label=${`${words.remove}: ${words.picture}`} @click=${this.#askRemove}>${words.remove}</button></div>` : nothing}
      </dd></dl>`;
  }

  readonly #askRemove = (): void =>
    confirm(words.removeTitle, words.removeText, words.remove, async () => {
      await this.client.setProfile("avatar_url", null);
      void this.#look().then(() => (this.said = "picture"));
    }, explain);
}

/** The id stands for a name that there is not. */
const nameOf = ({ id, name }: UserProfile): string => (name === id ? "" : name);

customElements.define("alcove-profile", ProfileSettings);
