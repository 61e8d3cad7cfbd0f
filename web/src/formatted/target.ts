// Where a link leads. Pure.
import { parseLink, type MatrixLink } from "alcove";
import { formatLinkRoute } from "../route.js";

export type Target =
  | { readonly kind: "web"; readonly href: string }
  /** A person, a room or a message, which this page finds. */
  | { readonly kind: "matrix"; readonly href: string; readonly link: MatrixLink };

const schemes = new Set(["http:", "https:", "ftp:", "mailto:", "magnet:"]);

/** Undefined where it leads nowhere that is safe. */
export function linkOf(href: string): Target | undefined {
  const link = parseLink(href);
  if (link) return { kind: "matrix", link, href: formatLinkRoute(href) };
  if (!URL.canParse(href)) return undefined;
  const url = new URL(href);
  return schemes.has(url.protocol) ? { kind: "web", href: url.href } : undefined;
}
