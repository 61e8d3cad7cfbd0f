import type { CryptoReason, EventItem } from "../../../js/src/index.js";
import type { Session } from "./alcove-session.js";
import { until } from "./lines.js";

type Trust = "verified" | "signed" | "unsigned" | "unproven" | "unknown";

const reasons: { readonly [reason in CryptoReason]?: Trust } = {
  deviceNotSigned: "unsigned",
  deviceUnknown: "unknown",
  keyUnproven: "unproven",
};

const visibility = "m.room.history_visibility";

/** roomCommands are about rooms and who writes there. */
export function roomCommands(session: Session) {
  return {
    createRoom: ({ invite }: { invite: string[] | null }) => {
      const all = (invite ?? []) as never[];
      // Of a direct chat it takes the room to verify the other user in.
      return session.client.rooms.create({ preset: "trusted_private_chat", encrypted: true, invite: all, direct: all.length === 1 });
    },
    join: async ({ room }: { room: string }) => void (await session.client.rooms.join(room)),
    invite: ({ room, user }: { room: string; user: string }) => session.client.room(room as never).invite(user as never),
    follow: async ({ room }: { room: string }) => {
      const rooms = session.client.rooms.list();
      await rooms.ready;
      await until(() => rooms.getSnapshot().some(({ id, membership }) => id === room && membership === "invite"));
      rooms.close();
      await session.client.rooms.join(room);
    },
    send: async ({ room, text }: { room: string; text: string }) => (await session.timeline(room).send.text(text)).sent,
    read: ({ room, event }: { room: string; event: string }) => read(session, room, event),
    rotate: ({ room }: { room: string }) => rotate(session, room),
    devices: async ({ user }: { user: string }) => {
      const known = (await session.devices(user)).filter(({ trust }) => trust !== "noKeys");
      return Object.fromEntries(known.map(({ id, trust }) => [id, trust]));
    },
  };
}

/** read waits until a message is in the timeline, and decrypted. */
async function read(session: Session, room: string, id: string): Promise<object> {
  const item = await shown(session, room, id, ({ type }) => type === "m.room.message");
  return { sender: item.sender.id, body: (item.content as { body?: string }).body, trust: await trustIn(session, item) };
}

/** shown waits for an event to be as it should; for one of before it looks back. */
function shown(session: Session, room: string, id: string, as: (event: EventItem) => boolean): Promise<EventItem> {
  const timeline = session.timeline(room);
  return until(async () => {
    const found = timeline.getSnapshot().find(({ event }) => event?.id === id)?.event;
    if (!found) await timeline.paginate("back", 50);
    return found && as(found) && found;
  });
}

async function trustIn(session: Session, { crypto, sender }: EventItem): Promise<string> {
  if (crypto?.state !== "decrypted") return crypto?.state ?? "none";
  if (crypto.reason) return reasons[crypto.reason] ?? crypto.reason;
  return (await session.devices(sender.id)).find(({ id }) => id === crypto.deviceId)?.trust ?? "unknown";
}

/**
 * rotate changes who may read the room's history, and back the next time: what
 * is written under one rule has a session of its own. There is no call for it,
 * since nobody needs one.
 */
async function rotate(session: Session, room: string): Promise<void> {
  const path = `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/state/${visibility}/`;
  const { history_visibility: now } = await session.request<{ history_visibility: string }>({ method: "GET", path });
  const next = { history_visibility: now === "joined" ? "shared" : "joined" };
  const event = await session.client.room(room as never).setState(visibility, "", next);
  await shown(session, room, event, () => true);
}
