// Settings, and logging out.
import type { Client, Session } from "alcove";
import { html, type TemplateResult } from "lit";
import { confirm, openDialog } from "../dialog.js";
import { loadYou } from "../doors.js";
import { loadEncryption } from "../encryption.js";
import { codeOf, explain } from "../errors.js";
import { t } from "../messages.js";
import { setTheme, theme, themes } from "../theme.js";
import "./privacy.js";

export function openSettings(client: Client, session: Session): void {
  loadEncryption();
  loadYou();
  openDialog(t.settings.title, (close) => html`
    <alcove-profile class="field" role="group" aria-labelledby="profile-title" .client=${client} .userId=${session.userId}></alcove-profile>
    <fieldset class="field">
      <legend class="label">${t.settings.theme}</legend>
      <div class="segments">
        ${themes.map((name) => html`
          <label><input type="radio" name="theme" .checked=${name === theme.getSnapshot()} @change=${() => setTheme(name)}>
            <span>${t.settings[name]}</span></label>`)}
      </div>
    </fieldset>
    <section class="field">
      <h3 class="label">${t.settings.account}</h3>
      ${account(session)}
    </section>
    <alcove-encryption-settings class="field" .client=${client}></alcove-encryption-settings>
    <alcove-invites class="field" role="group" aria-labelledby="invites-title" .client=${client}></alcove-invites>
    <alcove-ignored class="field" role="group" aria-labelledby="ignored-title" .client=${client}></alcove-ignored>
    <alcove-privacy class="field" .client=${client}></alcove-privacy>
    <div class="dialog-foot">
      <button type="button" class="button" @click=${() => { close(); askLogout(client); }}>${t.settings.logout}</button>
    </div>`);
}

const account = ({ userId, deviceId, homeserver }: Session): TemplateResult => html`
  <dl class="facts">
    <dt>${t.settings.user}</dt><dd dir="ltr">${userId}</dd>
    <dt>${t.settings.homeserver}</dt><dd dir="ltr">${homeserver}</dd>
    <dt>${t.settings.device}</dt><dd dir="ltr">${deviceId}</dd>
  </dl>`;

function askLogout(client: Client): void {
  confirm(t.settings.logoutTitle, t.settings.logoutText, t.settings.logout, async () => {
    try {
      await client.logout();
    } catch (error) {
      if (codeOf(error) !== "session.unsent") throw error;
      askLogoutUnsent(client);
    }
  }, explain);
}

function askLogoutUnsent(client: Client): void {
  confirm(t.settings.logoutTitle, t.settings.logoutUnsent, t.settings.logoutAnyway, () => client.logout({ force: true }), explain);
}
