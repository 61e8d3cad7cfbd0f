// Sync responses as a hostile or broken server makes them: bad input costs
// that input, never the worker, never what is stored, never what comes next.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Lab } from "./lab.js";
import type { Talk } from "./lab.js";
import { sync } from "./server.js";
import type { Json } from "./server.js";

const lab = new Lab();

/** Tree is JSON to be changed in place. */
type Tree = { [name: string]: any };

type Change = (response: Tree, talk: Talk, earlier: readonly Tree[]) => string | void;

/** An event such as a server makes, so far as nothing else is said. */
function event(id: string, body: Json, more: Tree = {}): Tree {
  return { event_id: id, type: "m.room.message", sender: "@somebody:localhost", origin_server_ts: 1, content: { msgtype: "m.text", body }, ...more };
}

const timelineOf = (response: Tree, { room }: Talk): Tree[] => response["rooms"].join[room].timeline.events;

/** Each row changes a response that has one message; shows are further messages that must then be seen. */
const rows: readonly { readonly what: string; readonly change: Change; readonly shows?: readonly string[]; readonly loses?: true }[] = [
  { what: "an event twice", change: (r, talk) => void timelineOf(r, talk).push(...timelineOf(r, talk)) },
  { what: "all events of before again", change: (r, talk, earlier) => void timelineOf(r, talk).push(...earlier) },
  { what: "all events of before again, backwards", change: (r, talk, earlier) => void timelineOf(r, talk).unshift(...earlier.toReversed()) },
  {
    what: "the same id for another event",
    change: (r, talk) => void timelineOf(r, talk).push({ ...timelineOf(r, talk)[0], content: { body: "another" } }),
  },
  {
    what: "values of wrong types",
    change: (r, talk) =>
      void timelineOf(r, talk).unshift(
        ...[null, 1, "text", [], {}, { event_id: 1 }, event("$type", "", { type: 1 }), event("$sender", "", { sender: {} })] as Tree[],
        event("$content", "", { content: [] }), event("$key", "", { state_key: 5 }), event("$time", "", { origin_server_ts: "yesterday" }),
        event("$unsigned", "", { unsigned: 3 }), event("$body", { a: 1 }), event("$age", "", { unsigned: { age: {}, transaction_id: [] } }),
      ),
  },
  {
    what: "sections of wrong types",
    change: (r, talk) => {
      Object.assign(r["rooms"].join[talk.room], { summary: 1, ephemeral: [], account_data: "x", unread_notifications: null, state_after: 7, state: {} });
      Object.assign(r, { presence: [], account_data: { events: { a: 1 } }, to_device: 4, device_lists: "no", device_one_time_keys_count: [] });
      Object.assign(r["rooms"], { invite: 5, knock: [1], leave: "x" });
    },
  },
  { what: "rooms of wrong types", change: (r) => void Object.assign(r["rooms"].join, { "!1:x": 1, "!2:x": null, "!3:x": [], "!4:x": { timeline: [] } }) },
  {
    what: "ids with /, +, %, no colon and a dot",
    change: (r) => {
      for (const id of ["!a/b+c?d#e%2F:x", "!noColonAtAll", "..", "!ü 𝒳:x"]) {
        const state = { events: [event(`$create/${id}`, "", { type: "m.room.create", state_key: "" }), member(id)] };
        const timeline = { events: [event(`$a/+b${id}`, `in ${id}`)], limited: false, prev_batch: "p/+%" };
        r["rooms"].join[id] = { state, timeline };
      }
    },
  },
  { what: "an event of 64 KiB", change: (r, talk) => void timelineOf(r, talk).unshift(event("$big", "x".repeat(65_000))), shows: ["x".repeat(65_000)] },
  { what: "an event of 4 MiB", change: (r, talk) => void timelineOf(r, talk).unshift(event("$huge", "x".repeat(4 << 20))) },
  {
    what: "lone surrogates",
    change: (r, talk) => void timelineOf(r, talk).unshift(event("$surrogate", "lone \ud800 high \udc00 low \ud800", { sender: "@\ud800:x" })),
    // Content reaches the page as it was sent.
    shows: ["lone \ud800 high \udc00 low \ud800"],
  },
  {
    what: "names of an object's own",
    change(r, talk) {
      const names = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"toString":1,"msgtype":"m.text","body":"proto"}';
      const nasty = event("$proto", "", { type: "m.room.message", sender: "__proto__" });
      timelineOf(r, talk).unshift(nasty, event("__proto__", "id"), event("$pt", "", { type: "__proto__", state_key: "__proto__" }));
      r["rooms"].join["__proto__x"] = {};
      return JSON.stringify(r).replace('{"msgtype":"m.text","body":""}', names).replace('"__proto__x"', '"__proto__"');
    },
    shows: ["proto"],
  },
  {
    what: "integers beyond 2^53 and floats",
    change(r, talk) {
      timelineOf(r, talk).unshift(event("$int", "int", { origin_server_ts: 424242, unsigned: { age: 424242 } }));
      r["rooms"].join[talk.room].unread_notifications = { notification_count: 424242, highlight_count: 424242 };
      return JSON.stringify(r).replaceAll("424242", "9007199254740993000");
    },
    shows: ["int"],
  },
  {
    what: "numbers that are none",
    change(r, talk) {
      timelineOf(r, talk).unshift(event("$e", "e", { origin_server_ts: 424242 }));
      return JSON.stringify(r).replaceAll("424242", "-1e400");
    },
    shows: ["e"],
  },
  { what: "a timeline that is limited without a token", change: (r, talk) => void Object.assign(r["rooms"].join[talk.room].timeline, { limited: true, prev_batch: undefined }), loses: true },
  { what: "bytes that are no UTF-8 in names", change: (r) => JSON.stringify(r).replace('"rooms"', '"x\\ud800":1,"rooms"') },
];

