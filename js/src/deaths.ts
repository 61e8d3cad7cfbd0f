import type { AlcoveError } from "./error.js";

const firstDelayMs = 250;
const lastDelayMs = 30_000;
/** A core that lived this long is not in a loop of crashes. */
const soundAfterMs = 60_000;
/** About half a minute of deaths. */
const mostDeaths = 8;
/** Each takes nearly half a minute to be found out. */
const mostHangs = 3;

/** Deaths decides when to start another core after one that ended. */
export class Deaths {
  /** Ends without a sound life in between, and those of them where a core died. */
  #ends = 0;
  #deaths = 0;
  #hangs = 0;
  #openedAt: number | undefined;

  /** opened notes that a core has its storage open. */
  opened(): void {
    this.#openedAt = Date.now();
  }

  /**
   * next is how long to wait for the next core, longer each time. Undefined:
   * too many died in a row, or found a database that does not answer. What
   * could not be loaded or opened is tried for ever otherwise, since that
   * depends on the network and on other pages.
   */
  next(error: AlcoveError): number | undefined {
    if (this.#openedAt !== undefined && Date.now() - this.#openedAt > soundAfterMs) this.forget();
    this.#openedAt = undefined;
    if (error.code === "core.died" && ++this.#deaths >= mostDeaths) return undefined;
    if (error.code === "storage.hung" && ++this.#hangs >= mostHangs) return undefined;
    const delay = Math.min(lastDelayMs, firstDelayMs * 2 ** this.#ends++);
    return delay * (0.75 + Math.random() / 2);
  }

  forget(): void {
    this.#ends = this.#deaths = this.#hangs = 0;
  }
}
