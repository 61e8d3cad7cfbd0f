// What the address bar says: #/room/<id>, and behind it /details, /thread/<root> or
// /event/<id>; #/space/<id> for what is in a space, with or without /details; or
// #/link/<uri>, a link to somewhere that has to be found first. Which space the room
// list is narrowed to is part of the step, not of the address: links to a room are the
// same from everywhere.
import { parseLink, type MatrixLink } from "alcove";

export type Route = {
  readonly room?: string;
  /** The space to look into. */
  readonly space?: string;
  readonly details?: boolean;
  readonly thread?: string;
  /** The event to show with what stands around it. */
  readonly event?: string;
  /** To be followed, which leads to another route or to a question. */
  readonly link?: MatrixLink;
};

export function parseRoute(hash: string): Route {
  const [, kind, id, part, of = ""] = hash.replace(/^#/, "").split("/");
  const named = decode(id ?? "");
  if (!named) return {};
  if (kind === "link") return readLinkRoute(named);
  if (kind === "space") return part === "details" ? { space: named, details: true } : { space: named };
  return kind === "room" ? roomRoute(named, part, decode(of)) : {};
}

function roomRoute(room: string, part: string | undefined, named: string): Route {
  if (named && part === "thread") return { room, thread: named };
  if (named && part === "event") return { room, event: named };
  return part === "details" ? { room, details: true } : { room };
}

/** Pages may only handle the scheme matrix: with a prefix (HTML, registerProtocolHandler). */
function readLinkRoute(uri: string): Route {
  const link = parseLink(uri.replace(/^web\+(?=matrix:)/i, ""));
  return link ? { link } : {};
}

/** The place on this page that follows a Matrix link. */
export const formatLinkRoute = (uri: string): string => `#/link/${encodeURIComponent(uri.toWellFormed())}`;

export function formatRoute(route: Route): string {
  if (route.space) return `#/space/${encodeURIComponent(route.space)}${route.details ? "/details" : ""}`;
  if (!route.room) return "#/";
  return `#/room/${encodeURIComponent(route.room)}${partOf(route)}`;
}

function partOf({ thread, event, details }: Route): string {
  if (thread) return `/thread/${encodeURIComponent(thread)}`;
  if (event) return `/event/${encodeURIComponent(event)}`;
  return details ? "/details" : "";
}

/** Where a room opens: a space is looked into, and an event shown with what stands around it. */
export function placeOf({ id, type }: { readonly id: string; readonly type?: string | undefined }, event?: string): Route {
  if (event) return { room: id, event };
  return type === "m.space" ? { space: id } : { room: id };
}

/** What a step in the history knows of itself. */
type Step = {
  /** It came from this page. */
  readonly within?: boolean;
  /** The space that the room list is narrowed to. */
  readonly space?: string | undefined;
};

const step = (): Step => (history.state as Step | null) ?? {};

/** Goes to a route. `replace` leaves no step to come back to. */
export function navigate(route: Route, replace = false): void {
  const url = formatRoute(route);
  if (url === (location.hash || "#/")) return;
  if (replace) history.replaceState(history.state, "", url);
  else history.pushState({ ...step(), within: true }, "", url);
  window.dispatchEvent(new PopStateEvent("popstate"));
}

/** The space that the room list is narrowed to. */
export const chosenSpace = (): string | undefined => step().space;

/** Narrows the room list to a space, or to none; a step back is the space before. */
export function chooseSpace(space: string | undefined): void {
  if (space === chosenSpace()) return;
  history.pushState({ space }, "", location.hash || "#/");
  window.dispatchEvent(new PopStateEvent("popstate"));
}

/** Goes one step up: by the browser's history where the step came from this page, so that "back" never loops. */
export function goUp(to: Route): void {
  if (step().within) history.back();
  else navigate(to, true);
}

/** Takes the last account's room out of the address, without a step that leads back to it. */
export function leaveRoute(): void {
  history.replaceState(null, "", "#/");
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}
