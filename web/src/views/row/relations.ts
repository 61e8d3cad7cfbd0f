// What other events add to a message: what it answers, that it was edited,
// reactions, its thread.
import type { EventItem, Preview } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { formatCount, formatFull, formatShort } from "../../format.js";
import { t } from "../../messages.js";
import { avatar, icon, moment } from "../../parts.js";
import { chipsOf, type Chip } from "../../reactions.js";
import type { MessageRow } from "../../rows.js";
import { sayBody } from "../../sentences.js";
import type { RowActions } from "./actions.js";

type Part = TemplateResult | typeof nothing;

const lineOf = ({ type, msgType, body = "" }: Preview) => sayBody(type, msgType, body);

export function quote({ replyTo }: EventItem, act: RowActions): Part {
  if (!replyTo) return nothing;
  const { id, preview, redacted } = replyTo;
  if (redacted) return html`<p class="quote" data-kind="absent">${icon("reply")}${t.message.replyRemoved}</p>`;
  if (!preview) return html`<button type="button" class="quote" data-kind="absent" @click=${() => act.show(id)}>${icon("reply")}<span class="quote-line">${t.message.replyUnknown}</span> <span class="quote-show">${t.timeline.show}</span></button>`;
  return html`
    <button type="button" class="quote" @click=${() => act.show(id)}>${icon("reply")}<span class="spoken">${t.message.replyTo(preview.sender.name)}:</span>
      <bdi class="quote-sender" aria-hidden="true">${preview.sender.name}</bdi> <span class="quote-line" dir="auto">${lineOf(preview)}</span></button>`;
}

export const editedMark = ({ edited }: EventItem): Part =>
  edited ? html`<span class="edited">${moment(edited.ts, t.timeline.edited, t.message.editedAt(formatFull(edited.ts)))}</span>` : nothing;

export function reactions(row: MessageRow, act: RowActions): Part {
  const chips = row.event.redacted ? [] : chipsOf(row.event.reactions, act.pressed(row.key), { id: act.userId, name: t.you });
  if (chips.length === 0) return nothing;
  const first = firstOf(chips);
  const whole = [`reactions ${row.key}`];
  const open = act.isOpen(whole);
  return html`
    <ul class="reactions" aria-label=${t.message.reactions}>${(open ? chips : first).map((one) => html`<li>${chip(row, one, act)}</li>`)}
      ${first.length === chips.length ? nothing : html`<li>${rest(chips.length - first.length, open, () => act.toggle(whole))}</li>`}
      <li><button type="button" class="reaction" data-kind="add" title=${t.message.react} aria-label=${t.message.react} @click=${() => act.pick(row)}>${icon("smile")}</button></li></ul>`;
}

/** More kinds than these wait behind a button, except the user's own: a wall of them says nothing. */
const shownKinds = 12;

const firstOf = (chips: readonly Chip[]): readonly Chip[] => (chips.length <= shownKinds + 1 ? chips : chips.filter(({ own }, at) => own || at < shownKinds));

function rest(count: number, open: boolean, toggle: () => void): TemplateResult {
  const label = open ? t.message.fewerReactions : t.message.moreReactions(count);
  return html`<button type="button" class="reaction" data-kind="rest" aria-expanded=${open} aria-label=${label} title=${label} @click=${toggle}>${open ? icon("up") : t.timeline.more(count)}</button>`;
}

function chip(row: MessageRow, { key, text, count, names, own }: Chip, act: RowActions): TemplateResult {
  const by = t.message.reactedBy(count, names);
  // One text and no element within: there may be hundreds on screen.
  const shown = `${text || t.message.picture} ${formatCount(count)}`;
  return html`<button type="button" class="reaction" dir="auto" aria-pressed=${own} aria-label=${`${shown}: ${by}`} title=${by} @click=${() => act.react(row, key, !own)}>${shown}</button>`;
}

export function threadSummary({ event }: MessageRow, act: RowActions): Part {
  const { thread, id } = event;
  if (!thread || !id || !act.can.threads) return nothing;
  const { count, latest } = thread;
  return html`
    <button type="button" class="thread-summary" data-thread=${id} @click=${() => act.openThread(id)}>
      ${icon("thread")}<span class="thread-count">${t.message.replies(count)}</span>
      ${latest ? html`${avatar(latest.sender.id, latest.sender.name, { size: "tiny" })}<span class="thread-line" dir="auto"><bdi>${latest.sender.name}</bdi>: ${lineOf(latest)}</span>
        <span class="thread-time">${moment(latest.ts, formatShort(latest.ts), formatFull(latest.ts))}</span>` : nothing}</button>`;
}
