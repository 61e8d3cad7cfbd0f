// Initials and colours for people and rooms that have no picture here.

const tones = 8;
const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** A number from 0 to 7 that is always the same for the same id. */
export function toneOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % tones;
}

/** One or two letters that stand for a name. */
export function initialsOf(name: string): string {
  const words = name.replace(/[()[\]{}"'“”]/g, " ").trim().replace(/^[@#!+]+/, "").split(/[\s_.\-]+/).filter(Boolean);
  const first = words[0] ?? "";
  const last = words.length > 1 ? words[words.length - 1] ?? "" : "";
  return (firstGrapheme(first) + firstGrapheme(last)).toLocaleUpperCase() || "?";
}

function firstGrapheme(word: string): string {
  for (const { segment } of segmenter.segment(word)) return segment;
  return "";
}
