// The words about encryption that are shown outside of its dialogs. Those of
// the dialogs come with them: views/encryption/messages.ts.
import { count, list } from "./format.js";

export const encryption = {
  notLoaded: "This part of Alcove could not be loaded. Check your connection and try again.",

  banner: {
    label: "Encryption",
    setUp: "Keep access to your encrypted messages: make a recovery key, so that they are not lost with this device.",
    setUpAct: "Make a recovery key",
    unverified: "This device is not verified. It cannot read earlier encrypted messages, and others may not trust it.",
    verify: "Verify this device",
    conflict: "Another copy of this device is at work, so encryption fails here. Log out and sign in again.",
    later: "Later",
  },

  request: {
    label: "Verification",
    own: (device: string) => `Another device of yours wants to verify${device ? ` (${device})` : ""}.`,
    other: (user: string) => `${user} wants to verify that you talk to each other, and nobody in between.`,
    show: "Show",
    decline: "Decline",
  },

  room: {
    placeholder: "Write an encrypted message",
    changed: (names: readonly string[]) =>
      names.length === 1
        ? `${names[0]} has a new identity. That happens after a reset, and also when somebody else pretends to be them.`
        : `${list(names)} have new identities. That happens after a reset, and also when somebody else pretends to be them.`,
    waits: (verified: boolean) =>
      verified ? "You had verified the one before. Messages wait until you say what to do." : "Messages wait until you say what to do.",
    accept: (name: string) => `Accept ${name}`,
    verify: (name: string) => `Verify ${name}`,
  },

  timeline: {
    failed: "This message cannot be decrypted.",
    verification: "Verification request",
    shields: { grey: "Not certain who wrote this.", red: "Something is wrong with this message." },
    /** Why a message cannot be read. */
    failures: {
      keyMissing: "The key to this message is not here yet.",
      keyLater: "This message was written before this device got the keys.",
      keyWithheld: "The sender’s device did not give this one the key.",
      keyUnverified: "The sender shares keys with verified devices only.",
      keyBlocked: "The sender has blocked this device.",
      keyNotShared: "This was written before you were invited, and is not for those who come later.",
      keyUnreachable: "The sender’s device could not reach this one securely.",
      replayed: "This is an earlier message, sent again. It is not shown.",
      forged: "This was not written with the key that it names. It is not shown.",
      senderMismatch: "The key of this message belongs to somebody else than its sender. It is not shown.",
      misplaced: "This was written for another room. It is not shown.",
      malformed: "This message is broken.",
      algorithmUnknown: "This message is encrypted in a way that Alcove does not know.",
    } as Readonly<Record<string, string>>,
    /** What the user can do about it. */
    hints: {
      verify: "Verify this device to read it.",
      wait: "It appears by itself once the key arrives.",
      restore: "Your other devices or your backup may have the key.",
      ask: "Ask the sender to send it again.",
    },
    /** Why to be careful with a message. */
    warnings: {
      notEncrypted: "Not encrypted, in a room that is.",
      identityChanged: "The sender has a new identity, which you have not accepted.",
      deviceDistrusted: "Written on a device that you have blocked.",
      deviceNotSigned: "Written on a device that its owner has not verified.",
      deviceUnknown: "Written on a device that is unknown or gone.",
      copied: "Somebody else sent this very message too. Who wrote it is not certain.",
      keyUnproven: "The key came from a backup or another device, so nobody can prove who wrote this.",
    } as Readonly<Record<string, string>>,
    sharedBy: (user: string) => `${user} handed the key on when you were invited, so nobody can prove who wrote this.`,
  },

  create: "Encrypt messages, so that only the people in it can read them",

  details: {
    on: "Messages here are encrypted: only the people in the room can read them.",
    turnOn: "Turn on encryption",
    turnOnTitle: "Turn on encryption?",
    turnOnText: "It cannot be turned off again. Messages sent so far stay as they are. Bots and bridges may not be able to read what comes.",
    turnedOn: "Encryption is on.",
    devicesOf: (name: string) => `Devices and verification of ${name}`,
  },

  errors: {
    "send.identityChanged": "somebody here has a new identity. See above the message field.",
    "encryption.unavailable": "This browser keeps nothing here, so there is no encryption.",
    "encryption.password": "The homeserver wants your account’s password.",
    "encryption.secret": "This is neither the recovery key nor the passphrase.",
    "encryption.exists": "Your account has an identity already. Verify this device with it, or reset it.",
    "encryption.missing": "Your account has no recovery that could be opened.",
    "keyFile.invalid": "This is not a file of keys, or the passphrase is wrong.",
    "verification.unknown": "This verification is over.",
    "verification.state": "The other side was faster. Look again at what it shows.",
  },

  keys: (n: number) => count(n, { one: "1 key", other: "# keys" }),
} as const;
