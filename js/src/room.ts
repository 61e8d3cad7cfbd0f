import type {
  CallOptions,
  Calls,
  EventAt,
  EventID,
  Found,
  Json,
  Levels,
  ListUpdate,
  Member,
  MembershipAction,
  NotificationLevel,
  RoomAddresses,
  Person,
  RoomDetails,
  RoomID,
  RoomUpgrade,
  TimelineItem,
  UpgradeRoomParams,
  UserID,
} from "./api.js";
import type { Healing } from "./feed.js";
import { formatLink, formatMatrixTo, type MatrixLink } from "./link.js";
import { ListObject, ValueObject } from "./live.js";
import type { LiveList, LiveValue, Stored } from "./live.js";
import type { JoinOptions } from "./rooms.js";
import { sender } from "./send.js";
import type { Send, StatusOf } from "./send.js";
import { TimelineObject } from "./timeline.js";
import type { LiveTimeline, TimelineOptions } from "./timeline.js";
import { toEnd } from "./toend.js";

/** Why something is done; others in the room see it. */
export type ReasonOptions = CallOptions & { readonly reason?: string | undefined };

/** What was read. */
export type ReadOptions = CallOptions & {
  /** The newest where none is named. */
  readonly eventId?: EventID | undefined;
  /** A thread by its root, or "main" for what is outside of threads. */
  readonly thread?: EventID | "main" | undefined;
  /** Keeps it from others. */
  readonly private?: boolean | undefined;
};

/** What a link leads to, and in which form. */
export type LinkOptions = CallOptions & {
  /** To an event in the room. */
  readonly event?: EventID | undefined;
  /** `https` is matrix.to, for who may have no Matrix client, and the default; `matrix` a `matrix:` URI. */
  readonly scheme?: "https" | "matrix" | undefined;
};

/** What to replace a room by. */
export type UpgradeOptions = CallOptions & Omit<UpgradeRoomParams, "roomId"> & { readonly onProgress?: ((upgrade: RoomUpgrade) => void) | undefined };

/** One room: its details as a live value, its lists, and what can be done in it. */
export interface LiveRoom extends LiveValue<RoomDetails> {
  readonly id: RoomID;
  /** The room's messages, or those of one thread. */
  timeline(options?: TimelineOptions): LiveTimeline;
  /** A page of the room's threads, the one with the latest message first. */
  threads(options?: CallOptions & { readonly participated?: boolean; readonly from?: string | undefined; readonly limit?: number }): Promise<Found>;
  /** A page of the messages with these words. Servers cannot search encrypted messages. */
  search(text: string, options?: CallOptions & { readonly from?: string | undefined; readonly limit?: number }): Promise<Found>;
  /** The first event at a time or after it, else the last before it; to be shown with `timeline({ event })`. */
  eventAt(ts: number, options?: CallOptions): Promise<EventAt>;
  /** Its members: joined first, then by name. */
  members(options?: { readonly window?: number | undefined }): LiveList<Member>;
  /** How 100 users at most are called in it, as far as this device knows; their ids else. */
  persons(users: readonly UserID[], options?: CallOptions): Promise<readonly Person[]>;
  /** A link to it that names servers which know it. Where not all members are known, the server is asked for them. */
  link(options?: LinkOptions): Promise<string>;
  /** Sends to the room without a timeline. */
  readonly send: Send;

