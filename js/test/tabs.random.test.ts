// Tabs that come and go in any way, in any order of events, while all of them
// write. SEED repeats one run.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import type { Client } from "../src/client.js";
import type { RoomList } from "../src/rooms.js";
import { AlcoveError } from "../src/error.js";
import { fakeClock } from "./clock.js";
import { Disk } from "./fakeprogram.js";
import { Site } from "./fakesite.js";
import { FakeTab } from "./faketabs.js";
import { randomFrom } from "./random.js";

const seeds = process.env["SEED"] ? [Number(process.env["SEED"])] : Array.from({ length: Number(process.env["RUNS"] || 40) }, (_, n) => n + 1);
const mostTabs = 5;

/** Call is one that a tab made, and how often it was answered with what. */
type Call = { readonly tab: User; readonly kind: "send" | "once"; readonly name: string; readonly answers: string[] };

/** User is somebody with a tab. */
type User = { readonly tab: FakeTab; readonly number: number; client?: Client; list?: RoomList; sent: number; gone: boolean };

class Run {
  readonly site = new Site();
  readonly disk = new Disk();
  readonly users: User[] = [];
  readonly calls: Call[] = [];
  readonly random: (below: number) => number;
  readonly #clock: ReturnType<typeof fakeClock>;

  constructor(t: TestContext, seed: number) {
    this.#clock = fakeClock(t);
    this.random = randomFrom(seed);
  }

  /** here are the users whose tabs are open and awake. */
  here(): User[] {
    return this.users.filter((user) => !user.gone && !user.tab.agent.frozen);
  }

  async steps(count: number): Promise<void> {
    for (let n = 0; n < count; n++) await this.site.step(this.random);
  }

  async pass(seconds: number): Promise<void> {
    for (let n = 0; n < seconds; n++) {
      this.#clock.tick(1_000);
      await this.site.settle(this.random);
    }
  }

  tick(ms: number): void {
    this.#clock.tick(ms);
  }

  open(): void {
    if (this.users.filter((user) => !user.gone).length >= mostTabs) return;
    const user: User = { tab: new FakeTab(this.site, this.disk), number: this.users.length, sent: 0, gone: false };
    this.users.push(user);
    const ready = (client: Client) => {
      user.client = client;
      user.list = client.rooms.list();
      user.list.subscribe(() => {});
    };
    // A first core that dies is for the app to see, which is no more there then.
    user.tab.client.then(ready, () => this.end(user, () => user.tab.crash()));
  }

  end(user: User, how: () => void): void {
    user.gone = true;
    how();
  }

  /** clear changes the locks, and ends the core as its database is closed. What is stored stays, for check to look at. */
  clear(): void {
    this.site.clear();
    for (const { tab } of this.users) if (tab.worker?.agent.dead === false) tab.worker.die();
  }

  send(user: User): void {
    const name = `${user.number}:${String(++user.sent).padStart(4, "0")}`;
    if (user.client) this.#note({ tab: user, kind: "send", name, answers: [] }, user.client.room("!a").send.text(name));
  }

  once(user: User): void {
    const name = `${user.number}:once ${this.calls.length}`;
    if (user.client) this.#note({ tab: user, kind: "once", name, answers: [] }, user.client.rooms.create({ name }));
  }

  #note(call: Call, answer: Promise<unknown>): void {
    this.calls.push(call);
    answer.then(
      () => call.answers.push("ok"),
      (error: unknown) => call.answers.push(error instanceof AlcoveError ? error.code : String(error)),
    );
  }
}

type Deed = (run: Run, user: User) => unknown;

/** What may happen to a tab, and how often compared to the rest. */
const deeds: readonly (readonly [weight: number, deed: Deed])[] = [
  [60, (run, user) => run.send(user)],
  [5, (run, user) => run.once(user)],
  [6, (run) => run.open()],
  [2, (run, user) => run.end(user, () => user.tab.leave())],
  [2, (run, user) => run.end(user, () => user.tab.crash())],
  [2, (run, user) => user.client && run.end(user, () => user.client?.close())],
  [2, (run, user) => user.client?.session.getSnapshot().core === "running" && user.tab.freeze(run.random(2) === 0)],
  [3, (run) => run.users.forEach((user) => !user.gone && user.tab.agent.frozen && user.tab.thaw())],
  [2, (_, user) => user.tab.worker?.agent.dead === false && user.tab.worker.die()],
  [1, (_, user) => user.tab.worker && (user.tab.worker.agent.frozen = true)],
  [1, (run) => run.clear()],
  [2, (run, user) => user.tab.page.set({ visible: run.random(3) > 0 })],
  [6, (run) => run.tick(run.random(7_000))],
];

function pick(run: Run): Deed {
  let at = run.random(deeds.reduce((sum, [weight]) => sum + weight, 0));
  for (const [weight, deed] of deeds) if ((at -= weight) < 0) return deed;
  throw new Error("no weight");
}

/** settle wakes everybody up and waits until all is quiet. */
async function settle(run: Run): Promise<void> {
  for (const { gone, tab } of run.users) if (!gone) tab.thaw();
  await run.pass(120);
  for (const { client } of run.here()) if (client?.session.getSnapshot().core === "failed") void client.restart().catch(() => {});
  await run.pass(60);
}

function check(run: Run): void {
  const { messages, made } = run.disk;
  assert.equal(new Set(messages.map(({ txnId }) => txnId)).size, messages.length);
  assert.equal(new Set(messages.map(({ body }) => body)).size, messages.length, "a message is written twice");
  assert.equal(new Set(made).size, made.length, "what must not run twice did");
  messages.forEach(({ epoch }, n) => assert.ok(epoch >= (messages[n - 1]?.epoch ?? 0), "an old core wrote"));
  for (const { number } of run.users) {
    const own = messages.map(({ body }) => body).filter((body) => body.startsWith(`${number}:`));
    assert.deepEqual(own, [...own].sort(), "out of order");
  }
  const written = new Set(messages.map(({ body }) => body));
  for (const { tab, kind, name, answers } of run.calls) {
    if (!tab.gone) assert.equal(answers.length, 1, `${name} has ${answers.length} answers`);
    for (const answer of answers) assert.ok(["ok", "core.died", "call.aborted"].includes(answer), answer);
    if (answers[0] === "ok") assert.ok(kind === "send" ? written.has(name) : made.includes(name), `${name} is lost`);
  }
}

/** checkTabs says that every tab shows what is written, from one core. */
function checkTabs(run: Run): void {
  const here = run.here().filter(({ client }) => client);
  const snapshots = here.map(({ client }) => client?.session.getSnapshot());
  assert.deepEqual(snapshots.map((one) => one?.core), here.map(() => "running"));
  assert.equal(snapshots.filter((one) => one?.leader).length, Math.min(1, here.length), "leaders");
  const bodies = run.disk.messages.map(({ body }) => body);
  for (const { list } of here) assert.deepEqual([list?.stale, list?.getSnapshot().map((room) => room.name)], [false, bodies]);
}

for (const seed of seeds) {
  test(`tabs at random, seed ${seed}`, async (t) => {
    const run = new Run(t, seed);
    run.open();
    for (let n = 0; n < 400; n++) {
      if (run.here().length === 0) run.open();
      const here = run.here();
      const user = here[run.random(here.length)];
      if (user) pick(run)(run, user);
      await run.steps(run.random(12));
    }
    await settle(run);
    check(run);
    checkTabs(run);
    for (const { client } of run.users) client?.close();
  });
}
