// A message with all that belongs to it: who and when, shield, body, what
// became of sending it.
import type { EventItem } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { sayShield } from "../../crypto.js";
import { codeOf, explain } from "../../errors.js";
import { formatFull, formatTime } from "../../format.js";
import { t } from "../../messages.js";
import { avatar, icon, moment } from "../../parts.js";
import type { MessageRow } from "../../rows.js";
import { asksToVerify } from "../../sentences.js";
import { pinMark } from "../pins.js";
import type { RowActions } from "./actions.js";
import { body } from "./body.js";
import { receipts } from "./receipts.js";
import { quote, reactions, threadSummary } from "./relations.js";
import { toolbar } from "./toolbar.js";

export function message(row: MessageRow, act: RowActions): TemplateResult {
  const { event, lead } = row;
  const { sender } = event;
  return html`
    ${lead
      ? html`${avatar(sender.id, sender.name)}
        <p class="message-head"><bdi class="message-sender" title=${sender.id}>${sender.name}</bdi> ${stamp(row)}</p>`
      : html`<span class="message-side">${stamp(row)}</span><span class="spoken">${sender.name}</span>`}
    <div class="message-body">
      ${quote(event, act)}${shield(row, act)}${body(row, act)}${sendState(row, act)}${removal(event)}${act.isPinned(row) ? pinMark() : nothing}${reactions(row, act)}${threadSummary(row, act)}
    </div>
    ${receipts(event.receipts)}
    ${toolbar(row, act)}`;
}

const stamp = ({ ts }: MessageRow) => moment(ts, formatTime(ts), formatFull(ts));

/**
 * Grey is a sign that tells more when pressed; red says it at once. Who asks to
 * verify needs no shield: there is nothing to read, and to find out who it is is the purpose.
 */
function shield({ key, event }: MessageRow, act: RowActions): TemplateResult | typeof nothing {
  const { crypto, redacted } = event;
  const why = crypto && !redacted && !asksToVerify(event) ? sayShield(crypto) : undefined;
  if (!why) return nothing;
  if (crypto?.shield === "red") return html`<p class="shield" data-shield="red">${icon("doubt")}${why}</p>`;
  const keys = [`shield ${key}`];
  const open = act.isOpen(keys);
  return html`
    <button type="button" class="shield" data-shield="grey" title=${why} aria-label=${why} aria-expanded=${open}
      @click=${() => act.toggle(keys)}>${icon("doubt")}</button>
    ${open ? html`<p class="hint shield-why">${why}</p>` : nothing}`;
}

/** A removal of one's own that the server has not heard of yet. */
function removal({ removing }: EventItem): TemplateResult | typeof nothing {
  if (!removing) return nothing;
  const { state, error } = removing.status;
  return html`<p class="send-state" data-state=${state}>${state === "failed" ? explain(error) : t.message.removing}</p>`;
}

function sendState(row: MessageRow, act: RowActions): TemplateResult | typeof nothing {
  const { send } = row.event;
  if (!send || send.state === "sent" || send.state === "cancelled") return nothing;
  if (send.state !== "failed") {
    // Other errors pass by themselves; this one waits for the user.
    const why = codeOf(send.error) === "send.identityChanged" ? t.timeline.waits(explain(send.error)) : t.timeline[send.state];
    return html`<p class="send-state" data-state=${send.state}>${why}</p>`;
  }
  return html`
    <div class="send-state" data-state="failed">
      <span>${t.timeline.failed(explain(send.error))}</span>
      <button type="button" class="button" data-size="small" @click=${() => act.retry(row)}>${t.timeline.retrySend}</button>
      <button type="button" class="button" data-size="small" @click=${() => act.cancel(row)}>${t.timeline.cancelSend}</button>
    </div>`;
}
