import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { TestContext } from "node:test";
import { IDBFactory } from "fake-indexeddb";
import { uncover } from "../src/keyrecord.js";
import type { KeyRecord } from "../src/keyrecord.js";
import { deleteKeys, openKeys, readRecord } from "../src/keyring.js";
import { LockObject } from "../src/lock.js";
import type { LockChannel, LockSnapshot } from "../src/lock.js";

const database = "alcove:lock";

beforeEach(() => void Object.assign(globalThis, { indexedDB: new IDBFactory() }));

/** quick makes deriving keys a matter of microseconds; the rest of it stays as it is. */
function quick(t: TestContext): void {
  const { deriveKey } = crypto.subtle;
  t.mock.method(crypto.subtle, "deriveKey", (params: Pbkdf2Params, ...rest: [CryptoKey, AesDerivedKeyParams, boolean, KeyUsage[]]) =>
    deriveKey.call(crypto.subtle, { ...params, iterations: 2 }, ...rest),
  );
}

/** Bus carries words between tabs: in order from one to another, but as slowly as a test wants. */
class Bus {
  readonly #tabs = new Set<FakeChannel>();
  #queue: { readonly from: FakeChannel; readonly to: FakeChannel; readonly data: unknown }[] = [];
  /** Whether words arrive by themselves. */
  prompt = true;
  /** Whether they are lost. */
  mute = false;

  channel(): FakeChannel {
    const channel = new FakeChannel(this);
    this.#tabs.add(channel);
    return channel;
  }

  leave(channel: FakeChannel): void {
    this.#tabs.delete(channel);
  }

