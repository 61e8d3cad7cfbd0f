// What is unread, between the client and matrix-js-sdk as two devices of one user: both count the same.
import { NotificationCountType } from "matrix-js-sdk";
import type { LiveRoom, UserID } from "../src/index.js";
import { Peer } from "./jssdk.js";
import { until } from "./until.js";

type World = { me: UserID; peer: Peer; homeserver: string; roomId: string; room: LiveRoom };

export async function unreadTogether({ me, peer, homeserver, roomId, room }: World): Promise<void> {
  const other = await Peer.start(homeserver, me, "pw", { threadSupport: true });
  try {
    /** both waits until the two devices count so much. */
    const both = async (total: number, highlights: number) => {
      await until(room, (details) => details?.room.unread === total && details.room.highlights === highlights);
      await other.room(roomId, (known) => known.getUnreadNotificationCount(NotificationCountType.Total) === total
        && known.getUnreadNotificationCount(NotificationCountType.Highlight) === highlights);
    };
    const send = async (body: string, more: object = {}) =>
      (await peer.sdk.sendEvent(roomId, "m.room.message" as never, { msgtype: "m.text", body, ...more } as never)).event_id;
    const mentions = { "m.mentions": { user_ids: [me] } };

    await room.markRead();
    await both(0, 0);
    const root = await send("root");
    const within = { "m.relates_to": { rel_type: "m.thread", event_id: root } };
    await send("in the thread", { ...within, ...mentions });
    const last = await send("outside of it");
    await send("edited", { "m.new_content": { msgtype: "m.text", body: "edited" }, "m.relates_to": { rel_type: "m.replace", event_id: root } });
    await send("a notice", { msgtype: "m.notice" });
    await both(3, 1);

    await room.markRead({ thread: root });
    await both(2, 0);
    const event = (await other.room(roomId, (known) => known.findEventById(last) !== undefined)).findEventById(last);
    await other.sdk.sendReadReceipt(event ?? null);
    await both(0, 0);
    await send("more in the thread", { ...within, ...mentions });
    await both(1, 1);
    await room.markRead();
    await both(0, 0);

    await room.setNotifications("mentions");
    await send("not for me");
    await send("for me", mentions);
    await both(1, 1);
    await room.setNotifications("default");
    await room.markRead();
    await both(0, 0);
  } finally {
    other.stop();
  }
}
