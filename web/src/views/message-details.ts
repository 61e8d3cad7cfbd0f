// What there is to know of a message.
import { html, nothing } from "lit";
import { openDialog } from "../dialog.js";
import { formatFull } from "../format.js";
import { t } from "../messages.js";
import type { MessageRow } from "../rows.js";

export function openMessageDetails({ event, ts }: MessageRow): void {
  const facts: readonly (readonly [string, string | undefined])[] = [
    [t.details.user, event.sender.id],
    [t.message.sentAt, formatFull(ts)],
    [t.message.type, event.type],
    [t.message.id, event.id],
  ];
  openDialog(t.message.details, () => html`
    <dl class="facts">${facts.map(([name, value]) => value ? html`<dt>${name}</dt><dd><bdi>${value}</bdi></dd>` : nothing)}</dl>
    <h3 id="message-source">${t.message.source}</h3>
    <pre class="source" tabindex="0" role="group" aria-labelledby="message-source">${JSON.stringify(event.content, null, 2)}</pre>`);
}
