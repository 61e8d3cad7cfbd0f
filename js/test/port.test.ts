import assert from "node:assert/strict";
import { test } from "node:test";
import { AlcoveError, died } from "../src/error.js";
import { FramePort, Gap } from "../src/port.js";
import { turns } from "./fakecore.js";
import { randomFrom } from "./random.js";

type Sent = { id?: number; call?: string; params?: unknown; abort?: true; ack?: number; hello?: string };

function open(): { port: FramePort; sent: Sent[]; greeted: (AlcoveError | undefined)[]; say(frame: object): void } {
  const sent: Sent[] = [];
  const greeted: (AlcoveError | undefined)[] = [];
  const port = new FramePort(
    (frame) => sent.push(JSON.parse(frame) as Sent),
    "hash",
    (error) => greeted.push(error),
  );
  return { port, sent, greeted, say: (frame) => port.receive(JSON.stringify(frame)) };
}

const code = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => value,
    (error: unknown) => (error instanceof AlcoveError ? error.code : error),
  );

test("the first frame carries the hash", () => {
  const { sent, greeted, say } = open();
  assert.deepEqual(sent, [{ hello: "hash" }]);
  say({ hello: "hash", version: "1" });
  assert.deepEqual(greeted, [undefined]);
});

test("another hash answers everything with call.mismatch", async () => {
  const { port, greeted, say } = open();
  const before = code(port.call("a", {}));
  say({ hello: "other" });
  assert.equal(await before, "call.mismatch");
  assert.equal(await code(port.call("b", {})), "call.mismatch");
  assert.equal(greeted[0]?.code, "call.mismatch");
});

test("answers in any order, with aborts and a death between, reach each call exactly once", async () => {
  for (let seed = 0; seed < 50; seed++) {
    const pick = randomFrom(seed);
    const { port, sent, say } = open();
    const aborts = new Map<number, AbortController>();
    const answers = new Map<number, unknown[]>();
    const expected = new Map<number, unknown>();
    const calls: Promise<unknown>[] = [];
    for (let id = 1; id <= 40; id++) {
      const abort = new AbortController();
      aborts.set(id, abort);
      answers.set(id, []);
      calls.push(code(port.call("c", { id }, { signal: abort.signal })).then((got) => answers.get(id)?.push(got)));
    }
    const settle = (id: number, value: unknown) => expected.has(id) || expected.set(id, value);
    for (let step = 0; step < 60; step++) {
      const id = 1 + pick(45); // some ids are nobody's
      const kind = pick(3);
      if (kind === 0) {
        settle(id, `ok ${id}`);
        say({ id, ok: `ok ${id}` });
      } else if (kind === 1) {
        settle(id, "send.forbidden");
        say({ id, err: { code: "send.forbidden", message: "", recoverable: false } });
      } else {
        settle(id, "call.aborted");
        aborts.get(id)?.abort();
      }
    }
    port.close(died("the test"));
    await Promise.all(calls);
    for (const [id, got] of answers) assert.deepEqual(got, [expected.get(id) ?? "core.died"], `seed ${seed}, call ${id}`);
    const aborted = sent.filter((frame) => frame.abort).map((frame) => frame.id);
    assert.equal(new Set(aborted).size, aborted.length, "a call is aborted once");
    for (const id of aborted) assert.equal(expected.get(id as number), "call.aborted");
  }
});

test("params that are no JSON fail that call alone", async () => {
  const { port, sent } = open();
  const circle: { self?: unknown } = {};
  circle.self = circle;
  for (const params of [circle, { n: 1n }]) assert.equal(await code(port.call("a", params)), "call.invalid");
  assert.equal(await code(port.stream("a", circle).next()), "call.invalid");
  assert.equal(sent.length, 1);
  port.close(died("by the test"));
});

test("a call that is aborted already sends nothing", async () => {
  const { port, sent } = open();
  assert.equal(await code(port.call("a", {}, { signal: AbortSignal.abort("why") })), "call.aborted");
  assert.equal(sent.length, 1);
});

