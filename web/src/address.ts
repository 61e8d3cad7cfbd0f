// Reads what people paste to name a room or a user: ids, aliases, matrix.to
// links and matrix: URIs (spec: appendices, URIs). Pure.

export type Address =
  | { readonly kind: "room"; readonly id: string; readonly via: readonly string[] }
  | { readonly kind: "user"; readonly id: string };

const matrixTo = "https://matrix.to/#/";
const uriKinds: Readonly<Record<string, string>> = { r: "#", roomid: "!", u: "@" };

export function readAddress(text: string): Address | undefined {
  if (text.startsWith(matrixTo)) return readLink(text.slice(matrixTo.length));
  if (text.startsWith("matrix:")) return readURI(text.slice("matrix:".length));
  return readId(text, []);
}

function readLink(rest: string): Address | undefined {
  const [path = "", query = ""] = rest.split("?", 2);
  return readId(decode(path.split("/")[0] ?? ""), viaOf(query));
}

function readURI(rest: string): Address | undefined {
  const [path = "", query = ""] = rest.split("?", 2);
  const [kind = "", id = ""] = path.split("/");
  const sigil = Object.hasOwn(uriKinds, kind) ? uriKinds[kind] : undefined;
  return sigil ? readId(sigil + decode(id), viaOf(query)) : undefined;
}

function readId(id: string, via: readonly string[]): Address | undefined {
  // Ids of rooms need no server name since room version 12.
  if (/^@[^\s:]*:\S+$/.test(id)) return { kind: "user", id };
  if (/^#[^\s:]+:\S+$/.test(id) || /^!\S+$/.test(id)) return { kind: "room", id, via };
  return undefined;
}

const viaOf = (query: string) => new URLSearchParams(query).getAll("via");

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}
