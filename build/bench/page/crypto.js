// The bare page in which both clients encrypt and decrypt: JSON in and JSON out,
// no network, and what is stored is stored when a call returns. What is special to
// a client is its peer:
//
//   open()                               opens its store and makes keys
//   carry(answer)                        brings all that it asks to answer(kind, body), until it asks nothing
//   know(users, answer)                  learns of users' devices
//   receive(letters, count)              takes a sync response's part: messages to this device, one-time keys left
//   upload()                             what it uploads now: {body, done(answer)}
//   share(room, members, messages, answer)  sees to it that all have the room's key
//   encrypt(room, type, content)         the content of m.room.encrypted
//   decrypt(room, events)                events in plain
//   import({keys, file, passphrase})     how many keys were taken in

/** Whose device this is, as in account.go. */
export const user = "@ada:bench.example", device = "BENCHDEVICE";

/** Who writes to it, as in others/writer.go. */
const writer = "@bob:bench.example";

const full = 50, perPage = 50;

let peer, met;

/** answer is what a server would say. */
function answer(kind, body) {
  switch (kind) {
    case "upload":
      return { one_time_key_counts: { signed_curve25519: full } };
    case "query":
      return { device_keys: some(body.device_keys, met?.devices ?? {}), failures: {} };
    case "claim":
      return { one_time_keys: some(body.one_time_keys, met.oneTime), failures: {} };
    default:
      return {};
  }
}

const some = (asked, all) => Object.fromEntries(Object.keys(asked).map((name) => [name, all[name] ?? {}]));

async function timed(work) {
  const begun = performance.now();
  const result = await work();
  return { ms: performance.now() - begun, result };
}

/** read decrypts a room so many events at a time, and sees that all comes out. */
async function read({ id, events, bodies }, atOnce) {
  const pages = [];
  for (let i = 0; i < events.length; i += atOnce) pages.push(events.slice(i, i + atOnce));
  const { ms, result } = await timed(async () => {
    const all = [];
    for (const page of pages) all.push(...(await peer.decrypt(id, page)));
    return all;
  });
  expect("messages", result.map(({ content }) => content.body).join(), bodies.join());
  return ms;
}

const backwards = ({ id, events, bodies }) => ({ id, events: events.toReversed(), bodies: bodies.toReversed() });

function expect(what, got, want) {
  if (got !== want) throw new Error(`${what}: got ${got.toString().slice(0, 200)}, want ${want.toString().slice(0, 200)}`);
}

/** share gives a new room's key to the crowd. */
async function share(room) {
  let reached = 0;
  const count = (kind, body) => {
    if (kind === "send") for (const devices of Object.values(body.messages)) reached += Object.keys(devices).length;
    return answer(kind, body);
  };
  const { ms } = await timed(() => peer.share(room, [user, ...met.crowd], 100, count));
  expect("devices reached", reached, 2 * met.crowd.length);
  return ms;
}

export function run(it) {
  peer = it;
  globalThis.bench = {
    /** Makes keys, meets the others, and warms up. */
    async meet() {
      await peer.open();
      const upload = await peer.upload();
      met = await (await fetch("/bench/others", { method: "POST", body: JSON.stringify(upload.body) })).json();
      await upload.done(answer("upload"));
      await peer.know([user, writer, ...met.crowd], answer);
      await peer.receive(met.letters, full - 1);
      await peer.carry(answer);
      await read(met.rooms.warm, perPage);
    },
    forwards: () => read(met.rooms.forwards, perPage),
    single: () => read(met.rooms.single, 1),
    backwards: () => read(backwards(met.rooms.backwards), perPage),
    async encrypt(count) {
      const room = "!encrypt:bench.example";
      await peer.share(room, [user, writer], 10_000, answer);
      const contents = Array.from({ length: count }, (_, i) => JSON.stringify({ msgtype: "m.text", body: met.rooms.warm.bodies[i % 100] }));
      const { ms, result } = await timed(async () => {
        const all = [];
        for (const content of contents) all.push(await peer.encrypt(room, "m.room.message", content));
        return all;
      });
      expect("ciphertexts", new Set(result.map((sealed) => JSON.parse(sealed).ciphertext)).size, count);
      return ms;
    },
    /** With nobody of the crowd there is an Olm session yet. */
    shareFirst: () => share("!first:bench.example"),
    shareNext: () => share("!next:bench.example"),
    async import() {
      const { ms, result } = await timed(() => peer.import(met));
      expect("keys", result, 10_000);
      return ms;
    },
    /** The server has no one-time keys left, and gets new ones. */
    async oneTime() {
      const { ms, result } = await timed(async () => {
        await peer.receive([], 0);
        return peer.upload();
      });
      expect("one-time keys", Object.keys(result.body.one_time_keys).length, full);
      await result.done(answer("upload"));
      return ms;
    },
  };
}
