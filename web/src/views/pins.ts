// Pinned messages, as a message's menu, a row and a room's header show them.
import type { LiveRoom, RoomDetails } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { openDialog } from "../dialog.js";
import { codeOf, explain } from "../errors.js";
import type { MenuItem } from "../menu.js";
import { t } from "../messages.js";
import { icon } from "../parts.js";

/** Pins a message, or takes it off. What the server says to that is told here. */
export function pinItem(room: LiveRoom, id: string, pinned: boolean, say: (text: string) => void): MenuItem {
  const words = pinned ? t.pins.taken : t.pins.put;
  const act = () => (pinned ? room.unpin(id) : room.pin(id)).then(() => say(words.done), (error: unknown) => {
    openDialog(words.failed, () => html`<p class="error" role="alert">${explainPin(error)}</p>`);
  });
  return { label: words.act, act };
}

/** Why something was not pinned, or not taken off. */
export const explainPin = (error: unknown): string => (codeOf(error) === "send.forbidden" ? t.pins.forbidden : explain(error));

export const pinMark = (): TemplateResult => html`<p class="pin-mark">${icon("pin")}${t.pins.mark}</p>`;

/** Leads to what is pinned in a room, where anything is. */
export function pinsButton({ pinned = [], room }: RoomDetails, open: () => void): TemplateResult | typeof nothing {
  if (pinned.length === 0 || room.membership !== "join") return nothing;
  const label = t.pins.count(pinned.length);
  return html`
    <button type="button" class="icon-button room-pins" aria-haspopup="dialog" aria-label=${label} title=${label} @click=${open}>
      ${icon("pin")}<span aria-hidden="true">${pinned.length}</span></button>`;
}
