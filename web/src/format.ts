// Dates, numbers, lists and plurals in the reader's language.

const locale = globalThis.navigator?.language;

const time = new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" });
const full = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "short" });
const weekday = new Intl.DateTimeFormat(locale, { weekday: "short" });
const date = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
const dateWithYear = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric" });
const dayLine = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
const dayLineWithYear = new Intl.DateTimeFormat(locale, { dateStyle: "full" });
const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
const conjunction = new Intl.ListFormat(locale, { type: "conjunction" });
// The words are English, so their plural rule is too; figures follow the reader.
const plural = new Intl.PluralRules("en");
const number = new Intl.NumberFormat(locale);

const dayMs = 86_400_000;

// Senders claim their own times; Intl and Date throw beyond this one.
const maxTs = 8.64e15;
const real = (ts: number) => (Math.abs(ts) <= maxTs ? ts : 0);

/** "3:45 PM" */
export const formatTime = (ts: number): string => time.format(real(ts));

/** Day, date and time, for tooltips. */
export const formatFull = (ts: number): string => full.format(real(ts));

/** For the datetime attribute. */
export const formatISO = (ts: number): string => new Date(real(ts)).toISOString();

export const list = (names: readonly string[]): string => conjunction.format(names);

/** The form of a phrase that fits n, with # replaced by n. */
export function count(n: number, forms: { one: string; other: string }): string {
  return forms[plural.select(n) === "one" ? "one" : "other"].replace("#", number.format(n));
}

/** "1,234" */
export const formatCount = (n: number): string => number.format(n);

const units = ["kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** "12.3 MB" */
export function formatBytes(bytes: number): string {
  const power = Math.min(units.length, Math.max(1, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const unit = units[power - 1] ?? "kilobyte";
  const amount = bytes / 1_000 ** power;
  const digits = amount < 10 ? 1 : 0;
  return new Intl.NumberFormat(locale, { style: "unit", unit, maximumFractionDigits: digits }).format(amount);
}

/** "49.87251", for coordinates. */
export const formatDegrees = (degrees: number): string => new Intl.NumberFormat(locale, { maximumFractionDigits: 5 }).format(degrees);

/** "35 m" */
export const formatMetres = (metres: number): string =>
  new Intl.NumberFormat(locale, { style: "unit", unit: metres < 1_000 ? "meter" : "kilometer", maximumFractionDigits: 0 }).format(metres < 1_000 ? metres : metres / 1_000);

/** A day divider: "Today", "Yesterday", "Monday, 3 March", with the year where it is another. */
export function formatDay(claimed: number, now = Date.now()): string {
  const ts = real(claimed);
  const days = daysBetween(ts, now);
  if (days < 2 && days >= 0) return capital(relative.format(-days, "day"));
  return (sameYear(ts, now) ? dayLine : dayLineWithYear).format(ts);
}

/** A short moment for the room list: time today, weekday this week, else the date. */
export function formatShort(claimed: number, now = Date.now()): string {
  const ts = real(claimed);
  const days = daysBetween(ts, now);
  if (days <= 0) return time.format(ts);
  if (days < 7) return weekday.format(ts);
  return (sameYear(ts, now) ? date : dateWithYear).format(ts);
}

function daysBetween(from: number, to: number): number {
  const midnight = (ts: number) => new Date(ts).setHours(0, 0, 0, 0);
  return Math.round((midnight(to) - midnight(from)) / dayMs);
}

const sameYear = (a: number, b: number) => new Date(a).getFullYear() === new Date(b).getFullYear();

const capital = (text: string) => text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);
