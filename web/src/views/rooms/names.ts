// What a room that the user may not be in is called, and what else is told of it.
import type { RoomPreview } from "alcove";
import { html, nothing, type TemplateResult } from "lit";
import { w } from "../../messages-rooms.js";
import { avatar, icon } from "../../parts.js";

export const previewName = ({ name, alias }: RoomPreview): string => name || alias || w.unnamed;

/** Names and topics come from anybody: text only, no pictures and no links. `level` makes the name a heading. */
export function about(room: RoomPreview, more: TemplateResult | typeof nothing = nothing, level?: number): TemplateResult {
  const name = previewName(room);
  return html`
    ${avatar(room.id, name, { room: true })}
    <div class="about">
      <p class="about-name" role=${level ? "heading" : nothing} aria-level=${level ?? nothing}><bdi>${name}</bdi>${room.encrypted ? html`<span role="img" aria-label=${w.encrypted} title=${w.encrypted}>${icon("lock")}</span>` : nothing}</p>
      <p class="about-facts">
        ${room.type === "m.space" ? html`<span class="tag">${w.space}</span>` : nothing}${more}
        <span>${w.members(room.joined)}</span>
        ${room.readable ? html`<span>${w.anyoneReads}</span>` : nothing}
        ${room.alias && room.name ? html`<span class="about-alias" dir="ltr">${room.alias}</span>` : nothing}
      </p>
      ${room.topic ? html`<p class="about-topic" dir="auto">${room.topic}</p>` : nothing}
    </div>`;
}
