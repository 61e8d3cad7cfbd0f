// Alcove as a peer: its TypeScript client, with the real core natively. What is
// not in its API yet is not here either, and so it cannot; the README says what
// is wanted.
import { startClient } from "../../../js/src/client.js";
import type { Client, LiveTimeline } from "../../../js/src/index.js";
import { makePage } from "../../../js/test/fakecore.js";
import { nativeCores } from "../../../js/test/native.js";
import { Gate } from "./gate.js";
import { serve, until } from "./lines.js";
import type { Device } from "./lines.js";

type Account = { readonly homeserver: string; readonly user: string; readonly password: string };
type Request = { readonly method: string; readonly path: string; readonly body?: object | null };

// Standard output is for answers.
for (const name of ["log", "info", "debug"] as const) console[name] = console.error;

const cores = nativeCores();
let stores = 0;

function alcove(): Device {
  let client: Client | undefined;
  const gate = new Gate();
  let network: { close(): void } | undefined;
  const timelines = new Map<string, LiveTimeline>();
  const here = (): Client => {
    if (!client) throw new Error("not signed in");
    return client;
  };
  const request = async ({ method, path, body }: Request): Promise<unknown> => {
    const answer = await here().request(method, path, (body ?? undefined) as never);
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status}`);
    return answer.body;
  };
  const timeline = (room: string): LiveTimeline => {
    const open = timelines.get(room) ?? here().room(room as never).timeline();
    timelines.set(room, open);
    return open;
  };
  return {
    commands: {
      login: async ({ homeserver, user, password }: Account) => {
        const way = await gate.serve(homeserver);
        network = way;
        client = await startClient({ store: `interop ${stores++}`, homeserver: way.url }, cores, makePage());
        await client.login.password({ user, password });
        await uploaded(request);
        return (await request({ method: "GET", path: "/_matrix/client/v3/account/whoami" }) as { device_id: string }).device_id;
      },
      request,
      offline: async () => void (gate.open = false),
      online: async () => void (gate.open = true),
      logout: () => here().logout({ force: true }),
      createRoom: async ({ invite }: { invite: string[] | null }) => {
        const room = await here().rooms.create({ preset: "trusted_private_chat", invite: (invite ?? []) as never });
        const path = `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/state/m.room.encryption/`;
        await request({ method: "PUT", path, body: { algorithm: "m.megolm.v1.aes-sha2" } });
        return room;
      },
      join: async ({ room }: { room: string }) => void (await here().rooms.join(room)),
      send: async ({ room, text }: { room: string; text: string }) => (await timeline(room).send.text(text)).sent,
      read: ({ room, event }: { room: string; event: string }) => read(timeline(room), event),
    },
    close: async () => {
      for (const open of timelines.values()) open.close();
      client?.close();
      network?.close();
    },
  };
}

/** uploaded waits until others can encrypt for the device. The network may be bad. */
async function uploaded(request: (request: Request) => Promise<unknown>): Promise<void> {
  type Counts = { one_time_key_counts: Record<string, number> };
  const end = Date.now() + 10_000;
  await until(async () => {
    const counts = await request({ method: "POST", path: "/_matrix/client/v3/keys/upload", body: {} }).catch(() => undefined);
    if (Date.now() > end) throw new Error("it uploads no keys");
    return ((counts as Counts | undefined)?.one_time_key_counts["signed_curve25519"] ?? 0) > 0;
  });
}

/** read waits until a message is in the timeline, and shown as one. */
async function read(timeline: LiveTimeline, id: string): Promise<object> {
  const item = await until(async () => {
    const found = timeline.getSnapshot().find((one) => one.event?.id === id)?.event;
    if (!found) await timeline.paginate("back", 50);
    return found?.type === "m.room.message" && found;
  });
  return { sender: item.sender.id, body: (item.content as { body?: string }).body, trust: "none" };
}

await serve(alcove);