  /** Joins it, or accepts an invitation. */
  join(options?: JoinOptions): Promise<void>;
  /** Asks to be let in. */
  knock(options?: JoinOptions): Promise<void>;
  /** Leaves it, rejects an invitation or retracts a knock. */
  leave(options?: ReasonOptions): Promise<void>;
  /** Removes a room that was left from the lists and from storage. */
  forget(options?: CallOptions): Promise<void>;
  /** In an encrypted room the keys of what its history lets them read go first, which may take up to a minute. */
  invite(user: UserID, options?: ReasonOptions): Promise<void>;
  kick(user: UserID, options?: ReasonOptions): Promise<void>;
  ban(user: UserID, options?: ReasonOptions): Promise<void>;
  unban(user: UserID, options?: ReasonOptions): Promise<void>;
  setName(name: string, options?: CallOptions): Promise<EventID>;
  setTopic(topic: string, options?: CallOptions): Promise<EventID>;
  /** An mxc: URI; empty takes it away. */
  setAvatar(avatar: string, options?: CallOptions): Promise<EventID>;
  /** Who may read what was written: world_readable, shared, invited or joined. */
  setHistory(visibility: string, options?: CallOptions): Promise<EventID>;
  /** Who may join; by restricted rules, members of the rooms in allow. */
  setAccess(joinRule: string, options?: CallOptions & { readonly allow?: readonly RoomID[] }): Promise<void>;
  /** Gives a user a power level, or the room's default. */
  setPower(user: UserID, level: number | undefined, options?: CallOptions): Promise<void>;
  /** Changes what power things take; what is absent stays. */
  setLevels(levels: Levels, options?: CallOptions): Promise<void>;
  /** Gives the room an address, or makes it the one that the room is known by. */
  setAlias(alias: string, options?: CallOptions & { readonly main?: boolean }): Promise<void>;
  removeAlias(alias: string, options?: CallOptions): Promise<void>;
  /** Its addresses on the user's server, and whether its directory lists it. */
  addresses(options?: CallOptions): Promise<RoomAddresses>;
  setListed(listed: boolean, options?: CallOptions): Promise<void>;
  /** Pins an event, for all to see in `timeline({ pinned: true })`. */
  pin(event: EventID, options?: CallOptions): Promise<void>;
  unpin(event: EventID, options?: CallOptions): Promise<void>;
  /** Marks it as a direct chat with someone, or as none. */
  setDirect(user: UserID | undefined, options?: CallOptions): Promise<void>;
  /** Replaces it by a room of another version; resolves to the new room. Called again it goes on where it was. */
  upgrade(options?: UpgradeOptions): Promise<RoomID>;
  /** Sends any state event. */
  setState(type: string, stateKey: string, content: Json, options?: CallOptions): Promise<EventID>;
  /** Says that the user is writing; it holds until taken back or a message is sent. */
  typing(typing: boolean, options?: CallOptions): Promise<void>;
  /** Moves the user's receipt and read marker to an event, or to the newest: of the room with all its threads, or of one. */
  markRead(options?: ReadOptions): Promise<void>;
  /** How much of the room notifies, on all the user's devices; {@link RoomDetails.notifications} says it. */
  setNotifications(level: NotificationLevel, options?: CallOptions): Promise<void>;
  /** Tags the room, such as m.favourite; order goes from 0 to 1. */
  setTag(name: string, options?: CallOptions & { readonly order?: number }): Promise<void>;
  removeTag(name: string, options?: CallOptions): Promise<void>;
  /** Sets or clears the user's own "unread" mark. */
  setMarkedUnread(unread: boolean, options?: CallOptions): Promise<void>;
}

export type RoomContext = {
  calls: Calls;
  healing: Healing;
  statusOf: StatusOf;
  me(): UserID | undefined;
  /** The items of the room's timeline, if it was open last time. */
  stored(room: RoomID): Stored<readonly TimelineItem[]> | undefined;
};

export class RoomObject extends ValueObject<RoomDetails> implements LiveRoom {
  readonly id: RoomID;
  readonly send: Send;
  readonly #context: RoomContext;

  constructor(context: RoomContext, id: RoomID) {
    const { calls } = context;
    const healing: Healing = (open) => context.healing(open, (call) => calls.awaitRoom({ roomId: id }, call));
    super(healing((options) => calls.room({ roomId: id }, options)));
    this.#context = { ...context, healing };
    this.id = id;
    this.send = sender({ ...context, roomId: id });
  }

