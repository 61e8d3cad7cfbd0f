import type { Session } from "./alcove-session.js";

/** spaceCommands show what is in a space. */
export function spaceCommands(session: Session) {
  return {
    upgrade: ({ room }: { room: string }) => session.client.room(room as never).upgrade(),
    inside: async ({ space }: { space: string }) => {
      const inside = session.client.spaces.explore(space as never, { page: 3 });
      while (await inside.more());
      const edges = inside.getSnapshot().map(({ parent, room, order = "", suggested = false }) => ({ space: parent, room: room.id, name: room.name ?? "", order, suggested }));
      inside.close();
      // What is in two places is shown twice, with all that is in it.
      return [...new Map(edges.map((edge) => [`${edge.space} ${edge.room}`, edge])).values()];
    },
  };
}
