// Alcove's encryption, asked in JSON, a request at a time.
import { run } from "./crypto.js";

const worker = new Worker(new URL("cryptoworker.js", import.meta.url));
let asked;

/** heard is the worker's next message. */
const heard = () => new Promise((resolve, reject) => {
  asked = ({ error, answer }) => (error ? reject(new Error(error)) : resolve(answer));
});
worker.onmessage = ({ data }) => asked(data);
worker.onerror = ({ message }) => asked({ error: message });

function ask(request) {
  const answer = heard();
  worker.postMessage(request);
  return answer;
}

const request = (what) => ask(JSON.stringify(what));

/** What its requests are for, as the stage calls it. */
const kinds = { "upload device keys": "upload", "query device keys": "query", "claim one-time keys": "claim", "send to devices": "send" };

async function outgoing() {
  const all = JSON.parse(await request({ do: "outgoing" }));
  return all.map(({ n, kind, body }) => ({ n, kind: kinds[kind], body }));
}

const answered = ({ n }, answer) => request({ do: "answered", n, answer });

async function carry(answer) {
  for (let all; (all = await outgoing()).length > 0; ) {
    for (const one of all) await answered(one, one.kind && answer(one.kind, one.body));
  }
}

run({
  open: () => ask(new URL("cryptodevice.wasm", location.href).href),
  carry,
  receive: (events, count) => request({ do: "receive", events, counts: { signed_curve25519: count }, fallback: ["signed_curve25519"] }),
  async upload() {
    const upload = (await outgoing()).find(({ kind }) => kind === "upload");
    return { body: upload.body, done: (answer) => answered(upload, answer) };
  },
  /** Only what is to be shared with somebody has it ask. */
  async know(users, answer) {
    await request({ do: "share", room: "!known:bench.example", members: users, messages: 100 });
    await carry(answer);
  },
  async share(room, members, messages, answer) {
    while ((await request({ do: "share", room, members, messages })) !== "true") await carry(answer);
  },
  encrypt: (room, type, content) => ask(`{"do":"encrypt","room":${JSON.stringify(room)},"type":"${type}","content":${content}}`),
  decrypt: async (room, events) => JSON.parse(await ask(`{"do":"decrypt","room":${JSON.stringify(room)},"events":[${events.join()}]}`)),
  import: async ({ file, passphrase }) => Number(await request({ do: "import", file, passphrase })),
});
