// How the program is fetched: quickly, whatever the server calls it, and with
// the compiled code that the browser kept of the last visit.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mock, test } from "node:test";
import type { BootProgress } from "../src/boot.js";
import { compile } from "../src/wasm.js";

/** A module of nothing but a custom section, in which there is room. */
const program = Buffer.concat([Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0, 0x81, 0x80, 0x40, 0]), Buffer.alloc(1 << 20)]);

type Fetched = { readonly given: Response[]; readonly fetched: Response[]; readonly steps: BootProgress[]; readonly done: Promise<WebAssembly.Module> };

async function compiled(t: { after(end: () => void): void }, type: string, body: Buffer): Promise<Fetched> {
  const server = createServer((_, response) => response.writeHead(200, { "Content-Type": type, "Content-Length": body.length }).end(body));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const [given, fetched, steps]: [Response[], Response[], BootProgress[]] = [[], [], []];
  const { fetch } = globalThis;
  const { compileStreaming } = WebAssembly;
  const spies = [
    mock.method(globalThis, "fetch", async (url: string) => {
      const response = await fetch(url);
      fetched.push(response);
      return response;
    }),
    mock.method(WebAssembly, "compileStreaming", async (response: Response) => {
      given.push(response);
      return compileStreaming(response);
    }),
  ];
  t.after(() => spies.forEach((spy) => spy.mock.restore()));
  const done = compile(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, (step) => steps.push(step));
  return { given, fetched, steps, done };
}

const loaded = (steps: readonly BootProgress[]) => steps.map((step) => (step.stage === "fetch" ? [step.loaded, step.total] : []));

for (const [type, same] of [["application/wasm", true], ["application/octet-stream", false]] as const) {
  test(`a program of type ${type} compiles while it comes, and its bytes are told`, async (t) => {
    const { given, fetched, steps, done } = await compiled(t, type, program);
    assert.ok((await done) instanceof WebAssembly.Module);
    assert.equal(given[0] === fetched[0], same, "what was fetched itself has its compiled code kept");
    if (!same) assert.equal(loaded(steps).at(-1)?.[0], program.length, "what is counted itself is counted whole");
    assert.ok(loaded(steps).every(([bytes = 0, total], n) => total === program.length && bytes > (loaded(steps)[n - 1]?.[0] ?? 0)));
  });

  test(`what is of type ${type} and no program says so`, async (t) => {
    const { done } = await compiled(t, type, Buffer.from("not wasm at all"));
    await assert.rejects(done, /is no WebAssembly/);
  });
}

test("what was compiled is fetched: bytes that are counted late are not told of", async (t) => {
  let late = (): void => {};
  const counted = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (out) => {
      out.enqueue(Uint8Array.from(program.subarray(0, 4)));
      late = () => { out.enqueue(Uint8Array.from(program.subarray(4))); out.close(); };
    },
  });
  const response = new Response(program, { headers: { "content-type": "application/wasm" } });
  response.clone = () => new Response(counted, { headers: { "content-type": "application/wasm" } });
  t.mock.method(globalThis, "fetch", async () => response);
  const steps: string[] = [];
  await compile("x.wasm", ({ stage }) => steps.push(stage));
  const told = steps.length;
  late();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(steps.length, told);
});
