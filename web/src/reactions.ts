// Reactions as they are shown. Pure.
import type { Person, Reaction } from "alcove";

export type Chip = { readonly key: string; readonly text: string; readonly count: number; readonly names: readonly string[]; readonly own: boolean };

/** What the user just pressed: shown at once, before the core has answered. */
export type Pressed = ReadonlyMap<string, boolean>;

const longestKey = 12;
const namedPeople = 5;

export function chipsOf(reactions: readonly Reaction[] | undefined, pressed: Pressed | undefined, me: Pick<Person, "id" | "name">): Chip[] {
  const present = new Set(reactions?.map(({ key }) => key));
  const fresh = [...(pressed ?? [])].filter(([key, on]) => on && !present.has(key)).map(([key]) => ({ key, count: 0, by: [] }));
  return [...(reactions ?? []), ...fresh].map((one) => chipOf(one, pressed?.get(one.key), me)).filter(({ count }) => count > 0);
}

function chipOf({ key, count, by, own }: Reaction, pressed: boolean | undefined, me: Pick<Person, "id" | "name">): Chip {
  const was = own !== undefined;
  const is = pressed ?? was;
  const others = by.filter(({ id }) => id !== me.id).map(({ name }) => name).slice(0, namedPeople);
  return { key, text: shortKey(key), count: count + Number(is) - Number(was), names: is ? [me.name, ...others] : others, own: is };
}

/** A key is any text, of any length, or the address of a picture. */
export function shortKey(key: string): string {
  if (key.startsWith("mxc://")) return "";
  if (key.length <= longestKey) return key;
  const letters: string[] = [];
  // What is beyond may be long.
  for (const { segment } of segmenter.segment(key.slice(0, 10 * longestKey))) {
    if (letters.length === longestKey) return `${letters.join("")}…`;
    letters.push(segment);
  }
  return letters.join("").length < key.length ? `${letters.join("")}…` : key;
}

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });
