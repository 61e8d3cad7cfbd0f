import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { AlcoveError, died } from "../src/error.js";
import { feed } from "../src/feed.js";
import type { FeedOptions } from "../src/feed.js";
import { Gap } from "../src/port.js";
import { turns } from "./fakecore.js";

type Step = "hang" | "end" | Error | number;

/** play runs a feed whose nth opening goes through the nth of the scripts. */
function play(t: TestContext, scripts: Step[][], more: Partial<FeedOptions<number>> = {}) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const heard: string[] = [];
  let renew = (_: boolean) => {};
  let opened = 0;
  const source = feed<number>({
    of: "account",
    renewal: (listener) => {
      renew = listener;
      return () => (renew = () => {});
    },
    async *open({ signal }) {
      for (const step of scripts[opened++] ?? ["hang"]) {
        if (step instanceof Error) throw step;
        if (step === "end") return;
        if (typeof step === "number") yield step;
        else await new Promise((_, reject) => signal?.addEventListener("abort", () => reject(new Error("aborted"))));
      }
    },
    ...more,
  });
  const stop = source({
    next: (update, fresh) => heard.push(`${fresh ? "fresh " : ""}${update}`),
    stall: (error) => heard.push(`stall ${error?.code}`),
    end: (error, clear) => heard.push(`end ${error?.code}${clear ? " clear" : ""}`),
    clear: () => heard.push("clear"),
  });
  t.after(stop);
  return { heard, stop, opened: () => opened, renew: (other: boolean) => renew(other), tick: (ms: number) => t.mock.timers.tick(ms) };
}

test("a gap opens the stream again at once", async (t) => {
  const { heard } = play(t, [[1, 2, new Gap("")], [3, "hang"]]);
  await turns();
  assert.deepEqual(heard, ["fresh 1", "2", "fresh 3"]);
});

test("a stream whose first update cannot be used is not asked for in a tight loop", async (t) => {
  const { opened, tick } = play(t, [[new Gap("")], [new Gap("")], [1, "hang"]]);
  await turns();
  assert.equal(opened(), 1);
  tick(500);
  await turns();
  tick(1_000);
  await turns();
  assert.equal(opened(), 3);
});

test("a dead core stalls the stream and the next is asked at once", async (t) => {
  const { heard } = play(t, [[1, died("")], [2, "hang"]]);
  await turns();
  assert.deepEqual(heard, ["fresh 1", "stall core.died", "fresh 2"]);
});

for (const code of ["network.offline", "internal.error"] as const) {
  test(`${code} may pass`, async (t) => {
    const error = new AlcoveError(code, "", { recoverable: code === "network.offline" });
    const { heard, tick } = play(t, [[error], [error], [1, "hang"]]);
    await turns();
    assert.deepEqual(heard, [`stall ${code}`]);
    for (const ms of [1_000, 2_000]) {
      tick(ms);
      await turns();
    }
    assert.deepEqual(heard, [`stall ${code}`, `stall ${code}`, "fresh 1"]);
  });
}

test("an end that nobody asked for is not the end", async (t) => {
  const { heard, tick } = play(t, [[1, "end"], [2, "hang"]]);
  await turns();
  tick(500);
  await turns();
  assert.deepEqual(heard, ["fresh 1", "fresh 2"]);
});

test("a room that is unknown is opened once it is there", async (t) => {
  const unknown = new AlcoveError("room.unknown", "");
  let arrive = () => {};
  const { heard, opened } = play(t, [[unknown], [1, "hang"]], { arrival: () => new Promise((resolve) => (arrive = resolve)) });
  await turns();
  assert.deepEqual([heard, opened()], [["end room.unknown"], 1]);
  arrive();
  await turns();
  assert.deepEqual(heard, ["end room.unknown", "fresh 1"]);
});

test("whatever becomes of the wait for a room, the next core is asked, and nobody after the end", async (t) => {
  const unknown = new AlcoveError("room.unknown", "");
  const signals: AbortSignal[] = [];
  const arrival = ({ signal }: { signal?: AbortSignal | undefined }) => {
    signals.push(signal as AbortSignal);
    return Promise.reject(died(""));
  };
  const { opened, renew, stop } = play(t, [[unknown], [unknown], [unknown]], { arrival });
  await turns();
  assert.equal(opened(), 1);
  renew(false);
  await turns();
  assert.equal(opened(), 2);
  stop();
  await turns();
  assert.deepEqual([opened(), signals.map(({ aborted }) => aborted)], [2, [true, true]]);
});

test("what fails for good is tried with the next core or account", async (t) => {
  const unknown = new AlcoveError("room.unknown", "");
  const { heard, renew } = play(t, [[1, unknown], [unknown], [2, "hang"]]);
  await turns();
  assert.deepEqual(heard, ["fresh 1", "end room.unknown"]);
  renew(false);
  await turns();
  assert.deepEqual(heard.slice(2), ["end room.unknown"]);
  renew(true);
  await turns();
  assert.deepEqual(heard.slice(3), ["clear", "fresh 2"]);
});

test("another account clears and opens anew; another core leaves a running stream alone", async (t) => {
  const { heard, renew, opened } = play(t, [[1, "hang"], [2, "hang"]]);
  await turns();
  renew(false);
  await turns();
  assert.equal(opened(), 1);
  renew(true);
  await turns();
  assert.deepEqual(heard, ["fresh 1", "clear", "fresh 2"]);
});

test("what belongs to the core survives a change of account", async (t) => {
  const { heard, renew, opened } = play(t, [[1, "hang"]], { of: "core" });
  await turns();
  renew(true);
  await turns();
  assert.equal(opened(), 1);
  assert.deepEqual(heard, ["fresh 1"]);
});

test("without a session it waits, cleared", async (t) => {
  const { heard, renew } = play(t, [[new AlcoveError("session.missing", "")], [1, "hang"]]);
  await turns();
  assert.deepEqual(heard, ["end session.missing clear"]);
  renew(true);
  await turns();
  assert.deepEqual(heard.at(-1), "fresh 1");
});

test("a stream with an end of its own is over then, and after what fails for good", async (t) => {
  const done = play(t, [[1, "end"], [2]], { ends: true });
  await turns();
  done.renew(true);
  await turns();
  assert.deepEqual(done.heard, ["fresh 1", "end undefined"]);
  assert.equal(done.opened(), 1);
});

test("a stopped feed says nothing more", async (t) => {
  const { heard, stop, renew, tick, opened } = play(t, [[1, "hang"]]);
  await turns();
  stop();
  renew(true);
  tick(60_000);
  await turns();
  assert.deepEqual(heard, ["fresh 1"]);
  assert.equal(opened(), 1);
});
