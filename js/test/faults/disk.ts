// IndexedDB that misbehaves as a test wants: below a core, by a patch before
// its worker's script, and beside it, from a page without a client.
import type { Page } from "playwright-core";
import type { Server } from "./server.js";

/** What never answers: databases as such, transactions that read, those that write and are made all the same, and those that are not. */
export type Hang = "open" | "read" | "commit" | "abort";

type Faults = { readonly hang?: Hang | undefined; readonly newer?: boolean };

/** Disk is what the workers of a page have for IndexedDB. */
export class Disk {
  readonly #page: Page;
  #faults: Faults = {};

  private constructor(page: Page) {
    this.#page = page;
  }

  static async below(page: Page): Promise<Disk> {
    const disk = new Disk(page);
    await page.route("**/worker.js", async (route) => {
      const response = await route.fetch();
      const patch = `(${patchWorker.toString()})(${JSON.stringify(disk.#faults)});`;
      await route.fulfill({ response, body: `globalThis.__name = (of) => of; ${patch} ${await response.text()}` });
    });
    return disk;
  }

  /** hangs is from now on, also for workers that start later. What hangs already hangs for ever. */
  async hangs(hang: Hang | undefined): Promise<void> {
    this.#faults = { ...this.#faults, hang };
    await this.#page.evaluate((faults) => {
      const channel = new BroadcastChannel("faults");
      channel.postMessage(faults);
      channel.close();
    }, this.#faults);
  }

  /** newer makes the workers that start from now on have a schema of a newer version. */
  newer(): void {
    this.#faults = { ...this.#faults, newer: true };
  }
}

/** patchWorker runs in the worker. Its clock runs fast once something hangs: the limits are half a minute. */
function patchWorker(first: Faults): void {
  const speed = 10;
  let faults: Faults = {};
  let began: number | undefined;
  const real = performance.now.bind(performance);
  const later = globalThis.setTimeout;
  performance.now = () => (began === undefined ? real() : real() + (real() - began) * (speed - 1));
  globalThis.setTimeout = ((run: () => void, ms = 0) => later(run, began === undefined ? ms : ms / speed)) as typeof setTimeout;
  const learn = (news: Faults) => {
    faults = news;
    if (news.hang) began ??= real();
  };
  learn(first);
  new BroadcastChannel("faults").onmessage = ({ data }) => learn(data as Faults);

  const open = IDBFactory.prototype.open;
  IDBFactory.prototype.open = function (name, version) {
    const wanted = version !== undefined && faults.newer ? version + 1 : version;
    return faults.hang === "open" ? ({} as IDBOpenDBRequest) : open.call(this, name, wanted);
  };
  const databases = IDBFactory.prototype.databases;
  IDBFactory.prototype.databases = function () {
    return faults.hang === "open" ? new Promise(() => {}) : databases.call(this);
  };
  const begin = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (stores, mode, options) {
    const tx = begin.call(this, stores, mode, options);
    const { hang } = faults;
    if (mode === "readwrite" ? hang !== "commit" && hang !== "abort" : hang !== "read") return tx;
    for (const event of ["oncomplete", "onabort"]) Object.defineProperty(tx, event, { set() {} });
    if (hang === "abort") later(() => tx.abort());
    return tx;
  };
}

/** Holder is a page that has a database open and does not let go. */
export class Holder {
  readonly #page: Page;

  private constructor(page: Page) {
    this.#page = page;
  }

  /** of opens a database, in that version if one is given. It settles when the database is open. */
  static async of(page: Page, server: Server, database: string, version?: number): Promise<Holder> {
    await page.goto(server.origin);
    await page.evaluate(
      ({ database, version }) =>
        new Promise<void>((resolve, reject) => {
          const request = indexedDB.open(database, version);
          request.onsuccess = () => {
            (globalThis as { held?: IDBDatabase }).held = request.result;
            resolve();
          };
          request.onerror = () => reject(request.error);
        }),
      { database, version },
    );
    return new Holder(page);
  }

  /** records counts what is in the database, but for the epoch. */
  records(): Promise<number> {
    return this.#page.evaluate(async () => {
      const { held } = globalThis as unknown as { held: IDBDatabase };
      const stores = [...held.objectStoreNames].filter((store) => store !== "_epoch");
      const tx = held.transaction(stores);
      const counts = stores.map(
        (store) =>
          new Promise<number>((resolve, reject) => {
            const request = tx.objectStore(store).count();
            request.onsuccess = () => resolve(request.result);
            request.onerror = () => reject(request.error);
          }),
      );
      return (await Promise.all(counts)).reduce((a, b) => a + b, 0);
    });
  }

  /** deletes asks for the end of the database, which cannot come before this page lets go. */
  deletes(database: string): Promise<void> {
    return this.#page.evaluate((database) => void indexedDB.deleteDatabase(database), database);
  }

  letGo(): Promise<void> {
    return this.#page.evaluate(() => (globalThis as { held?: IDBDatabase }).held?.close());
  }
}
