// Which messages their writers may edit. Pure.
import type { EventItem, TimelineItem } from "alcove";
import { readContent } from "./content.js";

/** Text of one's own that is there to read. */
export function isEditable(event: EventItem): boolean {
  const { own, redacted, crypto, send } = event;
  if (!own || redacted || crypto?.state === "failed" || send?.state === "failed" || event.type !== "m.room.message") return false;
  return ["text", "emote", "notice"].includes(readContent(event).kind);
}

export const lastEditable = (items: readonly TimelineItem[]) => items.findLast(({ event }) => event && isEditable(event));
