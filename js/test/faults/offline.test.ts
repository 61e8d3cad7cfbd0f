// Without a network: what was read is there, what is written waits.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Profile } from "./chromium.js";
import type { Chromium } from "./chromium.js";
import { sending, Server } from "./server.js";
import { Tab } from "./tab.js";

const profile = new Profile();
let server: Server;
let browser: Chromium;

before(async () => {
  server = await Server.start();
  browser = await profile.launch();
});

after(async () => {
  await profile.remove();
  await server?.close();
});

/** anew is a reload: the same profile, a new page and a new core. */
async function anew(tab: Tab): Promise<Tab> {
  await tab.page.close();
  return Tab.open(await browser.page(), server, tab.store);
}

test("a message written without network goes out once, in order, on reconnect", async () => {
  const alice = await server.account("alice");
  const bob = await server.account("bob");
  const room = await bob.room("offline", alice);
  for (let i = 0; i < 5; i++) await bob.say(room, `before ${i}`);

  let tab = await Tab.open(await browser.page(), server, "offline");
  assert.equal((await tab.login(alice)).code, "");
  await tab.reaches({ sync: "live" });
  await tab.enter(room);
  await tab.shows("before 4");

  await server.cutOff();
  await tab.reaches({ state: "ready", sync: "offline" });
  await tab.write(["offline 0", "offline 1"]);
  await tab.untilAccepted(2);

  tab = await anew(tab);
  await tab.reaches({ state: "ready", sync: "offline" });
  assert.deepEqual(await tab.rooms(), ["offline"]);
  await tab.enter(room);
  const bodies = async () => (await tab.shown()).map(({ body }) => body);
  const written = ["before 0", "before 1", "before 2", "before 3", "before 4", "offline 0", "offline 1"];
  assert.deepEqual(await bodies(), written);
  await tab.write(["offline 2"]);
  await tab.untilAccepted(1);

  tab = await anew(tab);
  await tab.enter(room);
  assert.deepEqual(await bodies(), [...written, "offline 2"]);
  const waiting = (await tab.shown()).slice(-3);
  for (const { send } of waiting) assert.ok(send === "queued" || send === "sending", send);

  await bob.say(room, "meanwhile");
  await server.clear();
  await tab.reaches({ sync: "live" }, 70_000);
  for (const body of ["offline 0", "offline 1", "offline 2"]) await tab.shows(body);
  await tab.page.waitForFunction(() => globalThis.shown().every(({ send }) => !send));
  const said = (await bob.heard(room)).map(({ body }) => body);
  assert.deepEqual(said, [...written.slice(0, 5), "meanwhile", "offline 0", "offline 1", "offline 2"]);
  assert.deepEqual(await bodies(), said);
  await tab.page.close();
});

test("what is done about a message offline is there after a reload, and goes out about that message", async () => {
  const erin = await server.account("erin");
  const fay = await server.account("fay");
  const room = await fay.room("about", erin);
  const question = await fay.say(room, "biscuits?");
  let tab = await Tab.open(await browser.page(), server, "about");
  assert.equal((await tab.login(erin)).code, "");
  await tab.reaches({ sync: "live" });
  await tab.enter(room);
  await tab.shows("biscuits?");

  await server.cutOff();
  await tab.reaches({ sync: "offline" });
  const key = await tab.page.evaluate(async (question) => {
    const { key } = await timeline.send.text("tea?");
    const item = () => timeline.getSnapshot().find((one) => one.key === key);
    for await (const _ of timeline.diffs()) if (item()) break;
    await timeline.react(key, "👍");
    await timeline.react(key, "👎");
    await timeline.react(question, "👍");
    await timeline.edit(key, "coffee?");
    const replyTo = item();
    await timeline.send.text("and cake", { replyTo });
    for await (const _ of timeline.diffs()) if (item()?.event?.reactions?.length === 2 && item()?.event?.edited) break;
    return key;
  }, question);

  tab = await anew(tab);
  await tab.enter(room);
  assert.deepEqual((await tab.shown()).map(({ body }) => body), ["biscuits?", "coffee?", "and cake"]);
  await tab.page.evaluate((key) => timeline.unreact(key, "👎"), key);
  await tab.page.waitForFunction(() => timeline.getSnapshot().every(({ event }) => (event?.reactions?.length ?? 0) < 2));
  const reactions = () => tab.page.evaluate(() => timeline.getSnapshot().map(({ event }) => (event?.reactions ?? []).map((one) => one.key + one.count).join()).filter(Boolean));
  assert.deepEqual(await reactions(), ["👍1", "👍1"]);

  await server.clear();
  await tab.reaches({ sync: "live" }, 70_000);
  await tab.shows("and cake", 70_000);
  await tab.page.waitForFunction(() => globalThis.shown().every(({ send }) => !send));
  const [, tea, edit, cake, ...more] = (await fay.events(room, "m.room.message")).map(({ id, content }) => ({ id, ...(content as { body: string; "m.relates_to"?: unknown }) }));
  assert.deepEqual([tea?.body, edit?.body, cake?.body, more.length], ["tea?", "* coffee?", "and cake", 0]);
  assert.deepEqual(edit?.["m.relates_to"], { rel_type: "m.replace", event_id: tea?.id });
  assert.deepEqual(cake?.["m.relates_to"], { "m.in_reply_to": { event_id: tea?.id } });
  const reacted = (await fay.events(room, "m.reaction")).map(({ content }) => (content as { "m.relates_to": unknown })["m.relates_to"]);
  assert.deepEqual(reacted, [tea?.id, question].map((event_id) => ({ rel_type: "m.annotation", event_id, key: "👍" })));
  await tab.page.waitForFunction(() => timeline.getSnapshot().every(({ event }) => event?.reactions?.every(({ own }) => own?.id && !own.send) ?? true));
  assert.deepEqual(await reactions(), ["👍1", "👍1"]);
  await tab.page.close();
});

test("what the server took but could not confirm before the network went is sent once", async () => {
  const carol = await server.account("carol");
  const dan = await server.account("dan");
  const room = await dan.room("unconfirmed", carol);
  let tab = await Tab.open(await browser.page(), server, "unconfirmed");
  assert.equal((await tab.login(carol)).code, "");
  await tab.reaches({ sync: "live" });
  await tab.enter(room);

  const lost = await server.rule({ method: "PUT", path: sending, act: "holdAnswer", times: 1 });
  await tab.write(["0", "1", "2"]);
  await server.held(lost);
  await server.cutOff();
  await tab.reaches({ sync: "offline" });
  tab = await anew(tab);
  await server.clear();
  await tab.enter(room);
  await tab.shows("2", 70_000);
  await tab.page.waitForFunction(() => globalThis.shown().every(({ send }) => !send));
  assert.deepEqual((await dan.heard(room)).map(({ body }) => body), ["0", "1", "2"]);
  assert.deepEqual((await tab.shown()).map(({ body }) => body), ["0", "1", "2"]);
  await tab.page.close();
});
