// Turns a timeline's items into the rows that are drawn: messages of one
// sender belong together, and a run of changes folds into one line. Pure.
import type { EventItem, TimelineItem } from "alcove";
import { isCall } from "./sentences.js";

export type MessageRow = { readonly kind: "message"; readonly key: string; readonly ts: number; readonly event: EventItem; readonly lead: boolean };
export type ChangesRow = { readonly kind: "changes"; readonly key: string; readonly ts: number; readonly events: readonly TimelineItem[] };
export type LineRow = { readonly kind: "day" | "readMarker" | "gap" | "start"; readonly key: string; readonly ts: number };
export type Row = MessageRow | ChangesRow | LineRow;

/** Messages of one sender within this time share one heading. */
const togetherMs = 5 * 60_000;

/**
 * @param unread the key of the first unread item. The line above it stays where
 * the reader saw it first, though the core takes its own away once all is read.
 */
export function rowsOf(items: readonly TimelineItem[], unread?: string): Row[] {
  const rows: Row[] = [];
  let run: TimelineItem[] = [];
  /** The time of what is unread first, until a row is drawn below its line. */
  let marker: number | undefined;
  const endRun = () => {
    const first = run[0];
    if (first) rows.push({ kind: "changes", key: first.key, ts: first.ts ?? 0, events: run });
    run = [];
  };
  for (const item of items) {
    if (item.kind === "readMarker") continue;
    if (item.key === unread) {
      endRun();
      marker = item.ts ?? 0;
    }
    if (isStep(item)) continue;
    if (marker !== undefined) rows.push({ kind: "readMarker", key: "readMarker", ts: marker });
    marker = undefined;
    if (item.event && isLine(item.event)) {
      run.push(item);
      continue;
    }
    endRun();
    rows.push(rowOf(item, rows.at(-1)));
  }
  endRun();
  return rows;
}

/** The steps of a verification in the room are no messages; its request, which is one, stands for them. So do few events for a call. */
function isStep({ event }: TimelineItem): boolean {
  if (!event) return false;
  return event.type.startsWith("m.key.verification.") || (event.type.startsWith("m.call.") && !event.change && !isCall(event));
}

/** What is told in a line rather than as a message. */
const isLine = (event: EventItem) => !event.redacted && (event.change !== undefined || isCall(event));

function rowOf(item: TimelineItem, before: Row | undefined): Row {
  const { key, kind, ts = 0, event } = item;
  if (kind === "event" && event) return { kind: "message", key, ts, event, lead: !together(before, event, ts) };
  return { kind: kind === "event" ? "gap" : kind, key, ts };
}

function together(before: Row | undefined, event: EventItem, ts: number): boolean {
  if (before?.kind !== "message") return false;
  const same = before.event.sender.id === event.sender.id && before.event.sender.name === event.sender.name;
  return same && Math.abs(ts - before.ts) < togetherMs;
}

/** The row that shows an event, by itself or among others. */
export const rowWith = (rows: readonly Row[], eventId: string): Row | undefined =>
  rows.find((row) => (row.kind === "message" ? row.event.id === eventId : row.kind === "changes" && row.events.some(({ event }) => event?.id === eventId)));

/** The newest event of a row, if it has one. */
export function eventOf(row: Row | undefined): EventItem | undefined {
  if (row?.kind === "message") return row.event;
  return row?.kind === "changes" ? row.events.at(-1)?.event : undefined;
}
