import type { Exploration } from "../../../js/src/index.js";
import type { Session } from "./alcove-session.js";

/** spaceCommands show what is in a space. */
export function spaceCommands(session: Session) {
  // An answer may be here before what it brought is in the list, so who looks again must see the same list.
  const shown = new Map<string, Exploration>();
  return {
    upgrade: ({ room }: { room: string }) => session.client.room(room as never).upgrade(),
    inside: async ({ space }: { space: string }) => {
      const inside = shown.get(space) ?? session.client.spaces.explore(space as never, { page: 3 });
      shown.set(space, inside);
      while (await inside.more());
      const edges = inside.getSnapshot().map(({ parent, room, order = "", suggested = false }) => ({ space: parent, room: room.id, name: room.name ?? "", order, suggested }));
      // What is in two places is shown twice, with all that is in it.
      return [...new Map(edges.map((edge) => [`${edge.space} ${edge.room}`, edge])).values()];
    },
  };
}
