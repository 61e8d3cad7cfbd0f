// A room as those hold it who opened it.
import type { LinkOptions, LiveRoom, LiveTimeline, MessageOptions, Room, RoomDetails, Send, TimelineOptions } from "alcove";
import { formatMatrixTo } from "../../js/src/link.js";
import { FakeAdmin } from "./fakeadmin.js";
import { control } from "./fakecontrol.js";
import type { FakeRoom } from "./fakeroom.js";
import { FakeTimeline } from "./faketimeline.js";
import type { World } from "./fakeworld.js";
import { me, now } from "./generate.js";
import { AlcoveError, query, wait } from "./setup.js";

const refuse = async () => {
  await wait();
  control.refused++;
  throw new AlcoveError("session.missing");
};

export class FakeLiveRoom extends FakeAdmin implements LiveRoom {
  override readonly error: undefined;
  readonly id: string;
  readonly send: Send;
  readonly #world: World;
  readonly #room: FakeRoom | undefined;
  readonly #stop: (() => void) | undefined;

  constructor(world: World, id: string) {
    const room = world.room(id);
    super(room?.details.getSnapshot());
    this.error = room ? undefined : (new AlcoveError("room.unknown") as unknown as undefined);
    this.#world = world;
    this.#room = room;
    this.id = id;
    this.#stop = room?.details.subscribe(() => this.put(room.details.getSnapshot()));
    this.send = this.#sender();
  }

  #sender(thread?: string): Send {
    const message = (type: string) => async (body: string, options: MessageOptions = {}) => {
      if (query.has("refuses")) await refuse();
      control.sent.push({ body, ...options, replyTo: options.replyTo?.key });
      return this.#need().send(type, body, options, thread);
    };
    return {
      text: message("m.text"), notice: message("m.notice"), emote: message("m.emote"),
      event: async () => this.#need().send("m.text", ""),
      poll: async (question, answers, options) => this.#need().sendPoll(question, answers, options),
      handle: (key, txnId) => this.#need().handle(key, txnId),
    };
  }

  #need(): FakeRoom {
    if (!this.#room) throw new AlcoveError("room.unknown");
    return this.#room;
  }

  timeline(options: TimelineOptions = {}): LiveTimeline {
    return new FakeTimeline(this.#room, this.id, options.thread ? this.#sender(options.thread) : this.send, options);
  }

  threads = async () => ({ items: [] });
  search = async () => ({ items: [] });
  eventAt = async () => ({ eventId: "$event", ts: now });
  setNotifications = async () => {};
  persons = async (users: readonly string[]) => {
    await wait();
    const all = [me, ...this.members().getSnapshot().map(({ person }) => person)];
    return users.map((id) => all.find((person) => person.id === id) ?? { id, name: id });
  };
  link = async ({ event }: LinkOptions = {}) => {
    await wait();
    const via = ["example.org"];
    return formatMatrixTo(event ? { kind: "event", room: this.id, event, via } : { kind: "room", id: this.id, via });
  };

  async #change(change: Partial<Room> | undefined): Promise<void> {
    await wait();
    this.#world.change(this.id, change);
  }

  protected changeRoom = (change: Partial<Room> | undefined): void => this.#world.change(this.id, change);
  protected changeDetails = (change: Partial<RoomDetails>): void => this.#world.changeDetails(this.id, change);

  join = () => this.#change({ membership: "join" });
  knock = async () => {
    await wait();
    this.#world.spaces.become(this.id, "knock");
  };
  leave = async () => {
    await wait();
    this.#world.spaces.become(this.id, undefined);
  };
  forget = () => this.#change(undefined);
  setState = async (type: string) => {
    if (type === "m.room.encryption") await this.#change({ encrypted: true });
    return "$state";
  };
  typing = async (typing: boolean) => void control.typed.push(typing);
  markRead = async () => this.#change({ unread: 0, highlights: 0 });
  setTag = (name: string) => this.#change({ tags: [{ name }] });
  removeTag = () => this.#change({ tags: [] });
  setMarkedUnread = (unread: boolean) => this.#change({ markedUnread: unread });

  override close(): void {
    super.close();
    this.#stop?.();
  }
}
