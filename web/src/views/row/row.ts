// Draws one row of a timeline.
import { html, nothing, type TemplateResult } from "lit";
import { formatDay } from "../../format.js";
import { t } from "../../messages.js";
import { formatRoute } from "../../route.js";
import type { LineRow, Row } from "../../rows.js";
import type { RowActions } from "./actions.js";
import { changes } from "./changes.js";
import { message } from "./message.js";

export function rowContent(row: Row, act: RowActions): TemplateResult {
  switch (row.kind) {
    case "message":
      return message(row, act);
    case "changes":
      return changes(row, act);
    default:
      return line(row, act);
  }
}

function line(row: LineRow, act: RowActions): TemplateResult {
  switch (row.kind) {
    case "day":
      return html`<h2 class="day">${formatDay(row.ts)}</h2>`;
    case "readMarker":
      return html`<p class="read-marker"><span>${t.timeline.readMarker}</span></p>`;
    case "start":
      return html`<p class="room-start">${t.timeline.start} ${act.predecessor ? html`<a href=${formatRoute({ room: act.predecessor })}>${t.room.predecessor}</a>` : nothing}</p>`;
    case "gap":
      return html`
        <p class="gap">${t.timeline.gap}
          <button type="button" class="button" data-size="small" ?disabled=${act.loading} @click=${() => act.loadGap()}>${t.timeline.loadGap}</button>
        </p>`;
  }
}
