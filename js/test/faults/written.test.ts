// What a page may hand to send(): it is refused with a code at once, or it
// arrives as it was written.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Lab, matrixError } from "./lab.js";
import { sending } from "./server.js";

const lab = new Lab();

/** Each row is code that runs in the page and makes the content. */
const refused: readonly { readonly what: string; readonly content: string; readonly code: string }[] = [
  { what: "64 KiB", content: '({ body: "x".repeat(64 * 1024) })', code: "send.tooLarge" },
  { what: "quotes that double", content: '({ body: "\\"".repeat(32 * 1024) })', code: "send.tooLarge" },
  { what: "a list", content: "[1]", code: "send.invalid" },
  { what: "a text", content: '"text"', code: "send.invalid" },
  { what: "null", content: "null", code: "send.invalid" },
  { what: "undefined", content: "undefined", code: "send.invalid" },
  { what: "a function", content: "(() => 1)", code: "send.invalid" },
  { what: "a circle", content: "(() => { const a = {}; a.a = a; return a; })()", code: "call.invalid" },
  { what: "a big integer", content: "({ n: 10n })", code: "call.invalid" },
  { what: "an integer beyond 2^53, which servers refuse", content: "({ n: 2 ** 60 })", code: "send.invalid" },
  { what: "what throws when read", content: "({ get body() { throw new Error('mine'); } })", code: "call.invalid" },
  { what: "deeper than JSON may be", content: '(() => { let a = {}; for (let i = 0; i < 20_000; i++) a = { a }; return a; })()', code: "call.invalid" },
];

const accepted: readonly { readonly what: string; readonly content: string; readonly arrives?: string }[] = [
  // Servers refuse them: there is no UTF-8 for a lone surrogate.
  { what: "lone surrogates", content: '({ body: "lone \\ud800" })', arrives: "lone \ufffd" },
  { what: "names of an object's own", content: 'JSON.parse(\'{"body":"proto","__proto__":{"a":1},"constructor":1}\')' },
  { what: "numbers that are none", content: '({ body: "none", n: NaN, m: Infinity })' },
  { what: "characters that break lines and JSON", content: '({ body: "\\u2028\\u2029\\u0000\\u001f\\"\\\\/</script>" })' },
  { what: "59 KiB", content: '({ body: "x".repeat(59_000) })' },
];

test("what cannot be sent is refused at once, the rest arrives", { timeout: 120_000 }, async (t) => {
  const { tab, other, room } = await lab.talk("written");
  const send = (content: string) => tab.outcome(`async () => { await timeline.send.event("m.room.message", ${content}); }`);
  for (const { what, content, code } of refused) {
    await t.test(what, async () => {
      const got = await send(content);
      assert.equal(got.code, code, got.message);
      assert.equal((await tab.session()).core, "running");
    });
  }
  for (const { what, content, arrives } of accepted) {
    await t.test(what, async () => {
      assert.deepEqual(await send(content), { code: "" });
      const want = arrives ?? (await tab.page.evaluate(`(${content}).body`));
      await tab.page.waitForFunction((count) => globalThis.shown().filter(({ id, send }) => id && !send).length === count, accepted.findIndex((row) => row.what === what) + 1);
      assert.equal((await other.heard(room)).at(-1)?.body, want);
    });
  }
  await t.test("what the server refuses can be taken back", async () => {
    await lab.server.rule({ method: "PUT", path: sending, times: 1, act: "fail", status: 400, body: matrixError("M_BAD_JSON") });
    const code = await tab.page.evaluate(async () => {
      const handle = await timeline.send.event("m.room.message", { body: "refused" });
      const behind = await timeline.send.text("behind");
      const code = await handle.sent.then(() => "", (error: { code: string }) => error.code);
      await handle.cancel();
      await behind.sent;
      return code;
    });
    assert.equal(code, "server.refused");
    assert.equal((await other.heard(room)).at(-1)?.body, "behind");
  });
  await t.test("a room that is not there", async () => {
    for (const [id, code] of [["!none:x", "room.unknown"], ["", "room.unknown"], ["__proto__", "room.unknown"]]) {
      const got = await tab.outcome(`async () => { await client.room(${JSON.stringify(id)}).send.text("x"); }`);
      assert.equal(got.code, code, got.message);
    }
  });
  assert.equal(await tab.page.evaluate(() => workers.length), 1, "the worker was replaced");
});
