// What tests do in a page that has the package, and nothing else, loaded.
import type { Page } from "playwright-core";
import type { Client, LiveTimeline, SessionSnapshot, StorageSnapshot } from "../../src/index.js";
import type * as Alcove from "../../src/index.js";
import type { Person, Server } from "./server.js";

declare global {
  var alcove: typeof Alcove;
  var client: Client;
  var timeline: LiveTimeline;
  /** The workers that the package started. */
  var workers: Worker[];
  function shown(): Shown[];
  /** follow keeps an eye on a call that a test does not wait for. mayDie: its core may take it along. */
  function follow<T>(name: string, call: Promise<T>, mayDie?: boolean): Promise<T>;
  var calls: { open: string[]; failed: string[] };
  /** Messages that the timeline showed and then did not, though older ones stayed. */
  var vanished: string[];
}

/** A message that the core has promised to bring to its room. */
export type Accepted = { readonly roomId: string; readonly body: string };

/** What a call ended with: its error's code, or "". */
export type Outcome = { readonly code: string; readonly message?: string; readonly retryAfterMs?: number };

/** Shown is a message as the timeline has it; send is its state while it is a local echo. */
export type Shown = { readonly key: string; readonly id?: string; readonly sender: string; readonly body: string; readonly send?: string };

export type Followed = { readonly open: readonly string[]; readonly failed: readonly string[]; readonly vanished: readonly string[] };

/** Tab is a page with a client of the package. */
export class Tab {
  readonly page: Page;
  readonly store: string;
  /** Messages whose send() resolved, as far as the page could tell. */
  readonly accepted: Accepted[] = [];
  #accepted: (() => void) | undefined;

  private constructor(page: Page, store: string) {
    this.page = page;
    this.store = store;
  }

