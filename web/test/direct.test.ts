// Which chat with a person is used again, and how a new one is made (FEATURES A.4).
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Client, CreateRoomParams } from "alcove";
import { directWith, startDirect } from "../src/direct.js";

type Some = { readonly id: string; readonly direct?: string; readonly membership: string };

/** A client with these rooms, which says what was closed and made. */
function stub(rooms: readonly Some[], { ready = Promise.resolve(), available }: { readonly ready?: Promise<void>; readonly available?: boolean } = {}) {
  const done = { closed: 0, made: [] as CreateRoomParams[] };
  const client = {
    encryption: { getSnapshot: () => (available === undefined ? undefined : { available }) },
    rooms: {
      list: ({ filter }: { filter: object }) => {
        assert.deepEqual(filter, { direct: true });
        return { ready, getSnapshot: () => rooms, close: () => done.closed++ };
      },
      create: async (params: CreateRoomParams) => (done.made.push(params), "!new:example.org"),
    },
  };
  return { client: client as unknown as Client, done };
}

const ada = "@ada:example.org";
const chat = (id: string, membership: string, direct = ada): Some => ({ id, membership, direct });

test("A.4: the chat that there is with a person is used: one that is joined before an invitation", async () => {
  const cases: readonly (readonly [readonly Some[], string | undefined])[] = [
    [[], undefined],
    [[chat("!other", "join", "@bob:example.org")], undefined],
    [[chat("!other", "join", "@bob:example.org"), chat("!chat", "join")], "!chat"],
    [[chat("!invitation", "invite")], "!invitation"],
    [[chat("!invitation", "invite"), chat("!chat", "join")], "!chat"],
    [[chat("!newest", "join"), chat("!older", "join")], "!newest"],
  ];
  for (const [rooms, expected] of cases) {
    const { client, done } = stub(rooms);
    assert.equal(await directWith(client, ada), expected);
    assert.equal(done.closed, 1);
  }
});

test("a list that fails is closed, and its error handed on: it does not say that there is no chat", async () => {
  const { client, done } = stub([], { ready: Promise.reject(new Error("storage")) });
  await assert.rejects(directWith(client, ada), /storage/);
  assert.equal(done.closed, 1);
});

test("a new chat is encrypted unless that cannot be, or is not wanted", async () => {
  const made = async (available: boolean | undefined, wanted?: boolean) => {
    const { client, done } = stub([], available === undefined ? {} : { available });
    assert.equal(await startDirect(client, ada, wanted), "!new:example.org");
    return done.made;
  };
  const plain = { direct: true, invite: [ada], preset: "trusted_private_chat" };
  assert.deepEqual(await made(undefined), [{ ...plain, encrypted: true }]);
  assert.deepEqual(await made(true), [{ ...plain, encrypted: true }]);
  assert.deepEqual(await made(false), [plain]);
  assert.deepEqual(await made(true, false), [plain]);
});
