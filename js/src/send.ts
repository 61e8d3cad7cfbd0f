import type { CallOptions, Calls, EventID, Json, RoomID, SendStatus, TimelineItem, TxnID, UserID } from "./api.js";
import { complete, lineOf, message, pollStart } from "./compose.js";
import type { Place, PollOptions, TextOptions } from "./compose.js";
import { aborted, fromWire } from "./error.js";
import { ValueObject } from "./live.js";
import type { LiveValue, Source } from "./live.js";
import { random } from "./view.js";

export type SendOptions = CallOptions & {
  /**
   * Names this event and no other, at random. Whoever sends again after an
   * error, such as `core.died` or `storage.hung`, passes the same one as before:
   * the message may be stored already, and goes out once.
   */
  readonly txnId?: TxnID | undefined;
};

/** What goes with a message. */
export type MessageOptions = SendOptions &
  TextOptions & {
    /** The timeline item that it answers. Whoever wrote that is mentioned too. */
    readonly replyTo?: TimelineItem | undefined;
  };

/** A message on its way out. It is stored already: closing the page does not lose it. */
export interface SendHandle {
  /** The key of its timeline item. */
  readonly key: string;
  readonly txnId: TxnID;
  /** How far it got; over once it was sent or cancelled. */
  readonly state: LiveValue<SendStatus>;
  /**
   * Resolves with the event's id once the server has it. Rejects when the
   * server refuses it or it is cancelled; after `retry`, `sent` is about the
   * new attempt.
   */
  readonly sent: Promise<EventID>;
  /** Tries a failed message, and those behind it, again. */
  retry(options?: CallOptions): Promise<void>;
  /** Takes it back. `send.started` means that the server may have it already. */
  cancel(options?: CallOptions): Promise<void>;
}

/** Sends messages to one room, in the order of the calls. */
export interface Send {
  text(body: string, options?: MessageOptions): Promise<SendHandle>;
  notice(body: string, options?: MessageOptions): Promise<SendHandle>;
  emote(body: string, options?: MessageOptions): Promise<SendHandle>;
  /** Asks a question with 1 to 20 answers to choose from. */
  poll(question: string, answers: readonly string[], options?: PollOptions & SendOptions): Promise<SendHandle>;
  /** Sends any event; in a thread's timeline into the thread, unless it has a relation of its own. */
  event(type: string, content: Json, options?: SendOptions): Promise<SendHandle>;
  /** The handle of an event sent earlier, also before a reload: of a timeline item's `key` and its event's `txnId`. */
  handle(key: string, txnId: TxnID): SendHandle;
}

/** Sent opens what becomes of a queued event. */
export type StatusOf = (txnId: TxnID) => Source<SendStatus>;

export type SendContext = {
  calls: Calls;
  roomId: RoomID;
  statusOf: StatusOf;
  me(): UserID | undefined;
  /** Where events go that say nothing of it. */
  place?(): Place;
};

export function sender({ calls, roomId, statusOf, me, place = () => ({}) }: SendContext): Send {
  const handle: Send["handle"] = (key, txnId) => new Handle(calls, key, txnId, statusOf(txnId));
  const send = async ({ type, content }: { type: string; content: Json }, options: SendOptions = {}) => {
    const { txnId: named = random(), signal } = options;
    const { key, txnId } = await calls.send({ roomId, txnId: named, type, content }, { signal });
    return handle(key, txnId);
  };
  const words = (msgtype: string) => async (body: string, options: MessageOptions = {}) => {
    const replyTo = options.replyTo && lineOf(options.replyTo);
    return send(message(msgtype, body, options, { ...place(), replyTo }, me()), options);
  };
  return {
    text: words("m.text"),
    notice: words("m.notice"),
    emote: words("m.emote"),
    poll: async (question, answers, options = {}) => send(pollStart(question, answers, options, place()), options),
    event: (type, content, options) => send({ type, content: complete(type, content, place()) }, options),
    handle,
  };
}

class Handle implements SendHandle {
  readonly key: string;
  readonly txnId: TxnID;
  readonly state: ValueObject<SendStatus>;
  readonly #calls: Calls;
  readonly #status: Source<SendStatus>;
  #sent: Promise<EventID> | undefined;

  constructor(calls: Calls, key: string, txnId: TxnID, status: Source<SendStatus>) {
    this.#calls = calls;
    this.key = key;
    this.txnId = txnId;
    this.#status = status;
    this.state = new ValueObject(status);
  }

  get sent(): Promise<EventID> {
    this.#sent ??= outcome(this.#status);
    return this.#sent;
  }

  async retry(options?: CallOptions): Promise<void> {
    await this.#calls.retrySend({ txnId: this.txnId }, options);
    this.#sent = undefined;
  }

  cancel(options?: CallOptions): Promise<void> {
    return this.#calls.cancelSend({ txnId: this.txnId }, options);
  }
}

/** outcome asks the core anew, because `state` may still hold the failure before a retry. */
async function outcome(source: Source<SendStatus>): Promise<EventID> {
  const state = new ValueObject(source);
  try {
    for await (const status of state.diffs()) {
      if (status.state === "sent" && status.eventId) return status.eventId;
      if (status.state === "failed") throw fromWire(status.error);
      if (status.state === "cancelled") break;
    }
    throw aborted();
  } finally {
    state.close();
  }
}
