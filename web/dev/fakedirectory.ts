// A directory of public rooms, in pages.
import type { DirectoryPage, DirectoryParams, RoomPreview } from "alcove";
import type { FakeSpaces } from "./fakespaces.js";
import { AlcoveError, wait } from "./setup.js";

const page = 20;

export async function directory(spaces: FakeSpaces, { server, text = "", type, from = "0" }: DirectoryParams): Promise<DirectoryPage> {
  await wait();
  if (server?.includes("nowhere")) throw new AlcoveError("server.notFound");
  for (let n = 0; n < 45; n++) {
    const room = open(n, server ?? "example.org");
    if (!spaces.previews.has(room.id)) spaces.previews.set(room.id, room);
  }
  const shown = new Set(["in", "join", "knock", "wait"]);
  const all = [...spaces.previews.keys()].flatMap((id) => spaces.previewOf(id) ?? []).filter(({ entry }) => shown.has(entry.how));
  const found = all.filter((one) => (one.name ?? "").toLowerCase().includes(text.toLowerCase()) && (!type || (one.type ?? "room") === type));
  const at = Number(from);
  return { rooms: found.slice(at, at + page), ...(at + page < found.length && { next: String(at + page) }), total: found.length };
}

const open = (n: number, server: string): RoomPreview => ({
  id: `!public${n}:${server}`,
  name: n % 9 === 4 ? `Street ${n} (space)` : `Street ${n}`,
  alias: `#street${n}:${server}`,
  topic: n % 2 ? "Who parks where, and who is away" : "",
  ...(n % 9 === 4 && { type: "m.space" }),
  joined: 3 * n + 1,
  joinRule: "public",
  entry: { how: "join" },
});
