// What can be done with a space, from wherever it is shown.
import type { Client, Permissions, Room } from "alcove";
import { confirm } from "../../dialog.js";
import { openAddRooms, openCreate, openInvite, openRoomSettings } from "../../doors.js";
import { explain } from "../../errors.js";
import type { MenuItem } from "../../menu.js";
import { t } from "../../messages.js";
import { chooseSpace, chosenSpace, navigate } from "../../route.js";
import { roomName } from "../../sentences.js";

/** @param can what the user's power allows there, where that is known */
export function spaceMenu(client: Client, room: Room, can?: Permissions): readonly MenuItem[] {
  const { id } = room;
  return [
    { label: t.spaces.explore, act: () => navigate({ space: id }) },
    ...(can?.invite ? [{ label: t.spaces.invite, act: () => openInvite(client, id) }] : []),
    ...(can?.children
      ? [
          { label: t.spaces.add, act: () => openAddRooms(client, id) },
          { label: t.spaces.create, act: () => openCreate(client, { space: id }) },
        ]
      : []),
    { label: t.spaces.details, act: () => navigate({ space: id, details: true }) },
    ...(can ? [{ label: t.spaces.settings, act: () => openRoomSettings(client, id) }] : []),
    { label: t.spaces.leave, danger: true, act: () => askLeave(client, room) },
  ];
}

function askLeave(client: Client, room: Room): void {
  confirm(t.spaces.leaveTitle(roomName(room)), t.spaces.leaveText, t.spaces.leave, async () => {
    await client.room(room.id).leave();
    if (chosenSpace() === room.id) chooseSpace(undefined);
    navigate({}, true);
  }, explain);
}
