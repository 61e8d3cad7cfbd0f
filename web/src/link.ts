// Finds web addresses, Matrix links and ids in plain text. It yields pieces; the
// views build nodes.
import { formatLink, parseID } from "alcove";
import { linkOf, type Target } from "./formatted/target.js";

export type Piece = { readonly text: string; readonly to?: Target };

const rest = "[^\\s<>\"'`\u201c\u201d\u00ab\u00bb]+";
/**
 * A scheme, then anything that is no space, quote or angle bracket; or an id of a
 * user or an alias of a room, whose server has a dot, for "#1:2" is none.
 */
const address = new RegExp(
  `(?:\\bhttps?://|(?<![\\w+])matrix:)${rest}|(?<![\\p{L}\\p{N}_/:.@#-])[@#][^\\s:@#<>"'\u0060]{1,200}:[a-z0-9-]+(?:\\.[a-z0-9-]+)+(?::\\d{1,5})?(?![\\p{L}\\p{N}/])`, "giu",
);
const maxLength = 64_000;
/** Each names what it leads to, which takes looking it up. A message with more has them as text. */
export const maxPills = 50;

/** Splits text into plain pieces and links to the web, by http and https only, or within Matrix. */
export function splitLinks(text: string): Piece[] {
  if (text.length > maxLength || !text.includes(":")) return [{ text }];
  const pieces: Piece[] = [];
  let end = 0;
  let pills = 0;
  for (const match of text.matchAll(address)) {
    const link = trimEnd(match[0]);
    const to = targetOf(link);
    if (!to || (to.kind === "matrix" && ++pills > maxPills)) continue;
    if (match.index > end) pieces.push({ text: text.slice(end, match.index) });
    pieces.push({ text: link, to });
    end = match.index + link.length;
  }
  if (end < text.length || pieces.length === 0) pieces.push({ text: text.slice(end) });
  return pieces;
}

/** Takes off punctuation that ends the sentence rather than the address. */
function trimEnd(link: string): string {
  let end = link.length;
  let closing = unmatchedClosings(link);
  for (; end > 0; end--) {
    const last = link.charAt(end - 1);
    if (/[.,;:!?*_~]/.test(last)) continue;
    if (last === ")" && closing > 0) {
      closing--;
      continue;
    }
    break;
  }
  return link.slice(0, end);
}

/** Counts closing parentheses without an opening one, so that /wiki/Fox_(animal) stays whole. */
function unmatchedClosings(link: string): number {
  let open = 0;
  let unmatched = 0;
  for (const c of link) {
    if (c === "(") open++;
    else if (c === ")" && open > 0) open--;
    else if (c === ")") unmatched++;
  }
  return unmatched;
}

function targetOf(link: string): Target | undefined {
  const named = parseID(link);
  return linkOf(named ? formatLink(named) : link);
}
