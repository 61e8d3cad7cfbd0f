// Takes out of HTML what a message may not hold (spec: m.room.message
// msgtypes). A chunk of its own: it is loaded once such a message is there.
import DOMPurify from "dompurify";

const tags = [
  "a", "b", "blockquote", "br", "caption", "code", "del", "details", "div", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img",
  "li", "mx-reply", "ol", "p", "pre", "s", "span", "strike", "strong", "sub", "summary", "sup", "table", "tbody", "td", "th", "thead", "tr", "u", "ul",
];

const attributes = ["href", "src", "alt", "color", "start", "data-mx-bg-color", "data-mx-color", "data-mx-spoiler"];

const config = {
  ALLOWED_TAGS: tags,
  ALLOWED_ATTR: attributes,
  // The others are no addresses.
  ADD_URI_SAFE_ATTR: attributes.filter((name) => name !== "href" && name !== "src"),
  ALLOW_ARIA_ATTR: false,
  ALLOW_DATA_ATTR: false,
  ALLOWED_URI_REGEXP: /^(?:https?|ftp|mailto|magnet|matrix|mxc):/i,
  // A fragment is never parsed again, so nothing can come to life by that.
  RETURN_DOM_FRAGMENT: true,
} as const;

export function clean(html: string): HTMLElement {
  const root = document.createElement("div");
  root.append(DOMPurify.sanitize(html, config));
  return root;
}
