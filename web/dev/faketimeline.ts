// A room's timeline, or a thread's, and what can be done in it.
import type { EventItem, LiveTimeline, Paginated, Poll, Preview, Reaction, ReplyTo, Send, SendHandle, TimelineItem, TimelineOptions } from "alcove";
import { ListBox } from "./box.js";
import type { FakeRoom } from "./fakeroom.js";
import { me } from "./generate.js";
import { AlcoveError, query, wait } from "./setup.js";

/** How many items stand on either side of one that is asked for. */
const beside = 20;

/** Of one that stands around an event: the places of its first item and behind its last, and the event's key. */
type Around = { readonly from: number; readonly to: number; readonly sought: string | undefined };

export class FakeTimeline extends ListBox<TimelineItem> implements LiveTimeline {
  readonly roomId: string;
  readonly send: Send;
  readonly thread: string | undefined;
  readonly #room: FakeRoom | undefined;
  #around: Around | undefined;
  /** Of what is pinned: what was when it was opened. */
  #pinned: readonly string[] | undefined;

  constructor(room: FakeRoom | undefined, roomId: string, send: Send, { thread, event, pinned }: TimelineOptions) {
    super([]);
    this.#room = room;
    this.roomId = roomId;
    this.send = send;
    this.thread = thread;
    this.stale = query.has("stale");
    room?.timelines.add(this);
    if (pinned) this.#pinned = room?.details.getSnapshot()?.pinned ?? [];
    if (query.get("pinned") === "fails" && pinned) this.error = new AlcoveError("network.offline");
    if (event) this.#stand(room?.placeOf(event) ?? -1);
    this.show();
  }

  #stand(at: number): void {
    if (at < 0) this.error = new AlcoveError("server.notFound");
    this.#around = { from: Math.max(0, at - beside), to: at < 0 ? 0 : at + 1 + beside, sought: this.#room?.keyAt(at) };
  }

  show(): void {
    if (this.#pinned) return this.put(this.error ? [] : (this.#room?.those(this.#pinned) ?? []));
    const around = this.#around;
    const items = around ? (this.#room?.slice(around) ?? []).map((item) => marked(item, around.sought)) : (this.#room?.items ?? []);
    const { thread } = this;
    this.put(items.filter(({ event, kind }) => (thread ? event?.id === thread || event?.threadId === thread : kind !== "event" || !event?.threadId)));
  }

  async paginate(direction: "back" | "forward", limit = 30): Promise<Paginated> {
    await wait();
    if (this.#around) return this.#widen(this.#around, direction, limit);
    if (this.thread) return { loaded: 0, start: true, end: true };
    if (query.has("nohistory")) throw new AlcoveError("network.offline");
    const loaded = this.#room?.older(limit) ?? 0;
    return { loaded, start: this.#room?.complete ?? true, end: true };
  }

  #widen(around: Around, direction: "back" | "forward", limit: number): Paginated {
    this.#around = direction === "back" ? { ...around, from: Math.max(0, around.from - limit) } : { ...around, to: around.to + limit };
    const before = this.getSnapshot().length;
    this.show();
    return { loaded: this.getSnapshot().length - before, start: this.#around.from === 0, end: this.#around.to >= (this.#room?.length ?? 0) };
  }

  edit: LiveTimeline["edit"] = async (key, body, { html } = {}) => {
    const content = { msgtype: "m.text", body, ...(html && { format: "org.matrix.custom.html", formatted_body: html }) };
    return this.#change(key, (event) => ({ ...event, content, edited: { ts: Date.now() } }));
  };

  react: LiveTimeline["react"] = async (key, reaction) => this.#echo(key, (event) => ({ ...event, reactions: reacted(event.reactions ?? [], reaction, true) }));

  unreact: LiveTimeline["unreact"] = async (key, reaction) =>
    void (await this.#echo(key, (event) => ({ ...event, reactions: reacted(event.reactions ?? [], reaction, false) })));

  redact: LiveTimeline["redact"] = async (key) => this.#change(key, ({ reactions: _, poll: __, thread: ___, ...event }) => ({ ...event, content: {}, redacted: true }));

  vote: LiveTimeline["vote"] = async (key, answers) => this.#change(key, (event) => (event.poll ? { ...event, poll: voted(event.poll, answers) } : event));

  endPoll: LiveTimeline["endPoll"] = async (key) => this.#change(key, (event) => (event.poll ? { ...event, poll: ended(event.poll) } : event));

  /** As slowly as a core echoes: what is painted before is the page's own. */
  async #echo(key: string, change: (event: EventItem) => EventItem): Promise<SendHandle> {
    await wait();
    return this.#change(key, change);
  }

  #change(key: string, change: (event: EventItem) => EventItem): SendHandle {
    if (query.has("refuses")) throw new AlcoveError("server.forbidden");
    if (!this.#room?.change(key, change)) throw new AlcoveError("send.target");
    return this.#room.handle(key, key);
  }

  override close(): void {
    super.close();
    this.#room?.timelines.delete(this);
  }
}

const marked = (item: TimelineItem, sought: string | undefined): TimelineItem =>
  item.event && item.key === sought ? { ...item, event: { ...item.event, sought: true } } : item;

function reacted(all: readonly Reaction[], key: string, on: boolean): Reaction[] {
  const there = all.find((one) => one.key === key) ?? { key, count: 0, by: [] };
  const others = there.by.filter(({ id }) => id !== me.id);
  const count = there.count - Number(there.own !== undefined) + Number(on);
  const next: Reaction = { key, count, by: on ? [...others, me] : others, ...(on && { own: { id: "$own" } }) };
  const list = all.includes(there) ? all.map((one) => (one === there ? next : one)) : [...all, next];
  return list.filter((one) => one.count > 0);
}

function voted(poll: Poll, chosen: readonly string[]): Poll {
  const before = poll.answers.some(({ own }) => own);
  const answers = poll.answers.map(({ id, text, votes, own }) => {
    const now = chosen.includes(id);
    return { id, text, votes: votes - Number(own ?? false) + Number(now), ...(now && { own: true }) };
  });
  return { ...poll, answers, voters: poll.voters - Number(before) + Number(chosen.length > 0) };
}

function ended(poll: Poll): Poll {
  const most = Math.max(...poll.answers.map(({ votes }) => votes));
  return { ...poll, ended: true, answers: poll.answers.map((one) => ({ ...one, winner: one.votes === most })) };
}

export function previewOf({ event, ts = 0 }: TimelineItem): Preview | undefined {
  const { msgtype, body } = (event?.content ?? {}) as { readonly msgtype?: string; readonly body?: string };
  if (!event || event.redacted) return undefined;
  return { sender: event.sender, type: event.type, ts, ...(event.id && { eventId: event.id }), ...(msgtype && { msgType: msgtype }), ...(body && { body: body.slice(0, 200) }) };
}

export function replyTo(item: TimelineItem | undefined): { readonly replyTo?: ReplyTo } {
  const id = item?.event?.id ?? item?.key;
  const preview = item && previewOf(item);
  return id ? { replyTo: { id, ...(preview && { preview }) } } : {};
}
