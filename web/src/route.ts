// What the address bar says: #/room/<id>, and behind it /details, /thread/<root> or
// /event/<id>; or #/link/<uri>, a link to somewhere that has to be found first.
import { parseLink, type MatrixLink } from "alcove";

export type Route = {
  readonly room?: string;
  readonly details?: boolean;
  readonly thread?: string;
  /** The event to show with what stands around it. */
  readonly event?: string;
  /** To be followed, which leads to another route or to a question. */
  readonly link?: MatrixLink;
};

export function parseRoute(hash: string): Route {
  const [, kind, id, part, of = ""] = hash.replace(/^#/, "").split("/");
  if (kind === "link" && id) return readLinkRoute(decode(id));
  if (kind !== "room" || !id) return {};
  const room = decode(id);
  if (!room) return {};
  const named = decode(of);
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
  if (!route.room) return "#/";
  return `#/room/${encodeURIComponent(route.room)}${partOf(route)}`;
}

function partOf({ thread, event, details }: Route): string {
  if (thread) return `/thread/${encodeURIComponent(thread)}`;
  if (event) return `/event/${encodeURIComponent(event)}`;
  return details ? "/details" : "";
}

/** Goes to a route. `replace` leaves no step to come back to. */
export function navigate(route: Route, replace = false): void {
  const url = formatRoute(route);
  if (url === (location.hash || "#/")) return;
  if (replace) history.replaceState(history.state, "", url);
  else history.pushState({ within: true }, "", url);
  window.dispatchEvent(new PopStateEvent("popstate"));
}

/** Goes one step up: by the browser's history where the step came from this page, so that "back" never loops. */
export function goUp(to: Route): void {
  if ((history.state as { within?: boolean } | null)?.within) history.back();
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
