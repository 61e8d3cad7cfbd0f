// What the UI says where a link leads to a person, a room or a message.
import { count } from "./format.js";

export const link = {
  room: "A room",
  message: "A message",
  messageIn: (room: string) => `Message in ${room}`,
  joinTitle: "A room you are not in",
  members: (n: number) => count(n, { one: "1 member", other: "# members" }),
  join: "Join",
  knock: "Ask to be let in",
  onlyInvited: "Only who is invited may join this room.",
  banned: "You are banned from this room.",
  notShown: "Nothing is known of this room. It may be private, or not exist.",
  personTitle: "A person",
  self: "This is you.",
  openChat: "Open your chat",
  startChat: "Start a chat",
} as const;
