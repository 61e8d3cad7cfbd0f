// Who read up to a row.
import type { ReadReceipt } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { t } from "../../messages.js";
import { avatar } from "../../parts.js";

const shownReceipts = 4;
const namedReceipts = 20;

export function receipts(list: readonly ReadReceipt[] | undefined): TemplateResult | typeof nothing {
  if (!list?.length) return nothing;
  const names = list.slice(0, namedReceipts).map(({ person }) => person.name);
  if (list.length > namedReceipts) names.push(t.timeline.more(list.length - namedReceipts));
  const label = t.timeline.seenBy(names);
  const rest = list.length - shownReceipts;
  return html`
    <span class="receipts" role="img" aria-label=${label} title=${label}>
      ${list.slice(0, shownReceipts).map(({ person }) => avatar(person.id, person.name, { size: "tiny" }))}
      ${rest > 0 ? html`<span class="receipts-more" aria-hidden="true">${t.timeline.more(rest)}</span>` : nothing}
    </span>`;
}
