// Finds web addresses in plain text. It yields pieces; the views build nodes.

export type Piece = { readonly text: string; readonly href?: string };

// A scheme, then anything that is no space, quote or angle bracket.
const address = /\bhttps?:\/\/[^\s<>"'`\u201c\u201d\u00ab\u00bb]+/giu;
const maxLength = 64_000;

/** Splits text into plain pieces and links to http and https only. */
export function splitLinks(text: string): Piece[] {
  if (text.length > maxLength || !text.includes("://")) return [{ text }];
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(address)) {
    const link = trimEnd(match[0]);
    const href = safeHref(link);
    if (!href) continue;
    if (match.index > end) pieces.push({ text: text.slice(end, match.index) });
    pieces.push({ text: link, href });
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

function safeHref(link: string): string | undefined {
  if (!URL.canParse(link)) return undefined;
  const url = new URL(link);
  const web = url.protocol === "https:" || url.protocol === "http:";
  return web && url.hostname !== "" ? url.href : undefined;
}
