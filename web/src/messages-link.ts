// What the UI says where a link leads to a person, a room or a message.
export const link = {
  room: "A room",
  message: "A message",
  messageIn: (room: string) => `Message in ${room}`,
  personTitle: "A person",
  self: "This is you.",
  openChat: "Open your chat",
  startChat: "Start a chat",
} as const;