function member(room: string): Tree {
  return event(`$me/${room}`, "", { type: "m.room.member", sender: "@me:x", state_key: "@me:x", content: { membership: "join" } });
}

/** turn lets one message through in a response that is changed. */
async function turn(talk: Talk, message: string, change: Change, earlier: readonly Tree[]): Promise<Tree[]> {
  const rule = await lab.server.rule({ path: sync, act: "holdAnswer" });
  await talk.other.say(talk.room, message);
  const held = await lab.server.held(rule);
  const response = JSON.parse(held.body) as Tree;
  const events = structuredClone(timelineOf(response, talk));
  const text = change(response, talk, earlier);
  // Well formed JSON has no lone surrogates but as escapes.
  await lab.server.release(held, { body: text ?? JSON.stringify(response) });
  await lab.server.clear();
  return events;
}

test("bad input costs that input and nothing else", { timeout: 200_000 }, async (t) => {
  const talk = await lab.talk("hostile");
  const { tab, other, room } = talk;
  const earlier: Tree[] = [];
  for (const { what, change, shows = [], loses } of rows) {
    await t.test(what, async () => {
      const before = await tab.shown();
      earlier.push(...(await turn(talk, what, change, earlier)));
      await other.say(room, `after ${what}`);
      await tab.shows(`after ${what}`);
      const { core, sync: state } = await tab.session();
      assert.deepEqual([core, state], ["running", "live"]);
      assert.equal(await tab.page.evaluate(() => workers.length), 1, "the worker was replaced");
      const now = await tab.shown();
      const bodies = now.map(({ body }) => body);
      for (const body of [what, ...shows]) assert.ok(bodies.includes(body), `${body.slice(0, 40)} is not shown, but ${JSON.stringify(bodies.slice(-9).map((body) => body.slice(0, 60)))}`);
      if (!loses) for (const { id, body } of before) assert.equal(now.filter((m) => m.id === id).length, 1, body);
      assert.equal(bodies.filter((body) => body === what).length, 1);
      assert.equal(await tab.page.evaluate(() => "polluted" in {}), false);
    });
  }

  await t.test("all of it is there after a reload", async () => {
    const shown = await tab.everything();
    await tab.page.reload();
    await tab.page.waitForFunction(() => "alcove" in globalThis);
    await tab.start();
    await tab.reaches({ state: "ready", sync: "live" });
    await tab.enter(room);
    assert.deepEqual((await tab.everything()).map(({ id }) => id), shown.map(({ id }) => id));
  });

  await t.test("a room with an odd id is written to at its own address", async () => {
    for (const id of ["!a/b+c?d#e%2F:x", "!noColonAtAll", "!ü 𝒳:x"]) {
      const rule = await lab.server.rule({ method: "PUT", path: "/send/", act: "hold" });
      await tab.enter(id);
      assert.deepEqual((await tab.shown()).map(({ body }) => body), [`in ${id}`]);
      await tab.write(["x"]);
      const held = await lab.server.held(rule);
      assert.deepEqual(held.path.split("/").slice(4, 7).map(decodeURIComponent), ["rooms", id, "send"]);
      await lab.server.release(held, { body: '{"event_id":"$x"}' });
      await lab.server.clear();
    }
  });
});

