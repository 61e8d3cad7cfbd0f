// What is more than text, as a card: files by name and size, places by their
// coordinates.
import { html, nothing, type TemplateResult } from "lit";
import type { Content, Media, MediaKind } from "../../content.js";
import { formatBytes, formatDegrees, formatMetres } from "../../format.js";
import { mapOf, type Place } from "../../geo.js";
import { t } from "../../messages.js";
import { icon, type IconName } from "../../parts.js";

const icons: Readonly<Record<MediaKind, IconName>> = { image: "image", sticker: "image", video: "video", audio: "audio", file: "file" };

export function mediaCard({ media, name, size }: Media, caption: TemplateResult | typeof nothing): TemplateResult {
  const about = t.message.mediaOf(t.message.media[media], size ? formatBytes(size) : "");
  return html`
    <div class="card" data-media=${media}>${icon(icons[media])}
      <p class="card-about"><bdi class="card-name">${name || t.message.unnamed}</bdi><span class="hint">${about}</span></p></div>
    ${caption}`;
}

export function locationCard({ body, place }: Content & { kind: "location" }): TemplateResult {
  return html`
    <div class="card" data-media="location">${icon("place")}
      <p class="card-about"><bdi class="card-name">${body || t.message.location}</bdi>
        <span class="hint">${place ? coordinates(place) : t.message.noPlace}</span></p>
      ${place ? html`<a class="button" data-size="small" href=${mapOf(place)} target="_blank" rel="noopener noreferrer nofollow">${t.message.map}</a>` : nothing}
    </div>`;
}

function coordinates({ latitude, longitude, uncertainty }: Place): string {
  const { north, south, east, west, place, within } = t.message;
  const lat = (latitude < 0 ? south : north)(formatDegrees(Math.abs(latitude)));
  const lon = (longitude < 0 ? west : east)(formatDegrees(Math.abs(longitude)));
  const where = place(lat, lon);
  return uncertainty ? `${where}, ${within(formatMetres(uncertainty))}` : where;
}
