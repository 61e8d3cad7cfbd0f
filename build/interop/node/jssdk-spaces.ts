import { RoomHierarchy } from "matrix-js-sdk/lib/room-hierarchy.js";
import type { Session } from "./jssdk-session.js";
import { until } from "./lines.js";

/** spaceCommands show what is in a space. */
export function spaceCommands(session: Session) {
  return {
    inside: async ({ space }: { space: string }) => {
      const root = await until(() => session.client.getRoom(space) ?? undefined);
      const hierarchy = new RoomHierarchy(root, 3);
      while (hierarchy.canLoadMore) await hierarchy.load();
      const edges = (hierarchy.rooms ?? []).flatMap((parent) =>
        parent.children_state.map(({ state_key: room, content }) => ({
          space: parent.room_id,
          room,
          name: hierarchy.roomMap.get(room)?.name ?? "",
          order: content.order ?? "",
          suggested: content.suggested === true,
        })),
      );
      return edges.filter(({ room }) => hierarchy.roomMap.has(room));
    },
  };
}
