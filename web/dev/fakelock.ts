// A lock whose passphrase is "correct horse" at first.
import type { LiveLock, LockSnapshot } from "alcove";
import { Box } from "./box.js";
import { AlcoveError, query, wait } from "./setup.js";

export class FakeLock extends Box<LockSnapshot | undefined, LockSnapshot> implements LiveLock {
  #passphrase = "correct horse";

  constructor() {
    super({ enabled: query.has("lock"), locked: query.get("lock") === "locked" });
  }

  async set(passphrase: string): Promise<void> {
    await wait();
    this.#passphrase = passphrase;
    this.put({ enabled: true, locked: false });
  }

  async change(old: string, passphrase: string): Promise<void> {
    await this.#prove(old);
    this.#passphrase = passphrase;
  }

  async remove(passphrase: string): Promise<void> {
    await this.#prove(passphrase);
    this.drop();
  }

  async unlock(passphrase: string): Promise<void> {
    await this.#prove(passphrase);
    this.put({ enabled: true, locked: false });
  }

  async lock(): Promise<void> {
    this.put({ enabled: true, locked: true });
  }

  drop(): void {
    this.put({ enabled: false, locked: false });
  }

  async #prove(passphrase: string): Promise<void> {
    await wait();
    if (passphrase !== this.#passphrase) throw new AlcoveError("lock.passphrase");
  }
}
