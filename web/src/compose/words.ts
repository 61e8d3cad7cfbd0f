// From what was typed to what is sent: its format, and whom it mentions.
import { parseLink, type EventItem, type Mentions } from "alcove";
import { fieldsOf } from "../content.js";

/** Who was chosen by name, and may still be in the text. */
export type Named = { readonly id: string; readonly name: string };

export type Words = { readonly html?: string; readonly mentions?: Mentions };

/** A text without any of these has nothing to format. */
const marks = /[*_`~#>|\\[\]]|^\s*(?:[-+]|\d+[.)])\s|^\s*[-=]{2,}\s*$/m;

export async function wordsOf(text: string, named: readonly Named[], everybody: boolean): Promise<Words> {
  const there = named.filter(({ name }) => text.includes(`@${name}`));
  const room = everybody && /(^|\s)@room\b/.test(text);
  const mentions = { ...(there.length && { users: [...new Set(there.map(({ id }) => id))] }), ...(room && { room }) };
  const html = await formatOf(text, there);
  return { ...(html && { html }), ...((there.length || room) && { mentions }) };
}

/** The text's format; undefined where it has none. */
export async function formatOf(text: string, named: readonly Named[]): Promise<string | undefined> {
  if (!marks.test(text) && named.length === 0) return undefined;
  try {
    const { toHTML } = await import("./markdown.js");
    return toHTML(text, named);
  } catch {
    return undefined; // it could not be loaded: the text says the same
  }
}

/** Who is named in a message of one's own, to be edited. */
export function namedIn({ content }: EventItem): Named[] {
  const { formatted_body: html } = fieldsOf(content);
  if (typeof html !== "string") return [];
  const { links } = new DOMParser().parseFromString(html, "text/html");
  return [...links].flatMap((link) => {
    const to = parseLink(link.getAttribute("href") ?? "");
    return to?.kind === "user" ? [{ id: to.id, name: link.textContent.replace(/^@/, "") }] : [];
  });
}
