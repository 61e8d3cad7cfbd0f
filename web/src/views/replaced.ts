// What is said in a room or space that another one has replaced.
import type { Client, Replacement } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { openPrompt } from "../doors.js";
import { navigate } from "../route.js";

/** Where only the old room says so, the new one is shown before anybody goes there. */
export function replaced(client: Client, { id, confirmed, via, body }: Replacement, text: string, action: string): TemplateResult {
  const go = () => (confirmed ? navigate({ room: id }) : openPrompt(client, { room: id, via, claim: true }));
  return html`
    <div class="room-notice room-replaced">
      <p>${text}</p>
      ${body && bare(body) !== bare(text) ? html`<p class="hint" dir="auto">${body}</p>` : nothing}
      <button type="button" class="button" data-kind="primary" @click=${go}>${action}</button>
    </div>`;
}

/** Servers write a body of their own, which says the same. */
const bare = (text: string) => text.trim().replace(/\.$/, "");
