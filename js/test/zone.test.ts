import assert from "node:assert/strict";
import { test } from "node:test";
import { zoneOffsets } from "../src/zone.js";
import type { OffsetAt } from "../src/zone.js";

const now = Date.UTC(2025, 5, 1);
const from = Date.UTC(2005, 6, 1);

/** offsetIn asks Intl, which knows all zones, what Date knows of one. */
function offsetIn(timeZone: string): OffsetAt {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  return (ms) => {
    const at = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
    const local = Date.UTC(at["year"] ?? 0, (at["month"] ?? 1) - 1, at["day"], at["hour"], at["minute"], at["second"]);
    return Math.round((local - Math.floor(ms / 1000) * 1000) / 60_000);
  };
}

const zones = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia", "Asia/Kathmandu", "Asia/Pyongyang"];

for (const zone of zones) {
  test(`the offsets of ${zone} hold at every moment`, () => {
    const at = offsetIn(zone);
    const offsets = zoneOffsets(now, at);
    assert.ok((offsets[0]?.from ?? Infinity) < from);
    for (let i = 1; i < offsets.length; i++) {
      const { from: start, minutes } = offsets[i] ?? { from: 0, minutes: 0 };
      assert.ok(start > (offsets[i - 1]?.from ?? 0), "oldest first");
      assert.equal(at(start), minutes);
      assert.equal(at(start - 1), offsets[i - 1]?.minutes, "to the millisecond");
    }
    const offset = (ms: number) => offsets.findLast((one) => one.from <= ms)?.minutes;
    for (let ms = from; ms < Date.UTC(2030, 0, 1); ms += 86_400_000 * 3.3) {
      assert.equal(offset(ms), at(ms), new Date(ms).toISOString());
    }
  });
}

test("this machine's own zone is asked by default", () => {
  const offsets = zoneOffsets(Date.now());
  assert.equal(offsets.findLast((one) => one.from <= Date.now())?.minutes, -new Date().getTimezoneOffset());
});
