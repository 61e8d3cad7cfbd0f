import type { ZoneOffset } from "./api.js";

const day = 86_400_000;
const year = 365.25 * day;
/** Shorter than the shortest known stretch of one offset (Morocco around Ramadan). */
const step = 10 * day;

/** OffsetAt says how many minutes east of UTC a zone is at a moment. */
export type OffsetAt = (ms: number) => number;

const ownZone: OffsetAt = (ms) => -new Date(ms).getTimezoneOffset();

/**
 * zoneOffsets lists the offsets of a time zone from 20 years before now to 5
 * years after. The engine knows the zone's rules but does not tell them, so
 * it is asked at intervals, and each change is searched by halves.
 */
export function zoneOffsets(now: number, offsetAt: OffsetAt = ownZone): ZoneOffset[] {
  const start = now - 20 * year;
  const found: ZoneOffset[] = [{ from: Math.round(start), minutes: offsetAt(start) }];
  for (let at = start; at < now + 5 * year; at += step) {
    const minutes = offsetAt(at + step);
    if (minutes === found.at(-1)?.minutes) continue;
    found.push({ from: change(at, at + step, offsetAt), minutes });
  }
  return found;
}

/** change finds the first millisecond with the offset of the end. */
function change(before: number, after: number, offsetAt: OffsetAt): number {
  let low = Math.floor(before);
  let high = Math.ceil(after);
  const minutes = offsetAt(high);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle) === minutes) high = middle;
    else low = middle;
  }
  return high;
}
