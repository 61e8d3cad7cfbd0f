// The words of the settings about the user and other people, which are loaded
// with them: views/you.
import { count } from "./format.js";

export const y = {
  profile: {
    title: "Profile",
    lead: "Everybody who meets you sees it.",
    name: "Display name",
    noName: "None: people see your user id.",
    fixed: "Your homeserver does not let you change it.",
    picture: "Picture",
    hasPicture: "You have one. Alcove does not show pictures of people.",
    remove: "Remove it",
    removeTitle: "Remove your picture?",
    removeText: "Nobody sees it any more. To have one again you need another client: Alcove does not upload pictures yet.",
  },

  invites: {
    title: "Invitations",
    block: "Do not let anyone invite me",
    hint: "Your homeserver refuses new invitations and tells whoever sends them. Those that are here already stay.",
  },

  ignored: {
    title: "People you ignore",
    lead: "What they write is hidden, and so are their invitations, on all your devices.",
    none: "Nobody.",
    stop: "Stop ignoring",
    stopThis: (name: string) => `Stop ignoring ${name}`,
    stopped: (name: string) => `${name} is not ignored any more.`,
    more: (n: number) => count(n, { one: "Show 1 more", other: "Show # more" }),
  },
} as const;
