// Where a link in a message leads. Pure.
import { formatMatrixTo, parseLink, type MatrixLink } from "alcove";
import { formatRoute } from "../route.js";

export type Target =
  | { readonly kind: "web"; readonly href: string }
  /** `within` leads to a place on this page. */
  | { readonly kind: MatrixLink["kind"]; readonly href: string; readonly id: string; readonly within: boolean };

const schemes = new Set(["http:", "https:", "ftp:", "mailto:", "magnet:"]);

/** Undefined where it leads nowhere that is safe. */
export function linkOf(href: string): Target | undefined {
  const named = parseLink(href);
  if (named) return placeOf(named);
  if (!URL.canParse(href)) return undefined;
  const url = new URL(href);
  return schemes.has(url.protocol) ? { kind: "web", href: url.href } : undefined;
}

function placeOf(link: MatrixLink): Target {
  const { kind } = link;
  if (kind === "event" && link.room.startsWith("!")) {
    return { kind, id: link.room, within: true, href: formatRoute({ room: link.room, event: link.event }) };
  }
  const id = kind === "event" ? link.room : link.id;
  const within = id.startsWith("!");
  const outside: MatrixLink = kind === "user" ? { kind, id } : { kind: "room", id, via: link.via };
  return { kind, id, within, href: within ? formatRoute({ room: id }) : formatMatrixTo(outside) };
}
