// The words about spaces and invitations that are shown outside of dialogs.
// Those of the dialogs come with them: messages-rooms.ts.
import { count } from "./format.js";

const rooms = (n: number) => count(n, { one: "1 room", other: "# rooms" });
const fresh = (n: number) => count(n, { one: "1 new message", other: "# new messages" });
const mentions = (n: number) => count(n, { one: "1 mention", other: "# mentions" });

export const spaces = {
  title: "Spaces",
  home: "All rooms",
  /** The button that opens the list of spaces on a narrow page. */
  choose: (name: string) => `Spaces: ${name}`,
  fresh: "There is something new",
  open: (name: string) => `Rooms in ${name}`,
  shown: (name: string, n: number) => `${name}: ${rooms(n)}`,
  moved: (name: string, at: number, of: number) => `${name} is number ${at} of ${of} now`,
  notMoved: (why: string) => `The space was not moved. ${why}`,
  news: (unread: number, highlights: number) => [unread && fresh(unread), highlights && mentions(highlights)].filter(Boolean).join(", "),
  invited: "Invitation",
  menu: (name: string) => `What to do with ${name}`,
  explore: "Explore",
  invite: "Invite people",
  add: "Add rooms",
  create: "New room here",
  details: "Members and details",
  settings: "Settings",
  up: "Move up",
  down: "Move down",
  leave: "Leave the space",
  leaveTitle: (name: string) => `Leave ${name}?`,
  leaveText: "You stay in its rooms. You may need a new invitation to come back to the space.",
  replaced: "This space has been replaced.",
  goToReplacement: "Go to the new space",
  empty: "You are in none of this space’s rooms yet.",
} as const;

export const invitation = {
  room: (name: string) => `${name} invites you to this room.`,
  space: (name: string) => `${name} invites you to this space.`,
  roomPlain: "You are invited to this room.",
  spacePlain: "You are invited to this space.",
  from: (user: string) => `Invited by ${user}`,
  note: "What you see here was written by whoever invites you. Pictures and links are not shown before you accept.",
  accept: "Accept",
  decline: "Decline",
  more: "More answers",
  ignore: (name: string) => `Decline and ignore ${name}`,
  ignoreTitle: (name: string) => `Ignore ${name}?`,
  ignoreText: "The invitation is declined. You get no more invitations from them, and what they write is hidden in all rooms.",
  reportRoom: "Report the invitation",
  reportUser: (name: string) => `Report ${name}`,
  knocked: "You asked to be let in. Whoever keeps the room has to answer.",
  retract: "Take it back",
} as const;

export const members = {
  search: "Find members",
  found: (n: number) => (n ? count(n, { one: "1 member found", other: "# members found" }) : "Nobody of this name is here."),
  sections: { knock: "Asking to be let in", join: "Members", invite: "Invited", ban: "Banned" },
  menu: (name: string) => `What to do with ${name}`,
  ignored: "ignored",
  letIn: "Let in",
  letInOf: (name: string) => `Let in ${name}`,
  refuse: "Refuse",
  refuseOf: (name: string) => `Refuse ${name}`,
} as const;
