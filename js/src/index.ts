/**
 * Alcove: Matrix chat for any web app. {@link createClient} starts a client;
 * what it hands out are live objects to render and calls to make.
 *
 * @packageDocumentation
 */

/** Starting a client. */
export { createClient } from "./client.js";
export { eraseStore } from "./erase.js";
export type { Client, ClientOptions } from "./client.js";
export type { BootProgress } from "./boot.js";

/** What a call fails with. */
export { AlcoveError } from "./error.js";

/** Links to users, rooms and events. */
export { formatLink, formatMatrixTo, parseID, parseLink } from "./link.js";
export type { EventLink, MatrixLink, RoomLink, UserLink } from "./link.js";

/** Live objects. */
export type { Live, LiveList, LiveValue } from "./live.js";
export type { LiveSession, SessionSnapshot } from "./session.js";
export type { CoreState } from "./core.js";
export type { LiveStorage, StorageSnapshot } from "./storage.js";
export type { LiveLock, LockSnapshot } from "./lock.js";
export type { JoinOptions, RoomList, RoomListOptions, Rooms } from "./rooms.js";
export type { LinkOptions, LiveRoom, ReadOptions, ReasonOptions, UpgradeOptions } from "./room.js";
export type { Exploration, ExploreOptions, Spaces } from "./spaces.js";
export type { People } from "./people.js";
export type { LiveTimeline, TimelineOptions } from "./timeline.js";
export type { RedactOptions, TimelineActions } from "./actions.js";
export type { MessageOptions, Send, SendHandle, SendOptions } from "./send.js";
export type { Mentions, PollOptions, TextOptions } from "./compose.js";
export type { AccountDataStore, Login } from "./account.js";
export type { Diagnostics, Notifications, PushRuleChange } from "./notifications.js";

/** End-to-end encryption. */
export type { Encryption, KeyOptions, SetUpOptions, VerifyOptions } from "./encryption.js";
export type { LiveVerification, VerificationSnapshot } from "./verification.js";
export type { SasEmoji } from "./emoji.js";

/** The data that crosses from the core. */
export type {
  BackupState,
  CallOptions,
  Capabilities,
  Change,
  ChangedIdentity,
  ChangeKind,
  CreateRoomParams,
  CryptoReason,
  CryptoState,
  Device,
  DeviceID,
  DeviceTrust,
  DirectoryPage,
  DirectoryParams,
  Edited,
  EncryptionStatus,
  Entry,
  EntryHow,
  ErrorCode,
  ErrorInfo,
  EventAt,
  EventCrypto,
  EventID,
  EventItem,
  IdentityState,
  ItemKind,
  Found,
  FoundUsers,
  Ignored,
  InvitePermission,
  Json,
  KeyFile,
  KeyProgress,
  Levels,
  LoginFlow,
  LoginFlows,
  LoginPasswordParams,
  Lost,
  Member,
  Membership,
  NameSource,
  NotificationLevel,
  Op,
  OwnReaction,
  OwnReceipt,
  Paginated,
  ParentSpace,
  Permissions,
  Person,
  Poll,
  PollAnswer,
  Presence,
  Preview,
  Progress,
  PushRule,
  PushRules,
  Reaction,
  ReadReceipt,
  Recovery,
  Replacement,
  ReplyTo,
  ReportParams,
  Room,
  RoomAddresses,
  RoomDetails,
  RoomFilter,
  RoomID,
  RoomKind,
  RoomName,
  RoomPreview,
  RoomSort,
  RoomUpgrade,
  RuleAction,
  RuleKind,
  Sending,
  SendState,
  SendStatus,
  ServerACL,
  ServerResponse,
  Session,
  SessionState,
  Shield,
  Space,
  SpaceRoom,
  StorageStatus,
  SyncState,
  Tag,
  Thread,
  ThreadUnread,
  TimelineItem,
  TxnID,
  TypeLevel,
  UnreadEvent,
  UnreadReport,
  UnreadSource,
  UserID,
  UserProfile,
  Verification,
  VerificationPhase,
} from "./api.js";
