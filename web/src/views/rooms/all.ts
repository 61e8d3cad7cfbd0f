// Every dialog and page about rooms, spaces and people: one file to load.
import "../you/ignored.js";
import "../you/invites.js";
import "../you/profile.js";
import "./explore.js";

export { openAddRooms } from "./add.js";
export { openCreate } from "./create.js";
export { openDirectory } from "./directory.js";
export { openInvite } from "./invite.js";
export { openMemberMenu } from "./member-menu.js";
export { openPinned } from "./pinned.js";
export { openPrompt } from "./prompt.js";
export { openReport } from "./report.js";
export { openRoomSettings } from "./settings.js";
