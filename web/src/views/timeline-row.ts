// Draws one row of a timeline.
import type { EventCrypto, IdentityState, ReadReceipt } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { sayFailure, sayHint, sayShield } from "../crypto.js";
import { codeOf, explain } from "../errors.js";
import { formatDay, formatFull, formatTime } from "../format.js";
import { t } from "../messages.js";
import { avatar, icon, linked, moment } from "../parts.js";
import type { ChangesRow, LineRow, MessageRow, Row } from "../rows.js";
import { asksToVerify, sayBody, sayChange, textOf } from "../sentences.js";

/** What the buttons in a row do. */
export interface RowActions {
  /** By the keys of what the row shows: a run of changes grows at both ends and stays open. */
  isOpen(keys: readonly string[]): boolean;
  toggle(keys: readonly string[]): void;
  retry(row: MessageRow): void;
  cancel(row: MessageRow): void;
  loadGap(): void;
  readonly loading: boolean;
  /** How this device stands to the user's identity. */
  readonly identity: IdentityState | undefined;
}

const shownReceipts = 4;
const namedReceipts = 20;
/** A run of at least this many changes folds into one line. */
const foldFrom = 3;
/** A longer message is cut until it is asked for. */
const longLines = 40;
const longChars = 4_000;

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
      return html`<p class="room-start">${t.timeline.start}</p>`;
    case "gap":
      return html`
        <p class="gap">${t.timeline.gap}
          <button type="button" class="button" data-size="small" ?disabled=${act.loading} @click=${() => act.loadGap()}>${t.timeline.loadGap}</button>
        </p>`;
  }
}

function message(row: MessageRow, act: RowActions): TemplateResult {
  const { event, lead } = row;
  const { sender } = event;
  return html`
    ${lead
      ? html`${avatar(sender.id, sender.name)}
        <p class="message-head"><bdi class="message-sender" title=${sender.id}>${sender.name}</bdi> ${stamp(row)}</p>`
      : html`<span class="message-side">${stamp(row)}</span><span class="spoken">${sender.name}</span>`}
    <div class="message-body">${shield(row, act)}${body(row, act)}${sendState(row, act)}</div>
    ${receipts(event.receipts)}`;
}

const stamp = ({ ts }: MessageRow) => moment(ts, formatTime(ts), formatFull(ts));

function body({ key, event }: MessageRow, act: RowActions): TemplateResult {
  if (event.redacted) return html`<p class="text" data-kind="removed">${t.timeline.redacted}</p>`;
  if (event.crypto?.state === "failed") return undecrypted(event.crypto, act);
  const { msgType, body } = textOf(event.content);
  if (event.type !== "m.room.message" || isMedia(msgType) || asksToVerify(event)) {
    return html`<p class="text" data-kind="placeholder" dir="auto">${sayBody(event.type, msgType, body)}</p>`;
  }
  if (!body) return html`<p class="text" data-kind="placeholder">${t.timeline.undecodable}</p>`;
  if (msgType === "m.emote") return html`<p class="text" data-kind="emote" dir="auto"><bdi>${event.sender.name}</bdi> ${linked(body)}</p>`;
  return text(key, body, msgType === "m.notice" ? "notice" : "text", act);
}

function undecrypted(crypto: EventCrypto, act: RowActions): TemplateResult {
  return html`
    <p class="text" data-kind="placeholder" data-crypto="failed">${icon("lock")}<span>${sayFailure(crypto)}
      <span class="hint">${sayHint(crypto, act.identity)}</span></span></p>`;
}

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

const media = ["m.image", "m.video", "m.audio", "m.file", "m.location"];
const isMedia = (msgType: string | undefined) => media.includes(msgType ?? "");

function text(key: string, whole: string, kind: string, act: RowActions): TemplateResult {
  const short = shorten(whole);
  const open = act.isOpen([key]);
  const shown = open || !short ? whole : short;
  return html`
    <p class="text" data-kind=${kind} dir="auto">${linked(shown)}</p>
    ${short ? html`<button type="button" class="button" data-kind="quiet" data-size="small" aria-expanded=${open}
      @click=${() => act.toggle([key])}>${open ? t.timeline.hide : t.timeline.show}</button>` : nothing}`;
}

/** The beginning of a long text; undefined where it is short enough. */
function shorten(whole: string): string | undefined {
  let end = -1;
  for (let lines = 0; lines < longLines; lines++) {
    end = whole.indexOf("\n", end + 1);
    if (end < 0) break;
  }
  const cut = Math.min(end < 0 ? whole.length : end, longChars);
  return cut < whole.length ? `${whole.slice(0, cut)}…` : undefined;
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

function receipts(list: readonly ReadReceipt[] | undefined): TemplateResult | typeof nothing {
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

function changes(row: ChangesRow, act: RowActions): TemplateResult {
  const folds = row.events.length >= foldFrom;
  const keys = row.events.map((item) => item.key);
  const open = !folds || act.isOpen(keys);
  return html`
    ${folds ? html`
      <p class="change-summary"><span dir="auto">${t.timeline.changesBy(peopleIn(row), row.events.length)}</span>
        <button type="button" class="button" data-kind="quiet" data-size="small" aria-expanded=${open}
          @click=${() => act.toggle(keys)}>${open ? t.timeline.hide : t.timeline.show}</button></p>` : nothing}
    ${open ? row.events.map(({ event, ts }) => event?.change
      ? html`<p class="change" dir="auto" title=${ts ? formatFull(ts) : nothing}>${sayChange(event.sender, event.change)}</p>` : nothing) : nothing}
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
