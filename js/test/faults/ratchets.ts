// What the homeserver has heard of a client's keys, held against the rules: a
// message key encrypts once, a retry is the same bytes, and a one-time key that
// was uploaded stays what it is.
import type { Server, Tapped } from "./server.js";

/** What must stay zero. */
export const none = {
  /** Places of ratchets, a session and an index, that encrypted more than one text. */
  reused: 0,
  /** Requests that came again under the same transaction id as something else. */
  changed: 0,
  /** Uploads of keys that the homeserver refused. */
  conflicts: 0,
};

export type KeyFindings = typeof none;
/** What was heard, of each kind. */
export type Heard = { readonly sent: readonly Tapped[]; readonly shared: readonly Tapped[]; readonly uploads: readonly Tapped[] };
type Content = { readonly session_id: string; readonly ciphertext: string };

/** listen begins to watch what goes to a homeserver, and returns how to learn what did. */
export async function listen(server: Server): Promise<() => Promise<Heard>> {
  const sent = await server.tap("PUT", "/send/m\\.room\\.encrypted/");
  const shared = await server.tap("PUT", "/sendToDevice/");
  const uploads = await server.tap("POST", "/keys/upload");
  return async () => ({ sent: await server.tapped(sent), shared: await server.tapped(shared), uploads: await server.tapped(uploads) });
}

export function judge({ sent, shared, uploads }: Heard): KeyFindings {
  return {
    reused: several(sent.map(placeOf)),
    changed: several([...sent, ...shared].map(({ path, body }) => [path, body])),
    conflicts: uploads.filter(({ status }) => status >= 400).length,
  };
}

/** differing is how many requests there were, each counted once however often it came. */
export const differing = (requests: readonly Tapped[]) => new Set(requests.map(({ path }) => path)).size;

/** several counts names that come with more than one text. */
function several(all: readonly (readonly [name: string, text: string])[]): number {
  const texts = new Map<string, Set<string>>();
  for (const [name, text] of all) texts.set(name, (texts.get(name) ?? new Set()).add(text));
  return [...texts.values()].filter(({ size }) => size > 1).length;
}

/** placeOf is the place of a ratchet that a message was encrypted at, and what came of it. */
function placeOf({ body }: Tapped): readonly [string, string] {
  const { session_id: session, ciphertext } = JSON.parse(body) as Content;
  return [`${session} ${indexOf(Buffer.from(ciphertext, "base64"))}`, ciphertext];
}

/** indexOf reads a Megolm message: its version, then fields as in protobuf, of which the index is the first (spec: Megolm, message format). */
function indexOf(message: Uint8Array): number {
  const [version, field, ...rest] = message;
  if (version !== 3 || field !== 0x08) throw new Error("no Megolm message");
  let index = 0;
  for (const [at, byte] of rest.slice(0, 5).entries()) {
    index += (byte & 0x7f) * 2 ** (7 * at);
    if (byte < 0x80) return index;
  }
  throw new Error("no index");
}