  /** load goes to the page; the client is not started yet. */
  static async load(page: Page, server: Server, store = "kills"): Promise<Tab> {
    const tab = new Tab(page, store);
    // The compiler that runs these tests marks functions that go to the page with a name.
    await page.addInitScript("globalThis.__name = (of) => of");
    await page.addInitScript(() => {
      globalThis.workers = [];
      globalThis.Worker = class extends Worker {
        constructor(url: string | URL, options?: WorkerOptions) {
          super(url, options);
          globalThis.workers.push(this);
        }
      };
      globalThis.calls = { open: [], failed: [] };
      globalThis.vanished = [];
      globalThis.follow = async (name, call, mayDie = false) => {
        calls.open.push(name);
        try {
          return await call;
        } catch (error) {
          const { code } = error as { code?: string };
          if (!mayDie || code !== "core.died") calls.failed.push(`${name}: ${String(code ?? error)}`);
          throw error;
        } finally {
          calls.open.splice(calls.open.indexOf(name), 1);
        }
      };
      globalThis.shown = () =>
        timeline.getSnapshot().flatMap(({ key, event }) => {
          if (event?.type !== "m.room.message") return [];
          const { body } = event.content as { body?: unknown };
          const { id, send } = event;
          return [{ key, ...(id && { id }), sender: event.sender.id, body: String(body), ...(send && { send: send.state }) }];
        });
    });
    await page.exposeFunction("accept", (message: Accepted) => tab.#accept(message));
    await page.goto(server.origin);
    await page.waitForFunction(() => "alcove" in globalThis);
    return tab;
  }

  /** reload is what the user does: the page's client is gone and no other one started. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.page.waitForFunction(() => "alcove" in globalThis);
  }

  /** open is load with a client that has its storage open. */
  static async open(page: Page, server: Server, store?: string): Promise<Tab> {
    const tab = await Tab.load(page, server, store);
    await tab.start();
    return tab;
  }

  start(homeserver?: string): Promise<void> {
    return this.page.evaluate(async ({ store, homeserver }) => {
      globalThis.client = await alcove.createClient({ store, homeserver: homeserver ?? location.origin });
      await client.ready;
    }, { store: this.store, homeserver });
  }

  login(who: Person, password = who.password): Promise<Outcome> {
    return this.outcome(async ({ user, password }) => void (await client.login.password({ user, password })), { user: who.name, password });
  }

  /** outcome runs a call in the page and says how it ended. */
  outcome<Arg>(call: string | ((arg: Arg) => Promise<unknown>), arg?: Arg): Promise<Outcome> {
    return this.page.evaluate(`(async () => {
      try {
        await (${String(call)})(${JSON.stringify(arg) ?? ""});
        return { code: "" };
      } catch (error) {
        const { code, message, retryAfterMs } = error;
        return { code: code ?? String(error), message, ...(retryAfterMs !== undefined && { retryAfterMs }) };
      }
    })()`);
  }

  session(): Promise<SessionSnapshot> {
    return this.page.evaluate(() => client.session.getSnapshot());
  }

  storage(): Promise<StorageSnapshot | undefined> {
    return this.page.evaluate(async () => (await client.storage.ready, client.storage.getSnapshot()));
  }

  /** reaches waits until the session is as described. */
  async reaches(want: { state?: string; sync?: string; core?: string; code?: string }, timeout = 20_000): Promise<SessionSnapshot> {
    const fits = (want: { state?: string; sync?: string; core?: string; code?: string }) => {
      const { state, sync, core, error } = client.session.getSnapshot();
      const now: Record<string, string> = { state, sync, core, code: error?.code ?? "" };
      return Object.entries(want).every(([name, value]) => now[name] === value);
    };
    try {
      await this.page.waitForFunction(fits, want, { timeout, polling: 20 });
    } catch (cause) {
      throw new Error(`the session is ${JSON.stringify(await this.session())}, not ${JSON.stringify(want)}`, { cause });
    }
    return this.session();
  }

  rooms(): Promise<string[]> {
    return this.page.evaluate(async () => {
      const list = client.rooms.list();
      await list.ready;
      const names = list.getSnapshot().map((room) => room.name);
      list.close();
      return names;
    });
  }

  /** knows waits until the core has a room. */
  async knows(room: string): Promise<void> {
    await this.page.evaluate(async (id) => {
      const list = client.rooms.list();
      for await (const _ of list.diffs()) if (list.getSnapshot().some((room) => room.id === id)) break;
      list.close();
    }, room);
  }

  /** enter opens a room's timeline, which is the one that all else is about. */
  enter(room: string): Promise<void> {
    return this.page.evaluate(async (id) => {
      globalThis.timeline?.close();
      globalThis.timeline = client.room(id).timeline();
      let before: string[] = [];
      timeline.subscribe(() => {
        const now = shown().map(({ body }) => body);
        const still = new Set(now);
        const eldest = before.findIndex((body) => still.has(body));
        vanished.push(...before.slice(Math.max(eldest, 0)).filter((body) => !still.has(body)));
        before = now;
      });
      await timeline.ready;
    }, room);
  }

  /** write sends messages, each after the one before was taken in or all at once; it does not wait for the last. */
  async write(bodies: readonly string[], pauseMs: number | "at once" = 0): Promise<void> {
    await this.page.evaluate(({ bodies, pauseMs }) => {
      const { accept } = globalThis as unknown as { accept(taken: Accepted): Promise<void> };
      const told: Promise<void>[] = [];
      const send = async (body: string) => {
        const { roomId } = timeline;
        const { sent } = await follow(body, timeline.send.text(body));
        told.push(accept({ roomId, body }));
        follow(`${body} on its way`, sent).catch(ignore);
      };
      const ignore = () => {}; // calls.failed tells
      const writing = async () => {
        const taken: Promise<void>[] = [];
        for (const body of bodies) {
          taken.push(send(body).catch(ignore));
          if (pauseMs === "at once") continue;
          await taken.at(-1);
          if (pauseMs) await new Promise((resolve) => setTimeout(resolve, pauseMs));
        }
        await Promise.all(taken);
        await Promise.all(told);
      };
      void follow("writing", writing()); // between two messages no other call may be open
    }, { bodies, pauseMs });
  }

  /** record says which of the calls that were followed have not ended, which failed, and what vanished from the timeline. */
  record(): Promise<Followed> {
    return this.page.evaluate(() => ({ ...globalThis.calls, vanished }));
  }

  /** forget begins a new record. */
  forget(): Promise<void> {
    return this.page.evaluate(() => void (globalThis.calls.failed.length = globalThis.vanished.length = 0));
  }

  /** untilAccepted waits for that many accepted messages. */
  async untilAccepted(count: number): Promise<void> {
    while (this.accepted.length < count) await new Promise<void>((resolve) => (this.#accepted = resolve));
  }

  #accept(message: Accepted): void {
    this.accepted.push(message);
    this.#accepted?.();
  }

  /** everything loads the whole room and returns its messages. */
  everything(): Promise<Shown[]> {
    return this.page.evaluate(async () => {
      for (let start = false; !start; ) ({ start } = await timeline.paginate("back", 200));
      return globalThis.shown();
    });
  }

  shown(): Promise<Shown[]> {
    return this.page.evaluate(() => globalThis.shown());
  }

  /** shows waits until a message is there, and is not a local echo. */
  async shows(body: string, timeout = 20_000): Promise<void> {
    await this.page.waitForFunction((body) => globalThis.shown().some((m) => m.body === body && m.id), body, { timeout, polling: 10 });
  }
}
