// What is written about: the message that is answered or edited. Kept with the
// draft, so that a reload does not turn an answer into a message of its own.
import type { TimelineItem } from "alcove";
import { readDraft, writeDraft } from "../drafts.js";
import { namedIn, type Named } from "./words.js";

export type About = {
  readonly kind: "reply" | "edit";
  readonly item: TimelineItem;
  /** What was written before an edit began, to be gone on with. */
  readonly before?: string;
};

/** All of a draft but its text. */
export type Context = { readonly about?: About; readonly named: readonly Named[] };

const keyOf = (place: string) => `${place} about`;

export function readContext(user: string, place: string): Context {
  try {
    // Only this page writes it.
    return JSON.parse(readDraft(user, keyOf(place)) || "null") as Context | null ?? { named: [] };
  } catch {
    return { named: [] };
  }
}

export function writeContext(user: string, place: string, { about, named }: Context): void {
  const kept = { ...(about && { about: { ...about, item: shortened(about.item) } }), named };
  writeDraft(user, keyOf(place), about || named.length ? JSON.stringify(kept) : "");
}

/** Of the message only what it takes to name it again. */
function shortened({ key, kind, ts, event }: TimelineItem): TimelineItem {
  if (!event) return { key, kind };
  const { id, txnId, sender, own, type, content } = event;
  const short = { sender, type, content, ...(id && { id }), ...(txnId && { txnId }), ...(own && { own }) };
  return { key, kind, event: short, ...(ts !== undefined && { ts }) };
}

export const namedAbout = (item: TimelineItem): Named[] => (item.event ? namedIn(item.event) : []);