test("an event that is nested too deeply stops neither the sync nor the way back", async () => {
  const { tab, other, room } = await lab.talk("deep");
  let nest: Json = "deep";
  for (let depth = 0; depth < 2_000; depth++) nest = [nest];
  const deep = await other.send(room, { body: "deep", nest });
  await other.say(room, "after");
  await tab.shows("after");
  assert.equal((await tab.shown())[0]?.id, deep);
  for (let i = 0; i < 60; i++) await other.say(room, `${i}`);
  const again = await lab.signedOut("deep again");
  assert.equal((await again.login(other)).code, "");
  await again.reaches({ sync: "live" });
  await again.enter(room);
  assert.equal((await again.everything())[0]?.id, deep);
});

test("no response of random nonsense kills the core", { timeout: 200_000 }, async () => {
  const talk = await lab.talk("nonsense");
  const { tab, other, room } = talk;
  const random = randomly(Number(process.env["SEED"] || 1));
  const kept: string[] = [];
  for (let i = 0; i < 60; i++) {
    await turn(talk, `mutant ${i}`, (response) => {
      const token = response["next_batch"];
      for (let n = 1 + random(6); n > 0; n--) mutate(response, random);
      response["next_batch"] = token;
    }, []);
    if (i % 10 !== 9) continue;
    await other.say(room, `sound ${i}`);
    await tab.shows(`sound ${i}`);
    kept.push(`sound ${i}`);
    const bodies = new Set((await tab.everything()).map(({ body }) => body));
    for (const body of kept) assert.ok(bodies.has(body), `${body} is gone`);
  }
  assert.equal(await tab.page.evaluate(() => workers.length), 1, "the worker was replaced");
});

const nonsense: readonly Json[] = [null, true, -1, 1.5, 1e300, "", "x", "__proto__", "\ud800", [], [[]], {}, { events: {} }, [null, {}, 1]];

/** mutate replaces, removes or doubles one value of a tree. */
function mutate(tree: Tree, random: (below: number) => number): void {
  const places: [Tree, string][] = [];
  const walk = (node: unknown) => {
    if (typeof node !== "object" || node === null) return;
    for (const name of Object.keys(node)) {
      places.push([node as Tree, name]);
      walk((node as Tree)[name]);
    }
  };
  walk(tree);
  const [node, name] = places[random(places.length)] ?? [tree, "rooms"];
  const kind = random(4);
  if (kind === 0) delete node[name];
  else if (kind === 1 && Array.isArray(node)) node.push(node[random(node.length)]);
  else node[name] = structuredClone(nonsense[random(nonsense.length)]);
}

function randomly(state: number): (below: number) => number {
  return (below) => ((state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0), (state >>> 8) % Math.max(1, below));
}
