// Markdown to the HTML that messages may hold. A chunk of its own: it is
// loaded once somebody writes a mark.
import { formatMatrixTo } from "alcove";
import { Marked, type Token, type Tokens } from "marked";
import { clean } from "../formatted/clean.js";
import type { Named } from "./words.js";

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escape = (text: string) => text.replace(/[&<>"]/g, (one) => escapes[one] ?? one);

/** Tags that are typed, and pictures, stay what was typed. */
const marked = new Marked({
  gfm: true,
  breaks: true,
  renderer: { html: ({ text }) => escape(text), image: ({ raw }) => escape(raw) },
});

/** Undefined where there is no format. */
export function toHTML(text: string, named: readonly Named[]): string | undefined {
  const tokens = marked.lexer(text);
  if (named.length === 0 && tokens.every(isPlain)) return undefined;
  const root = clean(marked.parser(tokens));
  for (const one of named) mention(root, one);
  const [only, ...others] = root.children;
  return (only?.localName === "p" && others.length === 0 ? only : root).innerHTML.trim();
}

function isPlain(token: Token): boolean {
  switch (token.type) {
    case "space": case "br": case "html":
      return true;
    case "text": case "paragraph":
      return (token as Tokens.Paragraph).tokens?.every(isPlain) ?? true;
    case "link":
      return token.raw === (token as Tokens.Link).text; // an address as it was typed
    default:
      return false;
  }
}

/** Makes a link of a name, but not within code. */
function mention(root: HTMLElement, { id, name }: Named): void {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  while (walker.nextNode()) if (!walker.currentNode.parentElement?.closest("a, code")) texts.push(walker.currentNode as Text);
  for (const text of texts) {
    for (let rest = text, at = rest.data.indexOf(`@${name}`); at >= 0; at = rest.data.indexOf(`@${name}`)) {
      const found = rest.splitText(at);
      rest = found.splitText(name.length + 1);
      const link = document.createElement("a");
      link.href = formatMatrixTo({ kind: "user", id });
      link.append(`@${name}`);
      found.replaceWith(link);
    }
  }
}
