// The page before there is anything to show, and where there will be nothing.
import { html, nothing, type TemplateResult } from "lit";
import { codeOf, explain } from "../errors.js";
import { t } from "../messages.js";
import { remediesOf, type Remedy } from "../notice.js";

export const booting = (): TemplateResult => html`
  <main class="boot" aria-busy="true">
    <img src="/icon.svg" width="72" height="72" alt="">
    <h1 class="spoken">${t.app}</h1>
    <p class="boot-late" role="status">${t.boot.starting}</p>
  </main>`;

export const stuck = (why: unknown, act: (remedy: Remedy) => void): TemplateResult => html`
  <main class="boot">
    <img src="/icon.svg" width="72" height="72" alt="">
    <h1>${t.boot.failed}</h1>
    <p role="alert">${explain(why)}${codeOf(why) ? html` <code>${codeOf(why)}</code>` : nothing}</p>
    <div class="boot-acts">
      ${remediesOf(codeOf(why)).map((remedy, i) => html`
        <button type="button" class="button" data-kind=${i ? nothing : "primary"} @click=${() => act(remedy)}>${t.connection[remedy]}</button>`)}
    </div>
  </main>`;