  say(from: FakeChannel, data: unknown): void {
    if (this.mute) return;
    for (const to of this.#tabs) if (to !== from) this.#queue.push({ from, to, data });
    if (this.prompt) queueMicrotask(() => { while (this.deliver(() => 0)); });
  }

  /** deliver lets one of the words that may come next arrive. */
  deliver(choose: (count: number) => number): boolean {
    const next = this.#queue.filter((word, at) => this.#queue.findIndex(({ from, to }) => from === word.from && to === word.to) === at);
    const word = next[choose(next.length)];
    if (!word) return false;
    this.#queue = this.#queue.filter((one) => one !== word);
    if (this.#tabs.has(word.to)) word.to.onmessage?.({ data: word.data } as MessageEvent);
    return true;
  }
}

class FakeChannel implements LockChannel {
  onmessage: ((event: MessageEvent<unknown>) => void) | null = null;
  readonly #bus: Bus;

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  postMessage(word: unknown): void {
    this.#bus.say(this, word);
  }

  close(): void {
    this.#bus.leave(this);
  }
}

type Tab = { readonly lock: LockObject; readonly told: string[]; busy: number };

function open(bus: Bus | undefined, tabs: Tab[] = []): Tab {
  const told: string[] = [];
  const lock = new LockObject(database, bus?.channel());
  lock.guard({ locked: () => told.push("locked"), unlocked: () => told.push("unlocked") });
  const tab = { lock, told, busy: 0 };
  tabs.push(tab);
  return tab;
}

async function reaches({ lock }: Tab, want: LockSnapshot): Promise<void> {
  const is = () => JSON.stringify(lock.getSnapshot()) === JSON.stringify(want);
  while (!is()) {
    await new Promise<void>((resolve) => {
      const leave = lock.subscribe(() => (leave(), resolve()));
    });
  }
}

const none = { enabled: false, locked: false };
const locked = { enabled: true, locked: true };
const unlocked = { enabled: true, locked: false };

test("there is no lock until a passphrase is set", async (t) => {
  quick(t);
  const tab = open(undefined);
  t.after(() => tab.lock.close());
  await reaches(tab, none);
  await assert.rejects(tab.lock.lock(), { code: "lock.missing" });
  await assert.rejects(tab.lock.unlock("x"), { code: "lock.missing" });
  await assert.rejects(tab.lock.remove("x"), { code: "lock.missing" });
  await assert.rejects(tab.lock.change("x", "y"), { code: "lock.missing" });
  await assert.rejects(tab.lock.set(""), { code: "call.invalid" });
  assert.deepEqual(tab.told, []);
});

test("a passphrase keeps the keys as they are, and them from whoever does not know it", async (t) => {
  quick(t);
  const keys = await openKeys(database);
  const tab = open(undefined);
  t.after(() => tab.lock.close());
  await tab.lock.set("correct horse");
  assert.deepEqual(tab.lock.getSnapshot(), unlocked);
  await assert.rejects(tab.lock.set("another"), { code: "lock.exists" });
  await assert.rejects(openKeys(database), { name: "KeysLocked" });
  assert.deepEqual(await openKeys(database, tab.lock.key), keys);

  const record = await readRecord(database);
  const { kdf, hash, iterations, salt } = record?.lock ?? {};
  assert.deepEqual([kdf, hash, salt?.length], ["PBKDF2", "SHA-512", 16]);
  assert.ok(Number(iterations) >= 210_000);
  assert.equal(tab.lock.key?.extractable, false);

  await tab.lock.lock();
  assert.deepEqual([tab.lock.getSnapshot(), tab.lock.key, tab.told], [locked, undefined, ["locked"]]);
  await assert.rejects(tab.lock.unlock("correct hors"), { code: "lock.passphrase", recoverable: true });
  assert.deepEqual(tab.lock.getSnapshot(), locked);
  await tab.lock.unlock("correct horse");
  assert.deepEqual(tab.told, ["locked", "unlocked"]);

  await assert.rejects(tab.lock.change("wrong", "new"), { code: "lock.passphrase" });
  await tab.lock.change("correct horse", "new");
  assert.notDeepEqual((await readRecord(database))?.lock?.salt, salt);
  await assert.rejects(tab.lock.unlock("correct horse"), { code: "lock.passphrase" });
  assert.deepEqual(await openKeys(database, tab.lock.key), keys);

  await assert.rejects(tab.lock.remove("correct horse"), { code: "lock.passphrase" });
  await tab.lock.remove("new");
  assert.deepEqual([tab.lock.getSnapshot(), tab.lock.key], [none, undefined]);
  assert.deepEqual(await openKeys(database), keys);
});

test("how letters are composed does not matter", async (t) => {
  quick(t);
  const tab = open(undefined);
  t.after(() => tab.lock.close());
  await tab.lock.set("Zo\u00eb");
  await tab.lock.unlock("Zoe\u0308");
});

test("where a CryptoKey cannot be stored, the passphrase alone protects", async (t) => {
  quick(t);
  const { add } = IDBObjectStore.prototype;
  t.mock.method(IDBObjectStore.prototype, "add", function (this: IDBObjectStore, value: { kek?: unknown }, key: IDBValidKey) {
    if (value.kek) throw new DOMException("The object can not be cloned.", "DataCloneError");
    return add.call(this, value, key);
  });
  const keys = await openKeys(database);
  assert.equal(keys.protected, false);
  const tab = open(undefined);
  t.after(() => tab.lock.close());
  await tab.lock.set("secret");
  const { kek, data } = (await readRecord(database)) ?? {};
  assert.equal(kek, undefined);
  assert.equal(Buffer.from(data ?? []).includes(Buffer.from(keys.data)), false);
  assert.deepEqual(await openKeys(database, tab.lock.key), { ...keys, protected: true });
  await tab.lock.remove("secret");
  assert.deepEqual(await openKeys(database), keys);
});

test("without HTTPS, or a database, there can be no passphrase", async (t) => {
  const idb = globalThis.indexedDB;
  Object.assign(globalThis, { indexedDB: undefined });
  t.after(() => Object.assign(globalThis, { indexedDB: idb }));
  const memory = open(undefined);
  t.after(() => memory.lock.close());
  await reaches(memory, none);
  await assert.rejects(memory.lock.set("x"), { code: "lock.unsupported" });
  assert.equal(await memory.lock.viewKey(), undefined);
  Object.assign(globalThis, { indexedDB: idb });
  const { subtle } = crypto;
  Object.defineProperty(crypto, "subtle", { configurable: true, value: undefined });
  t.after(() => Object.defineProperty(crypto, "subtle", { configurable: true, value: subtle }));
  const plain = open(undefined);
  t.after(() => plain.lock.close());
  await assert.rejects(plain.lock.set("x"), { code: "lock.unsupported" });
});

test("what is done in one tab holds for all, and a new one need not ask the user", async (t) => {
  quick(t);
  const bus = new Bus();
  const tabs: Tab[] = [];
  t.after(() => tabs.forEach(({ lock }) => lock.close()));
  const [a, b] = [open(bus, tabs), open(bus, tabs)];
  await Promise.all([reaches(a, none), reaches(b, none)]);
  await a.lock.set("p");
  await reaches(b, unlocked);
  const late = open(bus, tabs);
  await reaches(late, unlocked);
  assert.deepEqual(late.told, []);
  await openKeys(database, late.lock.key);

  await b.lock.lock();
  for (const tab of tabs) await reaches(tab, locked);
  assert.ok(tabs.every(({ lock }) => lock.key === undefined));
  const later = open(bus, tabs);
  await reaches(later, locked);
  await later.lock.unlock("p");
  for (const tab of tabs) await reaches(tab, unlocked);
  assert.deepEqual(later.told, ["locked", "unlocked"]);

  await later.lock.change("p", "q");
  a.lock.close();
  later.lock.close();
  const last = open(bus, tabs);
  await reaches(last, unlocked);
  await openKeys(database, last.lock.key);

  await last.lock.remove("q");
  await reaches(b, none);
  assert.equal(b.lock.key, undefined);
});

test("the only tab starts locked, and shows no snapshot", async (t) => {
  quick(t);
  const first = open(undefined);
  await first.lock.set("p");
  assert.ok(await open(undefined).lock.viewKey().catch(() => undefined) === undefined);
  first.lock.close();
  const again = open(new Bus());
  t.after(() => again.lock.close());
  await assert.rejects(again.lock.viewKey(), { name: "KeysLocked" });
  await reaches(again, locked);
  assert.deepEqual(again.told, ["locked"]);
});

test("a logout takes the passphrase with it", async (t) => {
  quick(t);
  const bus = new Bus();
  const tab = open(bus);
  t.after(() => tab.lock.close());
  await tab.lock.set("p");
  await deleteKeys(database);
  bus.channel().postMessage({ changed: true });
  await reaches(tab, none);
  await openKeys(database);
});

test("a core that found the lock closed hears how it is, also where nothing changed", async (t) => {
  quick(t);
  const tab = open(undefined);
  t.after(() => tab.lock.close());
  await tab.lock.set("p");
  tab.lock.wait();
  while (tab.told.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.deepEqual(tab.told, ["unlocked"]);
  await tab.lock.lock();
  tab.lock.wait();
  while (tab.told.length < 3) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.deepEqual(tab.told, ["unlocked", "locked", "locked"]);
});

test("a key of before is given up for the present one, whoever spoke last", async (t) => {
  quick(t);
  t.mock.timers.enable({ apis: ["Date"], now: 1 });
  const bus = new Bus();
  const tabs = [open(bus), open(bus), open(bus)] as const;
  t.after(() => tabs.forEach(({ lock }) => lock.close()));
  const [a, b, c] = tabs;
  await a.lock.set("p");
  for (const tab of tabs) await reaches(tab, unlocked);
  bus.prompt = false;
  for (let n = 0; n < 3; n++) await b.lock.unlock("p");
  await a.lock.change("p", "q");
  while (bus.deliver(() => 0));
  while (c.lock.key !== a.lock.key || b.lock.key !== a.lock.key) {
    bus.deliver(() => 0);
    await pause(1);
  }
  for (const tab of tabs) assert.deepEqual([tab.lock.getSnapshot(), tab.told], [unlocked, []]);
});

test("a tab that was closed between a change and its word leaves no other tab stuck", async (t) => {
  quick(t);
  const bus = new Bus();
  const tabs = [open(bus), open(bus)] as const;
  t.after(() => tabs.forEach(({ lock }) => lock.close()));
  const [a, b] = tabs;
  await a.lock.set("p");
  await reaches(b, unlocked);
  await a.lock.lock();
  await reaches(b, locked);
  const removing = a.lock.remove("p");
  bus.mute = true;
  await removing;
  bus.mute = false;
  assert.deepEqual(b.lock.getSnapshot(), locked);
  await assert.rejects(b.lock.unlock("p"), { code: "lock.missing" });
  assert.deepEqual([b.lock.getSnapshot(), b.told], [none, ["locked", "unlocked"]]);
});

test("what others say on the channel may be anything", async (t) => {
  quick(t);
  const bus = new Bus();
  const tab = open(bus);
  t.after(() => tab.lock.close());
  await tab.lock.set("p");
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const turn = Date.now() + 1_000_000;
  const odd = [null, 1, "ask", {}, [], { turn: "1" }, { turn: NaN }, { turn: 1e300 }, { turn, key: "x" }, { turn, key: {} }, { ask: 1 }, { changed: "x" }, { turn: 1 }, { turn, key }];
  for (const data of odd) bus.channel().postMessage(data);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(tab.lock.getSnapshot(), unlocked);
  await openKeys(database, tab.lock.key);
});

/** pause takes real time, whatever a test does to timers. */
const { setTimeout: later } = globalThis;
const pause = (ms: number) => new Promise((resolve) => later(resolve, ms));

/** numbers makes the same numbers below a limit at each run. */
function numbers(seed: number): (limit: number) => number {
  return (limit) => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((seed / 2 ** 32) * limit);
  };
}

test("K-5: whatever tabs do at once, in the end they agree with each other and with what is stored", async (t) => {
  quick(t);
  t.mock.timers.enable({ apis: ["setTimeout"] });
  for (let seed = 1; seed <= 60; seed++) {
    Object.assign(globalThis, { indexedDB: new IDBFactory() });
    const keys = await openKeys(database);
    const next = numbers(seed);
    const bus = new Bus();
    bus.prompt = false;
    const tabs: Tab[] = [];
    open(bus, tabs);
    open(bus, tabs);
    const passphrases = ["a", "b"];
    const some = () => passphrases[next(2)] as string;
    const acts: ((tab: Tab) => unknown)[] = [
      ({ lock }) => lock.set(some()),
      ({ lock }) => lock.change(some(), some()),
      ({ lock }) => lock.unlock(some()),
      ({ lock }) => lock.unlock(some()),
      ({ lock }) => lock.lock(),
      ({ lock }) => lock.remove(some()),
      () => tabs.length < 4 && open(bus, tabs),
    ];
    const running: Promise<unknown>[] = [];
    for (let step = 0; step < 25; step++) {
      const tab = tabs[next(tabs.length)] as Tab;
      const act = acts[next(acts.length + 1)];
      if (act) {
        tab.busy++;
        const done = Promise.resolve(act(tab)).catch((error: { code?: string }) => assert.match(String(error.code), /^lock\./));
        running.push(done.finally(() => tab.busy--));
      } else if (tab.busy === 0 && tabs.length > 1) {
        tab.lock.close();
        tabs.splice(tabs.indexOf(tab), 1);
      }
      for (let n = next(4); n > 0; n--) bus.deliver(next);
      for (let n = next(4); n > 0; n--) await new Promise((resolve) => setImmediate(resolve));
    }
    let done = false;
    void Promise.all(running).then(() => (done = true));
    // Nothing is on its way, nobody waits for an answer, and it stays so.
    let record: KeyRecord | undefined;
    let states: (LockSnapshot | undefined)[] = [];
    for (let quiet = 0, n = 0; quiet < 10 && n < 1_000; n++) {
      t.mock.timers.tick(100);
      await pause(1);
      const words = bus.deliver(next);
      record = await readRecord(database);
      states = tabs.map(({ lock }) => lock.getSnapshot());
      const agreed = states.every((state) => state?.enabled === (record?.lock !== undefined) && state.locked === states[0]?.locked);
      quiet = done && !words && agreed ? quiet + 1 : 0;
    }
    await Promise.all(running);
    const why = `seed ${seed}: ${JSON.stringify(states)}`;
    for (const state of states) assert.deepEqual(state, states[0], why);
    assert.equal(states[0]?.enabled, record?.lock !== undefined, why);
    for (const { lock } of tabs) {
      assert.equal(lock.key !== undefined, states[0]?.enabled === true && !states[0].locked, why);
      if (record && !states[0]?.locked) assert.deepEqual(await uncover(record, database, "data", lock.key), keys.data, why);
      lock.close();
    }
  }
});
