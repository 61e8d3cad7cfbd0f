// Makes HTML that came with a message safe to show.
import { clean } from "./clean.js";
import { decorate } from "./decorate.js";

/** The message as nodes, or nothing where nothing is left of it. */
export function sanitize(html: string): HTMLElement | undefined {
  const root = clean(html);
  dropFallback(root);
  decorate(root);
  return root.textContent?.trim() || root.querySelector("hr") ? root : undefined;
}

/** What old clients put before a reply is what it answers (spec: rich replies). */
function dropFallback(root: HTMLElement): void {
  const first = [...root.childNodes].find((node) => node instanceof HTMLElement || node.textContent?.trim());
  if (first instanceof HTMLElement && first.localName === "mx-reply") first.remove();
}
