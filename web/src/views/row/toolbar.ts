// What can be done with a message, on the row that is pointed at or focused.
import { html, nothing, type TemplateResult } from "lit";
import { t } from "../../messages.js";
import { icon, iconButton } from "../../parts.js";
import { isEditable } from "../../editable.js";
import type { MessageRow } from "../../rows.js";
import type { RowActions } from "./actions.js";

export function toolbar(row: MessageRow, act: RowActions): TemplateResult | typeof nothing {
  const { event, key } = row;
  if (!act.isHot(key) || event.redacted) return nothing;
  const readable = event.crypto?.state !== "failed";
  const thread = event.threadId ?? event.id;
  return html`
    <div class="toolbar" role="toolbar" aria-label=${t.message.actions} @keydown=${walk}>
      ${act.can.send && readable ? html`
        ${iconButton("smile", t.message.react, () => act.pick(row))}
        ${iconButton("reply", t.message.reply, () => act.reply(row))}
        ${thread && act.can.threads ? iconButton("thread", t.message.replyInThread, () => act.openThread(thread)) : nothing}
        ${isEditable(event) ? iconButton("edit", t.message.edit, () => act.edit(row)) : nothing}` : nothing}
      <button type="button" class="icon-button" title=${t.more} aria-label=${t.more} aria-haspopup="menu"
        @click=${(press: Event) => act.menu(row, press.currentTarget as HTMLElement)}>${icon("dots")}</button>
    </div>`;
}

/** Left and right lead from button to button. */
function walk(event: KeyboardEvent): void {
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const bar = event.currentTarget as HTMLElement;
  if (!by) return;
  const buttons = [...bar.querySelectorAll("button")];
  const at = buttons.indexOf(event.target as HTMLButtonElement);
  buttons[(at + by + buttons.length) % buttons.length]?.focus();
  event.preventDefault();
}
