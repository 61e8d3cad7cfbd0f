// Gives the tags of a sanitised message the shape they have here: pills,
// spoilers, safe links, colours that can be read.
import { t } from "../messages.js";
import { maxPills, splitLinks } from "../link.js";
import { idIn, pill, type Pill } from "../views/pill.js";
import { linkOf } from "./target.js";

/** Deeper than this a message shows its text alone (spec: m.room.message msgtypes). */
const maxDepth = 100;

export function decorate(root: HTMLElement): void {
  visit(root, 0, false);
  for (const one of [...root.querySelectorAll<Pill>("alcove-pill")].slice(maxPills)) one.replaceWith(idIn(one.to.link));
}

/** @param verbatim whether it is within a link or code, where addresses are no links */
function visit(parent: Element, depth: number, verbatim: boolean): void {
  for (const node of [...parent.childNodes]) {
    if (node instanceof Text) {
      if (!verbatim) linkText(node);
    } else if (!(node instanceof HTMLElement) || depth >= maxDepth) {
      node.replaceWith(node.textContent ?? "");
    } else {
      const whole = verbatim || ["a", "code", "pre", "summary"].includes(node.localName);
      visit(node, depth + 1, whole);
      shape(node);
    }
  }
}

function linkText(node: Text): void {
  const pieces = splitLinks(node.data);
  if (pieces.every(({ to }) => !to)) return;
  node.replaceWith(...pieces.map(({ text, to }) => (to?.kind === "matrix" ? pill(to) : to ? outward(make("a", text), to.href) : text)));
}

function shape(element: HTMLElement): void {
  const said = take(element);
  const made = reshape(element, said);
  tint(made, said);
  if (said["data-mx-spoiler"] !== undefined) hide(made, said["data-mx-spoiler"]);
}

type Said = Readonly<Record<string, string>>;

/** Takes off all attributes, and returns what they said. */
function take(element: HTMLElement): Said {
  const said: Record<string, string> = {};
  for (const { name, value } of [...element.attributes]) {
    said[name] = value;
    element.removeAttribute(name);
  }
  return said;
}

/** Returns the element that is there afterwards. */
function reshape(element: HTMLElement, said: Said): HTMLElement {
  switch (element.localName) {
    case "a":
      return link(element, said["href"] ?? "");
    case "img":
      return replace(element, make("span", said["alt"]?.trim() || t.message.picture, "image-alt"));
    case "h1": case "h2": case "h3": case "h4": case "h5": case "h6":
      // The page's headings are its own.
      return replace(element, rename(element, "p", `heading ${element.localName}`));
    case "mx-reply":
      return replace(element, rename(element, "span"));
    case "pre":
      return reachable(element, t.message.code);
    case "table":
      return wrapTable(element);
    case "ol": {
      const start = Number(said["start"]);
      if (Number.isInteger(start) && Math.abs(start) < 1e6 && said["start"]) element.setAttribute("start", String(start));
      return element;
    }
    default:
      return element;
  }
}

/** Of a link within Matrix the words are not kept: they might name somebody else. */
function link(element: HTMLElement, href: string): HTMLElement {
  const to = linkOf(href);
  if (!to) return replace(element, rename(element, "span"));
  return to.kind === "web" ? outward(element, to.href) : replace(element, pill(to));
}

function outward<E extends HTMLElement>(element: E, href: string): E {
  element.setAttribute("href", href);
  element.setAttribute("target", "_blank");
  element.setAttribute("rel", "noopener noreferrer nofollow");
  return element;
}

/** What may be wider than the page can be scrolled, by keyboard too. */
function reachable(element: HTMLElement, label: string): HTMLElement {
  element.tabIndex = 0;
  element.setAttribute("role", "group");
  element.setAttribute("aria-label", label);
  return element;
}

function wrapTable(table: HTMLElement): HTMLElement {
  const frame = reachable(make("div", "", "table"), t.message.table);
  table.replaceWith(frame);
  frame.append(table);
  return frame;
}

const colour = /^#[0-9a-f]{6}$/i;

/** The style sheet takes from these colours what can be read on its ground. */
function tint(element: HTMLElement, said: Said): void {
  const ink = said["data-mx-color"] ?? said["color"] ?? "";
  const ground = said["data-mx-bg-color"] ?? "";
  if (colour.test(ink)) element.style.setProperty("--ink", ink);
  if (colour.test(ground)) element.style.setProperty("--paper", ground);
  if (colour.test(ink)) element.classList.add("inked");
  if (colour.test(ground)) element.classList.add("papered");
}

/** Puts a button that says why before what it hides. */
function hide(element: HTMLElement, reason: string): void {
  const button = make("button", reason ? t.message.spoilerOf(reason) : t.message.spoiler, "spoiler-show");
  button.type = "button";
  button.setAttribute("aria-expanded", "false");
  const hidden = make("span", "", "spoiler-text");
  hidden.hidden = true;
  const spoiler = make("span", "", "spoiler");
  element.replaceWith(spoiler);
  hidden.append(element);
  spoiler.append(button, hidden);
}

function make<K extends keyof HTMLElementTagNameMap>(name: K, text: string, classes = ""): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  if (text) element.append(text);
  if (classes) element.className = classes;
  return element;
}

function rename(element: HTMLElement, name: "p" | "span", classes = ""): HTMLElement {
  const made = make(name, "", classes);
  made.append(...element.childNodes);
  return made;
}

function replace(element: HTMLElement, by: HTMLElement): HTMLElement {
  element.replaceWith(by);
  return by;
}
