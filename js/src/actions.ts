import type { Calls, TimelineItem, TxnID, UserID } from "./api.js";
import { edit, echoKey, lineOf, pollEnd, pollResponse, reaction, redaction, target } from "./compose.js";
import type { Draft, Line, TextOptions } from "./compose.js";
import { AlcoveError } from "./error.js";
import type { Send, SendHandle, SendOptions } from "./send.js";

/** Why something is redacted; others in the room see it. */
export type RedactOptions = SendOptions & { readonly reason?: string | undefined };

/**
 * What can be done about a timeline's items, by their keys. All of it waits its
 * turn where the network or the item itself is still to come. `send.target`: the
 * timeline has no event of this key.
 */
export interface TimelineActions {
  /** Replaces the text of an own message. */
  edit(key: string, body: string, options?: TextOptions & SendOptions): Promise<SendHandle>;
  /** Reacts, with an emoji mostly. */
  react(key: string, reaction: string, options?: SendOptions): Promise<SendHandle>;
  /** Takes the own reaction back. */
  unreact(key: string, reaction: string, options?: SendOptions): Promise<void>;
  /** Removes a message for all, or cancels it if it has not left yet, and resolves with nothing then. */
  redact(key: string, options?: RedactOptions): Promise<SendHandle | undefined>;
  /** Votes in a poll, in place of what the user chose before. */
  vote(key: string, answerIds: readonly string[], options?: SendOptions): Promise<SendHandle>;
  endPoll(key: string, options?: SendOptions): Promise<SendHandle>;
}

export type ActionContext = {
  calls: Calls;
  send: Send;
  items(): readonly TimelineItem[];
  me(): UserID | undefined;
};

export class Actions implements TimelineActions {
  readonly #context: ActionContext;

  constructor(context: ActionContext) {
    this.#context = context;
  }

  async edit(key: string, body: string, options: TextOptions & SendOptions = {}): Promise<SendHandle> {
    const { html, mentions, ...rest } = options;
    return this.#send(edit(this.#line(key), body, { html, mentions }, this.#context.me()), rest);
  }

  async react(key: string, emoji: string, options?: SendOptions): Promise<SendHandle> {
    const line = this.#line(key);
    const txnId = own(line, emoji)?.send?.txnId;
    if (txnId !== undefined) return this.#context.send.handle(echoKey(txnId), txnId);
    return this.#send(reaction(line, emoji), options);
  }

  async unreact(key: string, emoji: string, options?: SendOptions): Promise<void> {
    const mine = own(this.#line(key), emoji);
    const txnId = mine?.send?.txnId;
    if (txnId !== undefined && (await this.#cancelled(txnId, options))) return;
    const redacts = mine?.id ?? (txnId && echoKey(txnId));
    if (redacts) await this.#send(redaction(redacts, undefined), options);
  }

  async redact(key: string, { reason, ...options }: RedactOptions = {}): Promise<SendHandle | undefined> {
    const line = this.#line(key);
    const { removing, send, txnId } = line.event;
    if (removing) return this.#context.send.handle(echoKey(removing.txnId), removing.txnId);
    if (send && txnId !== undefined && (await this.#cancelled(txnId, options))) return undefined;
    return this.#send(redaction(target(line), reason), options);
  }

  async vote(key: string, answerIds: readonly string[], options?: SendOptions): Promise<SendHandle> {
    return this.#send(pollResponse(this.#line(key), answerIds), options);
  }

  async endPoll(key: string, options?: SendOptions): Promise<SendHandle> {
    return this.#send(pollEnd(this.#line(key)), options);
  }

  #line(key: string): Line {
    return lineOf(this.#context.items().find((item) => item.key === key));
  }

  #send({ type, content }: Draft, options: SendOptions | undefined): Promise<SendHandle> {
    return this.#context.send.event(type, content, options);
  }

  /** cancelled takes an event out of the outbox, unless it has left. */
  async #cancelled(txnId: TxnID, options: SendOptions | undefined): Promise<boolean> {
    try {
      await this.#context.calls.cancelSend({ txnId }, { signal: options?.signal });
      return true;
    } catch (error) {
      if (error instanceof AlcoveError && (error.code === "send.started" || error.code === "send.unknown")) return false;
      throw error;
    }
  }
}

function own(line: Line, emoji: string) {
  return line.event.reactions?.find((one) => one.key === emoji)?.own;
}
