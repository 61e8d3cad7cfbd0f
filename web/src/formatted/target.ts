// Where a link in a message leads. Pure.
import { readAddress } from "../address.js";
import { formatRoute } from "../route.js";

export type Target =
  | { readonly kind: "web"; readonly href: string }
  /** `within` leads to a place on this page. */
  | { readonly kind: "user" | "room"; readonly href: string; readonly id: string; readonly within: boolean };

const schemes = new Set(["http:", "https:", "ftp:", "mailto:", "magnet:"]);

/** Undefined where it leads nowhere that is safe. */
export function linkOf(href: string): Target | undefined {
  const named = href.startsWith("matrix:") || href.startsWith("https://matrix.to/") ? readAddress(href) : undefined;
  if (named?.kind === "user") return { kind: "user", id: named.id, href: `https://matrix.to/#/${encodeURIComponent(named.id)}`, within: false };
  if (named) {
    const { id } = named;
    const within = id.startsWith("!");
    return { kind: "room", id, within, href: within ? formatRoute({ room: id }) : `https://matrix.to/#/${encodeURIComponent(id)}` };
  }
  if (!URL.canParse(href)) return undefined;
  const url = new URL(href);
  return schemes.has(url.protocol) ? { kind: "web", href: url.href } : undefined;
}
