// The emoji there are. They load when somebody asks for them.

export type Emoji = { readonly emoji: string; readonly group: number; readonly label: string; readonly codes: readonly string[]; readonly tags: string };

let loading: Promise<readonly Emoji[]> | undefined;

export function loadEmoji(): Promise<readonly Emoji[]> {
  loading ??= import("virtual:emoji").then(({ default: rows }) => rows.map(read), (error: unknown) => {
    loading = undefined; // asked for anew the next time
    throw error;
  });
  return loading;
}

const read = ([emoji, group, label, codes, tags]: EmojiRow): Emoji => ({ emoji, group, label, codes: codes.split(" ").filter(Boolean), tags });

/** Those that a few letters are about, the best first. */
export function searchEmoji(all: readonly Emoji[], text: string, most: number): Emoji[] {
  const wanted = text.trim().toLowerCase().replaceAll("_", " ").split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return [];
  const ranked = all.flatMap((one) => {
    const rank = rankOf(one, wanted);
    return rank === undefined ? [] : [{ one, rank }];
  });
  return ranked.sort((a, b) => a.rank - b.rank || a.one.label.length - b.one.label.length).slice(0, most).map(({ one }) => one);
}

function rankOf({ label, codes, tags }: Emoji, wanted: readonly string[]): number | undefined {
  const names = codes.map((code) => code.replaceAll("_", " "));
  const whole = wanted.join(" ");
  if (names.includes(whole) || label === whole) return 0;
  const words = `${names.join(" ")} ${label} ${tags}`.split(" ");
  if (!wanted.every((part) => words.some((word) => word.startsWith(part)))) return undefined;
  if (names.some((name) => name.startsWith(whole)) || label.startsWith(whole)) return 1;
  return wanted.every((part) => label.includes(part)) ? 2 : 3;
}

/** The emoji of a shortcode such as smile. */
export const byCode = (all: readonly Emoji[], code: string) => all.find(({ codes }) => codes.includes(code))?.emoji;

const key = "alcove.emoji";
const kept = 24;

/** What was used last, the newest first. */
export function recentEmoji(): string[] {
  try {
    const list: unknown = JSON.parse(localStorage.getItem(key) ?? "[]");
    return Array.isArray(list) ? list.filter((one): one is string => typeof one === "string" && one.length < 32).slice(0, kept) : [];
  } catch {
    return [];
  }
}

export function useEmoji(emoji: string): void {
  try {
    localStorage.setItem(key, JSON.stringify([emoji, ...recentEmoji().filter((one) => one !== emoji)].slice(0, kept)));
  } catch {
    // Full or forbidden: none is remembered.
  }
}
