import type { Commons } from "./commons.js";
import type { Transport, TransportEvents } from "./core.js";
import { mismatch } from "./error.js";
import { heartbeat } from "./heartbeat.js";
import type { Heartbeat } from "./heartbeat.js";
import { Line } from "./line.js";
import type { Leader, Word } from "./words.js";

export type FollowerOptions = {
  readonly commons: Commons;
  readonly hash: string;
  visible(): boolean;
  say(word: Word): void;
  /** Whether that leader still is one. */
  leads(leader: Leader): Promise<boolean>;
  /** Takes the lead away from that leader, or from whoever has it. False: somebody else has it by now. */
  depose(leader: Leader | undefined): Promise<boolean>;
  /** Whether this page may depose a leader because it is of another version. */
  newest(): boolean;
};

/**
 * Follower is a page's connection to the core of another page. It looks for
 * the leader, joins it, and ends when that one is over.
 */
export class Follower implements Transport {
  readonly leads = false;
  readonly #options: FollowerOptions;
  readonly #on: TransportEvents;
  /** Frames for a leader that is not found yet. */
  readonly #early: string[] = [];
  #leader: Leader | undefined;
  #line: Line | undefined;
  #served = false;
  #closed = false;
  /** Runs until the core answers; from then on the page looks after its signs of life. */
  readonly #patience: Heartbeat;

  constructor(options: FollowerOptions, on: TransportEvents) {
    this.#options = options;
    this.#on = on;
    const ask = () => options.say({ who: true });
    this.#patience = heartbeat({ visible: options.visible, ping: ask, dead: () => this.silent() });
    ask();
  }

  send(frame: string): void {
    if (this.#line) this.#line.send(frame);
    else this.#early.push(frame);
  }

  /** heard takes what was said among the tabs. */
  heard(word: Word): void {
    if (this.#closed) return;
    if ("gone" in word && word.gone === this.#leader?.term) this.#move(word.dead);
    if ("leader" in word) this.#meet(word.leader, word.starting ?? false);
  }

  /** promoted says that this page leads now. A leader that went without a word died. */
  promoted(): void {
    this.#move(this.#served);
  }

  silent(): void {
    void this.#depose();
  }

  fenced(): boolean {
    void this.#depose();
    return true;
  }

  close(): void {
    this.#closed = true;
    this.#patience.stop();
    this.#line?.close();
  }

  #meet(leader: Leader, starting: boolean): void {
    if (leader.hash !== this.#options.hash) return void this.#differ(leader);
    if (this.#leader) {
      if (leader.term !== this.#leader.term) this.#move(this.#served);
      return;
    }
    this.#patience.heard();
    if (!starting) this.#join(leader);
  }

  #join(leader: Leader): void {
    this.#leader = leader;
    const { commons, say } = this.#options;
    const line = new Line(
      commons,
      {
        welcome: () => {
          this.#patience.stop();
          this.#served = true;
          this.#on.running();
        },
        frame: (text) => this.#on.frame(text),
      },
      (join) => say({ join, to: leader.term }),
    );
    for (const frame of this.#early.splice(0)) line.send(frame);
    this.#line = line;
  }

  /** Of two versions, the one that was loaded last leads: the other must be loaded again anyway. */
  async #differ(leader: Leader): Promise<void> {
    if (this.#options.newest()) await this.#depose(leader);
    else if (await this.#options.leads(leader)) this.#on.exit(mismatch());
  }

  async #depose(leader = this.#leader): Promise<void> {
    if (!(await this.#options.depose(leader))) this.#move(this.#served);
  }

  #move(dead: boolean): void {
    this.#on.moved(dead);
  }
}
