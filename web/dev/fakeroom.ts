import type { EventItem, MessageOptions, Person, PollOptions, Room, RoomDetails, SendHandle, SendState, TimelineItem } from "alcove";
import { Box } from "./box.js";
import { previewOf, replyTo, type FakeTimeline } from "./faketimeline.js";
import { decrypted, details, encryptedHistory, history, me } from "./generate.js";
import { ending } from "./samples.js";
import { number, query, wait } from "./setup.js";

/** Everything there is in one room. */
export class FakeRoom {
  readonly details: Box<RoomDetails | undefined, RoomDetails>;
  readonly #all: TimelineItem[];
  readonly timelines = new Set<FakeTimeline>();
  readonly #offline: () => boolean;
  #shown: number;
  #sent = 0;

  constructor(room: Room, seed: number, offline: () => boolean) {
    this.#offline = offline;
    this.details = new Box<RoomDetails | undefined, RoomDetails>(details(room));
    this.#all = history(number("items", 400), seed);
    if (room.encrypted) this.#all.push(...encryptedHistory());
    this.#all.push(...ending(query.get("ends") ?? ""));
    this.#shown = Math.min(50, this.#all.length);
  }

  get items(): TimelineItem[] {
    return this.#all.slice(this.#all.length - this.#shown);
  }

  get length(): number {
    return this.#all.length;
  }

  /** Where an event stands or, of an edit, what it edits. */
  placeOf(eventId: string): number {
    return this.#all.findIndex(({ event }) => event?.id === eventId || event?.edited?.id === eventId);
  }

  those(ids: readonly string[]): TimelineItem[] {
    return ids.flatMap((id) => this.#all.filter(({ event }) => event?.id === id));
  }

  keyAt(place: number): string | undefined {
    return this.#all[place]?.key;
  }

  slice({ from, to }: { readonly from: number; readonly to: number }): TimelineItem[] {
    return this.#all.slice(from, to);
  }

  older(limit: number): number {
    const before = this.#shown;
    this.#shown = Math.min(this.#all.length, this.#shown + limit);
    this.#tell();
    return this.#shown - before;
  }

  get complete(): boolean {
    return this.#shown === this.#all.length;
  }

  /** The keys that were missing have come. */
  keysCame(): void {
    for (const [at, item] of this.#all.entries()) if (item.event?.crypto?.reason === "keyMissing") this.#all[at] = decrypted(item);
    this.#tell();
  }

  /** Puts any event at the end. */
  add(event: EventItem): void {
    this.#push({ key: `in ${++this.#sent}`, kind: "event", ts: Date.now(), event });
  }

  receive(sender: Person, body: string): void {
    const n = ++this.#sent;
    this.#push({ key: `in ${n}`, kind: "event", ts: Date.now(), event: { id: `$in${n}`, sender, type: "m.room.message", content: { msgtype: "m.text", body } } });
  }

  /** Changes an event. Says whether there is one. */
  change(key: string, change: (event: EventItem) => EventItem): boolean {
    const at = this.#all.findIndex((item) => item.key === key);
    const item = this.#all[at];
    if (!item?.event) return false;
    this.#all[at] = { ...item, event: change(item.event) };
    this.#tell();
    return true;
  }

  /** Queues a message of one's own; "/fail" in it lets it fail. */
  async send(msgtype: string, body: string, { html, mentions, replyTo: item }: MessageOptions = {}, thread?: string): Promise<SendHandle> {
    const formatted = html && { format: "org.matrix.custom.html", formatted_body: html };
    const content = { msgtype, body, ...formatted, "m.mentions": { ...(mentions?.users && { user_ids: mentions.users }) } };
    return this.#queue({ type: "m.room.message", content, ...replyTo(item), ...(thread && { threadId: thread }) }, body.includes("/fail"));
  }

  async sendPoll(question: string, answers: readonly string[], { undisclosed = false, maxSelections = 1 }: PollOptions = {}): Promise<SendHandle> {
    const poll = { question, undisclosed, maxSelections, voters: 0, answers: answers.map((text, n) => ({ id: String(n), text, votes: 0 })) };
    return this.#queue({ type: "org.matrix.msc3381.poll.start", content: {}, poll }, false);
  }

  #queue(event: Pick<EventItem, "type" | "content"> & Partial<EventItem>, fails: boolean): SendHandle {
    const key = `out ${++this.#sent}`;
    this.#push({ key, kind: "event", ts: Date.now(), event: { txnId: key, sender: me, own: true, send: { state: "queued" }, ...event } });
    if (event.threadId) this.#countReply(event.threadId);
    void this.deliver(key, fails);
    return this.handle(key, key);
  }

  #countReply(root: string): void {
    const key = this.#all.find(({ event }) => event?.id === root)?.key ?? "";
    const latest = previewOf(this.#all.at(-1) ?? { key, kind: "event" });
    this.change(key, (event) => ({ ...event, thread: { count: (event.thread?.count ?? 0) + 1, participated: true, ...(latest && { latest }) } }));
  }

  async deliver(key: string, fails: boolean): Promise<void> {
    if (this.#offline()) return;
    this.#mark(key, "sending");
    await wait();
    this.#mark(key, fails ? "failed" : "sent");
  }

  handle(key: string, txnId: string): SendHandle {
    return {
      key,
      txnId,
      state: new Box({ state: "queued" as SendState }),
      sent: Promise.resolve(`$${key}`),
      retry: () => this.deliver(key, false),
      cancel: async () => {
        const at = this.#all.findIndex((item) => item.key === key);
        if (at >= 0) this.#all.splice(at, 1), this.#shown--;
        this.#tell();
      },
    };
  }

  #push(item: TimelineItem): void {
    this.#all.push(item);
    this.#shown++;
    this.#tell();
  }

  #mark(key: string, state: SendState): void {
    const at = this.#all.findIndex((item) => item.key === key);
    const item = this.#all[at];
    if (!item?.event) return;
    const { send: _, ...event } = item.event;
    const error = { code: "send.forbidden" as const, message: "", recoverable: false };
    const send = { state, ...(state === "failed" && { error }) };
    this.#all[at] = { ...item, event: state === "sent" ? { ...event, id: `$${key}` } : { ...event, send } };
    this.#tell();
  }

  #tell(): void {
    for (const timeline of this.timelines) timeline.show();
  }
}
