// What the UI says of and within messages.
import { count, list } from "./format.js";

const people = (n: number) => count(n, { one: "1 other", other: "# others" });

export const message = {
  spoiler: "Spoiler",
  spoilerOf: (reason: string) => `Spoiler: ${reason}`,
  picture: "Picture",
  code: "Code",
  table: "Table",
  serverNotice: "From your homeserver",
  contact: "Contact its administrator",
  media: { image: "Image", video: "Video", audio: "Audio", file: "File", sticker: "Sticker" },
  unnamed: "without a name",
  mediaOf: (kind: string, size: string) => (size ? `${kind}, ${size}` : kind),
  location: "Location",
  noPlace: "Its coordinates cannot be read.",
  place: (latitude: string, longitude: string) => `${latitude}, ${longitude}`,
  within: (metres: string) => `within ${metres}`,
  north: (degrees: string) => `${degrees}° N`,
  south: (degrees: string) => `${degrees}° S`,
  east: (degrees: string) => `${degrees}° E`,
  west: (degrees: string) => `${degrees}° W`,
  map: "Open in a map",
  call: {
    started: (by: string) => `${by} called`,
    answered: (by: string) => `${by} answered the call`,
    declined: (by: string) => `${by} declined the call`,
    ended: (by: string) => `${by} ended the call`,
  },
  editedAt: (when: string) => `Edited: ${when}`,
  reactions: "Reactions",
  reaction: (key: string, n: number, names: readonly string[]) =>
    `${key}: ${list(n > names.length ? [...names, people(n - names.length)] : names)}`,
  replyTo: (name: string) => `In reply to ${name}`,
  replyUnknown: "In reply to a message that is not loaded",
  replyRemoved: "In reply to a message that was removed",
} as const;