test("an error keeps what the core said", async () => {
  const { port, say } = open();
  const call = port.call("a", {});
  const wire = { code: "server.limited", message: "slow down", errcode: "M_LIMIT_EXCEEDED", status: 429, retryAfterMs: 5, recoverable: true };
  say({ id: 1, err: wire });
  const error = await call.catch((caught: unknown) => caught);
  assert.ok(error instanceof AlcoveError && error instanceof Error);
  assert.deepEqual({ ...error, message: error.message }, { name: "AlcoveError", ...wire });
});

test("an error without a reason is internal", async () => {
  for (const err of [null, {}, "text", { code: 4 }]) {
    const { port, say } = open();
    const call = code(port.call("a", {}));
    say({ id: 1, err });
    assert.equal(await call, "internal.error");
  }
});

test("a stream acknowledges each update once it was used", async () => {
  const { port, sent, say } = open();
  const got: unknown[] = [];
  let release = () => {};
  const reading = (async () => {
    for await (const update of port.stream("s", { a: 1 })) {
      got.push(update);
      await new Promise<void>((resolve) => (release = resolve));
    }
  })();
  assert.deepEqual(sent.at(-1), { id: 1, call: "s", params: { a: 1 } });
  say({ id: 1, next: "one", seq: 1 });
  say({ id: 1, next: "two", seq: 2 });
  await turns();
  assert.deepEqual(got, ["one"]);
  assert.equal(sent.some((frame) => frame.ack !== undefined), false);
  release();
  await turns();
  assert.deepEqual(got, ["one", "two"]);
  assert.deepEqual(sent.at(-1), { id: 1, ack: 1 });
  say({ id: 1, ok: null });
  release();
  await reading;
  assert.deepEqual(sent.at(-1), { id: 1, ack: 1 }, "nothing is said of a stream that is over");
});

test("leaving a stream aborts it once", async () => {
  const { port, sent, say } = open();
  const reading = (async () => {
    for await (const _ of port.stream("s", {})) break;
  })();
  say({ id: 1, next: 1, seq: 1 });
  await reading;
  assert.deepEqual(sent.slice(2), [{ id: 1, abort: true }]);
  say({ id: 1, next: 2, seq: 2 });
  say({ id: 1, err: { code: "call.aborted", message: "", recoverable: false } });
});

test("a gap in seq ends the stream with Gap", async () => {
  const { port, sent, say } = open();
  const got: unknown[] = [];
  const reading = (async () => {
    for await (const update of port.stream("s", {})) got.push(update);
  })();
  say({ id: 1, next: "one", seq: 1 });
  say({ id: 1, next: "three", seq: 3 });
  await assert.rejects(reading, Gap);
  assert.deepEqual(got, ["one"]);
  assert.deepEqual(sent.at(-1), { id: 1, abort: true });
});

test("a call that the core itself aborts died with it", async () => {
  const { port, say } = open();
  const call = code(port.call("a", {}));
  say({ id: 1, err: { code: "call.aborted", message: "", recoverable: false } });
  assert.equal(await call, "core.died");
});

test("closing ends streams after the updates that came before", async () => {
  const { port, say } = open();
  const got: unknown[] = [];
  const reading = (async () => {
    for await (const update of port.stream("s", {})) got.push(update);
  })();
  say({ id: 1, next: "one", seq: 1 });
  port.close(died("the test"));
  assert.equal(await code(reading), "core.died");
  assert.deepEqual(got, ["one"]);
  assert.equal(await code((async () => port.stream("s", {}).next())()), "core.died");
});

test("a frame that is none throws, and costs no other call", async () => {
  const { port, say } = open();
  const call = code(port.call("a", {}));
  assert.throws(() => port.receive("{"));
  say({ id: 99, ok: 1 });
  say({});
  say({ id: 1, ok: "fine" });
  assert.equal(await call, "fine");
});
