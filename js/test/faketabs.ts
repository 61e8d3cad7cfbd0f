// Tabs of one store on a fake site, each with a client, and the cores that they
// start: real as far as js/src goes, over a fake of the Go program.
import { startClient } from "../src/client.js";
import type { Client, ClientOptions } from "../src/client.js";
import { died } from "../src/error.js";
import { finds, Hub, ownPage } from "../src/hub.js";
import { Tabs } from "../src/tabs.js";
import type { Lead } from "../src/tabs.js";
import { API_HASH } from "../src/api.js";
import { makePage } from "./fakecore.js";
import { FakeProgram } from "./fakeprogram.js";
import type { Disk } from "./fakeprogram.js";
import type { Agent, Site } from "./fakesite.js";

/** FakeTab is a page with a client. */
export class FakeTab {
  readonly agent: Agent;
  readonly page = makePage();
  readonly client: Promise<Client>;
  /** Its workers, from first to last. */
  readonly workers: FakeWorker[] = [];

  constructor(site: Site, disk: Disk, options: ClientOptions & { hash?: string; agent?: Agent } = {}) {
    const { store = "test", hash = API_HASH, agent = site.agent() } = options;
    this.agent = agent;
    const lead: Lead = (on, office) => {
      const worker = new FakeWorker(site, disk, {
        frame: (text) => this.agent.post("worker", () => on.frame(text)),
        running: () => this.agent.post("worker", () => on.running()),
        exit: () => this.agent.post("worker", () => on.exit(died("killed by the test"))),
        apart: () => this.agent.post("worker", () => on.apart()),
      });
      this.workers.push(worker);
      void worker.boot(office);
      return { leads: true, send: (frame) => worker.take(frame), silent: () => on.exit(died("it is silent")), fenced: () => false, close: () => worker.agent.end() };
    };
    const cores = new Tabs({ name: `alcove:${store}`, lead, page: this.page, commons: this.agent, hash });
    this.client = startClient({ ...options, store }, cores, this.page);
    this.client.catch(() => {});
  }

  get worker(): FakeWorker | undefined {
    return this.workers.at(-1);
  }

  /** crash ends the page's process. */
  crash(): void {
    this.agent.end();
    for (const worker of this.workers) worker.agent.end();
  }

  /** leave closes the page as users do. */
  leave(): void {
    this.page.leave();
    this.crash();
  }

  /** freeze stops the page, and its worker if asked to; browsers do either. */
  freeze(worker = true): void {
    this.page.set({ visible: false });
    this.agent.frozen = true;
    if (worker && this.worker) this.worker.agent.frozen = true;
  }

  thaw(): void {
    this.agent.frozen = false;
    for (const worker of this.workers) worker.agent.frozen = false;
    this.page.set({ visible: true });
  }
}

type WorkerEvents = { frame(text: string): void; running(): void; exit(): void; apart(): void };

/** FakeWorker is what worker.ts makes of a worker. */
export class FakeWorker {
  readonly agent: Agent;
  readonly #disk: Disk;
  readonly #on: WorkerEvents;
  program: FakeProgram | undefined;
  #hub: Hub | undefined;
  readonly #early: string[] = [];

  constructor(site: Site, disk: Disk, on: WorkerEvents) {
    this.agent = site.agent();
    this.#disk = disk;
    this.#on = on;
  }

  async boot(office: Parameters<Lead>[1]): Promise<void> {
    if (office && !(await finds(office, this.agent))) return this.#on.apart();
    this.agent.post("program", () => this.#on.running());
    this.agent.post("program", () => {
      const send = (page: number, frame: string) => (page === ownPage ? this.#on.frame(frame) : this.#hub?.send(page, frame));
      this.program = new FakeProgram({ disk: this.#disk, send, later: (task) => this.agent.post("program", task), die: () => this.die() });
      this.program.connect(ownPage);
      for (const frame of this.#early.splice(0)) this.program.receive(ownPage, frame);
      if (office) this.#hub = new Hub(office, this.program, this.agent);
    });
  }

  take(frame: string): void {
    this.agent.post("page", () => (this.program ? this.program.receive(ownPage, frame) : this.#early.push(frame)));
  }

  /** die ends the program, which the page hears of. */
  die(): void {
    this.#on.exit();
    this.agent.end();
  }
}
