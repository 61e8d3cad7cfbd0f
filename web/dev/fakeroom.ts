import type { EventItem, Person, Room, RoomDetails, SendHandle, SendState, TimelineItem } from "alcove";
import { Box, ListBox } from "./box.js";
import { decrypted, details, encryptedHistory, history, me } from "./generate.js";
import { ending } from "./samples.js";
import { number, query, wait } from "./setup.js";

/** Everything there is in one room. */
export class FakeRoom {
  readonly details: Box<RoomDetails | undefined, RoomDetails>;
  readonly #all: TimelineItem[];
  readonly timelines = new Set<ListBox<TimelineItem>>();
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

  /** Queues a message of one's own; "/fail" in it lets it fail. */
  async send(msgtype: string, body: string): Promise<SendHandle> {
    const n = ++this.#sent;
    const key = `out ${n}`;
    this.#push({ key, kind: "event", ts: Date.now(), event: { txnId: key, sender: me, own: true, type: "m.room.message", content: { msgtype, body }, send: { state: "queued" } } });
    this.deliver(key, body.includes("/fail"));
    return this.handle(key, key);
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
    for (const timeline of this.timelines) timeline.put(this.items);
  }
}
