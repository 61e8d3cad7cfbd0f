// The words of the settings about the user and other people, which are loaded
// with them: views/you.

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
} as const;