  timeline(options: TimelineOptions = {}): LiveTimeline {
    const stored = options.thread || options.event || options.pinned ? undefined : this.#context.stored(this.id);
    return new TimelineObject({ ...this.#context, roomId: this.id }, options, stored);
  }

  members(options?: { window?: number | undefined }): LiveList<Member> {
    const { calls, healing } = this.#context;
    const params = { roomId: this.id, window: options?.window };
    return new ListObject(healing<ListUpdate<Member>>((call) => calls.members(params, call)));
  }

  threads({ signal, ...page }: Parameters<LiveRoom["threads"]>[0] = {}): Promise<Found> {
    return this.#calls.threads({ roomId: this.id, ...page }, { signal });
  }

  search(text: string, { signal, ...page }: Parameters<LiveRoom["search"]>[1] = {}): Promise<Found> {
    return this.#calls.search({ roomId: this.id, text, ...page }, { signal });
  }

  eventAt(ts: number, options?: CallOptions): Promise<EventAt> {
    return this.#calls.eventAt({ roomId: this.id, ts }, options);
  }

  async persons(userIds: readonly UserID[], options?: CallOptions): Promise<readonly Person[]> {
    return (await this.#calls.persons({ roomId: this.id, userIds }, options)).people;
  }

  async link({ event, scheme, signal }: LinkOptions = {}): Promise<string> {
    const { servers: via } = await this.#calls.roomVia({ roomId: this.id }, { signal });
    const link: MatrixLink = event === undefined ? { kind: "room", id: this.id, via } : { kind: "event", room: this.id, event, via };
    return scheme === "matrix" ? formatLink(link) : formatMatrixTo(link);
  }

  async join({ signal, ...params }: JoinOptions = {}): Promise<void> {
    await this.#calls.joinRoom({ room: this.id, ...params }, { signal });
  }

  async knock({ signal, ...params }: JoinOptions = {}): Promise<void> {
    await this.#calls.knockRoom({ room: this.id, ...params }, { signal });
  }

  leave({ signal, reason }: ReasonOptions = {}): Promise<void> {
    return this.#calls.leaveRoom({ roomId: this.id, reason }, { signal });
  }

  forget(options?: CallOptions): Promise<void> {
    return this.#calls.forgetRoom({ roomId: this.id }, options);
  }

  invite(user: UserID, options?: ReasonOptions): Promise<void> {
    return this.#membership("invite", user, options);
  }

  kick(user: UserID, options?: ReasonOptions): Promise<void> {
    return this.#membership("kick", user, options);
  }

  ban(user: UserID, options?: ReasonOptions): Promise<void> {
    return this.#membership("ban", user, options);
  }

  unban(user: UserID, options?: ReasonOptions): Promise<void> {
    return this.#membership("unban", user, options);
  }

  setName(name: string, options?: CallOptions): Promise<EventID> {
    return this.setState("m.room.name", "", { name }, options);
  }

  setTopic(topic: string, options?: CallOptions): Promise<EventID> {
    return this.setState("m.room.topic", "", { topic }, options);
  }

  setAvatar(url: string, options?: CallOptions): Promise<EventID> {
    return this.setState("m.room.avatar", "", url ? { url } : {}, options);
  }

  setHistory(visibility: string, options?: CallOptions): Promise<EventID> {
    return this.setState("m.room.history_visibility", "", { history_visibility: visibility }, options);
  }

  setAccess(joinRule: string, { signal, allow }: CallOptions & { allow?: readonly RoomID[] } = {}): Promise<void> {
    return this.#calls.setAccess({ roomId: this.id, joinRule, allow }, { signal });
  }

  setPower(userId: UserID, level: number | undefined, options?: CallOptions): Promise<void> {
    return this.#calls.setPower({ roomId: this.id, userId, level }, options);
  }

  setLevels(levels: Levels, options?: CallOptions): Promise<void> {
    return this.#calls.setLevels({ roomId: this.id, levels }, options);
  }

  setAlias(alias: string, { signal, main }: CallOptions & { main?: boolean } = {}): Promise<void> {
    return this.#calls.setAlias({ roomId: this.id, alias, main }, { signal });
  }

  removeAlias(alias: string, options?: CallOptions): Promise<void> {
    return this.#calls.setAlias({ roomId: this.id, alias, remove: true }, options);
  }

  addresses(options?: CallOptions): Promise<RoomAddresses> {
    return this.#calls.roomAddresses({ roomId: this.id }, options);
  }

  setListed(listed: boolean, options?: CallOptions): Promise<void> {
    return this.#calls.setListed({ roomId: this.id, listed }, options);
  }

  pin(eventId: EventID, options?: CallOptions): Promise<void> {
    return this.#calls.setPinned({ roomId: this.id, eventId, pinned: true }, options);
  }

  unpin(eventId: EventID, options?: CallOptions): Promise<void> {
    return this.#calls.setPinned({ roomId: this.id, eventId, pinned: false }, options);
  }

  setDirect(userId: UserID | undefined, options?: CallOptions): Promise<void> {
    return this.#calls.setDirect({ roomId: this.id, userId }, options);
  }

  async upgrade({ signal, onProgress, ...to }: UpgradeOptions = {}): Promise<RoomID> {
    const first: RoomUpgrade = { progress: { done: 0, total: 0 }, done: false };
    const last = await toEnd((call) => this.#calls.upgradeRoom({ roomId: this.id, ...to }, call), first, { signal, onProgress });
    return last.roomId ?? "";
  }

  async setState(type: string, stateKey: string, content: Json, options?: CallOptions): Promise<EventID> {
    const ref = await this.#calls.setState({ roomId: this.id, type, stateKey, content }, options);
    return ref.eventId;
  }

  typing(typing: boolean, options?: CallOptions): Promise<void> {
    return this.#calls.setTyping({ roomId: this.id, typing }, options);
  }

  markRead({ signal, ...what }: ReadOptions = {}): Promise<void> {
    return this.#calls.markRead({ roomId: this.id, ...what }, { signal });
  }

  setNotifications(level: NotificationLevel, options?: CallOptions): Promise<void> {
    return this.#calls.setRoomNotifications({ roomId: this.id, level }, options);
  }

  setTag(name: string, { signal, ...tag }: CallOptions & { order?: number } = {}): Promise<void> {
    return this.#calls.setTag({ roomId: this.id, tag: { name, ...tag } }, { signal });
  }

  removeTag(name: string, options?: CallOptions): Promise<void> {
    return this.#calls.setTag({ roomId: this.id, tag: { name }, remove: true }, options);
  }

  setMarkedUnread(unread: boolean, options?: CallOptions): Promise<void> {
    return this.#calls.setMarkedUnread({ roomId: this.id, unread }, options);
  }

  get #calls(): Calls {
    return this.#context.calls;
  }

  #membership(action: MembershipAction, userId: UserID, { signal, reason }: ReasonOptions = {}): Promise<void> {
    return this.#calls.setMembership({ roomId: this.id, userId, action, reason }, { signal });
  }
}
