// What a message says, by its kind.
import type { EventCrypto } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { readContent, type Words } from "../../content.js";
import { sayFailure, sayHint } from "../../crypto.js";
import { t } from "../../messages.js";
import { icon, linked } from "../../parts.js";
import type { MessageRow } from "../../rows.js";
import { asksToVerify, sayBody } from "../../sentences.js";
import "../../formatted/formatted.js";
import type { RowActions } from "./actions.js";
import { locationCard, mediaCard } from "./cards.js";
import { pollCard } from "./poll.js";
import { editedMark } from "./relations.js";

/** A longer message is cut until it is asked for. */
const longLines = 40;
const longChars = 4_000;

export function body(row: MessageRow, act: RowActions): TemplateResult {
  const { event } = row;
  if (event.redacted) return html`<p class="text" data-kind="removed">${t.timeline.redacted}</p>`;
  if (event.crypto?.state === "failed") return undecrypted(event.crypto, act);
  if (asksToVerify(event)) return placeholder(sayBody(event.type, "m.key.verification.request", ""));
  if (event.poll) return pollCard(row, event.poll, act);
  return byKind(row, act);
}

function byKind({ key, event }: MessageRow, act: RowActions): TemplateResult {
  const content = readContent(event);
  const mark = editedMark(event);
  switch (content.kind) {
    case "media":
      return mediaCard(content, content.caption ? words(key, content.caption, "text", act, nothing, mark) : nothing);
    case "location":
      return locationCard(content);
    case "unknown":
      return placeholder(sayBody(event.type, undefined, content.body));
    case "serverNotice":
      return html`
        <p class="message-label">${t.message.serverNotice}</p>${words(key, content, "notice", act)}
        ${content.contact ? html`<a class="button" data-size="small" href=${content.contact} target="_blank" rel="noopener noreferrer nofollow">${t.message.contact}</a>` : nothing}`;
    case "emote":
      return words(key, content, "emote", act, html`<bdi>${event.sender.name}</bdi> `, mark);
    default:
      return words(key, content, content.kind, act, nothing, mark);
  }
}

const placeholder = (text: string) => html`<p class="text" data-kind="placeholder" dir="auto">${text}</p>`;

function undecrypted(crypto: EventCrypto, act: RowActions): TemplateResult {
  return html`
    <p class="text" data-kind="placeholder" data-crypto="failed">${icon("lock")}<span>${sayFailure(crypto)}
      <span class="hint">${sayHint(crypto, act.identity)}</span></span></p>`;
}

/** @param lead and @param end what comes before and after them on the same line */
function words(key: string, { body, html: markup }: Words, kind: string, act: RowActions, lead: unknown = nothing, end: unknown = nothing): TemplateResult {
  if (!body && !markup) return html`<p class="text" data-kind="placeholder">${t.timeline.undecodable}</p>`;
  const short = shorten(body) ?? (markup && shorten(markup));
  const open = !short || act.isOpen([key]);
  const plain = open ? body : (shorten(body) ?? body);
  return html`
    <div class="text" data-kind=${kind} dir="auto" data-cut=${open ? nothing : ""}>${lead}${markup
      ? html`<alcove-formatted .markup=${markup} .plain=${plain}></alcove-formatted>`
      : linked(plain)}${end}</div>
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
