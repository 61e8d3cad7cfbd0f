import { EventType, MatrixEvent, Preset } from "matrix-js-sdk";
import { EventShieldReason } from "matrix-js-sdk/lib/crypto-api/index.js";
import type { Session } from "./jssdk-session.js";
import { until } from "./lines.js";

type Trust = "verified" | "signed" | "unsigned" | "unproven" | "unknown";

const shields: { readonly [reason: number]: Trust } = {
  [EventShieldReason.UNVERIFIED_IDENTITY]: "signed",
  [EventShieldReason.UNSIGNED_DEVICE]: "unsigned",
  [EventShieldReason.UNKNOWN_DEVICE]: "unknown",
  [EventShieldReason.AUTHENTICITY_NOT_GUARANTEED]: "unproven",
};

/** roomCommands are about rooms and who writes there. */
export function roomCommands(session: Session) {
  return {
    createRoom: async ({ invite }: { invite: string[] | null }) => {
      const encryption = { type: EventType.RoomEncryption, state_key: "", content: { algorithm: "m.megolm.v1.aes-sha2" } };
      const options = { preset: Preset.TrustedPrivateChat, invite: invite ?? [], initial_state: [encryption] };
      const { room_id: room } = await session.client.createRoom(options);
      await joined(session, room);
      return room;
    },
    join: async ({ room }: { room: string }) => {
      await session.client.joinRoom(room);
      await joined(session, room);
    },
    invite: async ({ room, user }: { room: string; user: string }) => void (await session.client.invite(room, user)),
    follow: async ({ room }: { room: string }) => {
      await until(() => session.client.getRoom(room)?.getMyMembership() === "invite");
      await session.client.joinRoom(room);
      await joined(session, room);
    },
    send: async ({ room, text }: { room: string; text: string }) => {
      await joined(session, room);
      return (await session.client.sendTextMessage(room, text)).event_id;
    },
    read: ({ room, event }: { room: string; event: string }) => read(session, room, event),
    rotate: ({ room }: { room: string }) => session.crypto.forceDiscardSession(room),
    devices: async ({ user }: { user: string }) => {
      const devices = (await session.crypto.getUserDeviceInfo([user], true)).get(user) ?? new Map<string, unknown>();
      const all: Record<string, Trust> = {};
      for (const id of devices.keys()) all[id] = await trustOf(session, user, id);
      return all;
    },
  };
}

/** joined waits until the client knows the room, itself in it, and that it is encrypted. */
async function joined(session: Session, room: string): Promise<void> {
  await until(() => session.client.getRoom(room)?.getMyMembership() === "join" && session.crypto.isEncryptionEnabledInRoom(room));
}

async function trustOf(session: Session, user: string, device: string): Promise<Trust> {
  const status = await session.crypto.getDeviceVerificationStatus(user, device);
  if (!status) return "unknown";
  if (status.isVerified()) return "verified";
  return status.signedByOwner ? "signed" : "unsigned";
}

/** read waits until an event is decrypted: one that a sync brought, or else that the server has. */
async function read(session: Session, room: string, id: string): Promise<object> {
  const found = (await synced(session, room, id)) ?? new MatrixEvent(await session.client.fetchRoomEvent(room, id));
  await until(async () => {
    await session.client.decryptEventIfNeeded(found, { isRetry: true });
    return found.getType() === "m.room.message" && !found.isDecryptionFailure();
  });
  return { sender: found.getSender(), body: found.getContent()["body"], trust: await trustIn(session, found) };
}

/** synced waits a moment for a sync to bring an event. */
async function synced(session: Session, room: string, id: string): Promise<MatrixEvent | undefined> {
  const end = Date.now() + 100;
  const find = () => session.client.getRoom(room)?.findEventById(id);
  await until(() => find() !== undefined || Date.now() > end);
  return find();
}

async function trustIn(session: Session, event: MatrixEvent): Promise<Trust | string> {
  const info = await session.crypto.getEncryptionInfoForEvent(event);
  if (!info) return "none";
  if (info.shieldReason !== null) return shields[info.shieldReason] ?? `shield ${info.shieldReason}`;
  const devices = (await session.crypto.getUserDeviceInfo([event.getSender() ?? ""])).get(event.getSender() ?? "");
  const device = [...(devices?.values() ?? [])].find((one) => one.getIdentityKey() === event.getSenderKey());
  return device ? trustOf(session, device.userId, device.deviceId) : "unknown";
}
