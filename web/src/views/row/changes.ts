// A run of membership and state changes, and of calls: one line that unfolds.
import { html, nothing, type TemplateResult } from "lit";
import { formatFull } from "../../format.js";
import { t } from "../../messages.js";
import type { ChangesRow } from "../../rows.js";
import { sayEvent } from "../../sentences.js";
import type { RowActions } from "./actions.js";
import { receipts } from "./receipts.js";

/** A run of at least this many changes folds into one line. */
const foldFrom = 3;

export function changes(row: ChangesRow, act: RowActions): TemplateResult {
  const folds = row.events.length >= foldFrom;
  const keys = row.events.map((item) => item.key);
  const open = !folds || act.isOpen(keys);
  return html`
    ${folds ? html`
      <p class="change-summary"><span dir="auto">${t.timeline.changesBy(peopleIn(row), row.events.length)}</span>
        <button type="button" class="button" data-kind="quiet" data-size="small" aria-expanded=${open}
          @click=${() => act.toggle(keys)}>${open ? t.timeline.hide : t.timeline.show}</button></p>` : nothing}
    ${open ? row.events.map(({ event, ts }) => event
      ? html`<p class="change" dir="auto" title=${ts ? formatFull(ts) : nothing}>${sayEvent(event)}</p>` : nothing) : nothing}
    ${receipts(row.events.flatMap(({ event }) => event?.receipts ?? []))}`;
}

function peopleIn(row: ChangesRow): string[] {
  // By id: in a run someone may join, and so come by their name.
  const names = new Map(row.events.flatMap(({ event }) => {
    const one = event?.change?.target ?? event?.sender;
    return one ? [[one.id, one.name]] : [];
  }));
  const shown = [...names.values()].slice(0, 3);
  return names.size > shown.length ? [...shown, t.timeline.more(names.size - shown.length)] : shown;
}
