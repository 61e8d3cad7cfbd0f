import "fake-indexeddb/auto";
import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { startClient } from "../src/client.js";
import type { Client } from "../src/client.js";
import type { RoomUpgrade } from "../src/api.js";
import { failure, fakeCores, makePage } from "./fakecore.js";
import { eventually } from "./until.js";

const open: Client[] = [];
afterEach(() => {
  for (const client of open.splice(0)) client.close();
});

let stores = 0;

async function start() {
  const fakes = fakeCores({});
  const client = await startClient({ store: `upgrade-${++stores}` }, fakes, makePage());
  open.push(client);
  return { room: client.room("!old"), ...fakes };
}

const step = (done: number): RoomUpgrade => ({ roomId: "!new", progress: { done, total: 2 }, done: done === 2 });

test("an upgrade says how far it is, and resolves to the new room", async () => {
  const { room, last } = await start();
  const heard: RoomUpgrade[] = [];
  const upgraded = room.upgrade({ version: "12", creators: ["@b:x"], invite: true, onProgress: (now) => heard.push(now) });
  await eventually(() => last().names().includes("upgradeRoom"));
  assert.deepEqual(last().called.find(({ call }) => call === "upgradeRoom")?.params, { roomId: "!old", version: "12", creators: ["@b:x"], invite: true });
  last().push("upgradeRoom", step(1));
  await eventually(() => heard.length === 1);
  last().push("upgradeRoom", step(2));
  last().say({ id: last().stream("upgradeRoom").id, ok: null });
  assert.equal(await upgraded, "!new");
  assert.deepEqual(heard, [step(1), step(2)]);
});

test("an upgrade goes on with the core that takes over, and ends with what it is refused for", async () => {
  const { room, last, cores } = await start();
  const upgraded = room.upgrade();
  await eventually(() => last().names().includes("upgradeRoom"));
  last().move();
  await eventually(() => cores.length === 2 && last().names().includes("upgradeRoom"));
  last().say({ id: last().stream("upgradeRoom").id, err: failure("send.forbidden") });
  await assert.rejects(upgraded, { code: "send.forbidden" });
});

test("an upgrade that is aborted is aborted in the core", async () => {
  const { room, last } = await start();
  const stop = new AbortController();
  const upgraded = room.upgrade({ signal: stop.signal });
  await eventually(() => last().names().includes("upgradeRoom"));
  const { id } = last().stream("upgradeRoom");
  stop.abort();
  await assert.rejects(upgraded, { code: "call.aborted" });
  await eventually(() => last().aborted.includes(id));
});
