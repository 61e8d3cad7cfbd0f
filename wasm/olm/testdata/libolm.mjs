// Writes libolm.json, a conversation in libolm 3.2.15 whose random bytes are known:
//   npm install --no-save @matrix-org/olm@3.2.15 && node wasm/olm/testdata/libolm.mjs
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

let drawn = []; // hex, since it was last taken
let count = 0;
const getRandomValues = (bytes) => {
  bytes.set(createHash('shake256', { outputLength: bytes.length }).update(`libolm ${count++}`).digest());
  drawn.push(Buffer.from(bytes).toString('hex'));
  return bytes;
};
Object.defineProperty(globalThis, 'crypto', { value: { getRandomValues } });
globalThis.window = globalThis; // else it asks Node for random bytes
const random = () => { const all = drawn.join(''); drawn = []; return all; };

const Olm = createRequire(import.meta.url)('@matrix-org/olm');
await Olm.init();

const account = () => {
  const a = new Olm.Account();
  a.create();
  return { account: a, random: random(), identity: JSON.parse(a.identity_keys()).curve25519 };
};
const [alice, bob] = [account(), account()];
bob.account.generate_one_time_keys(1);
const oneTime = { private: random(), public: Object.values(JSON.parse(bob.account.one_time_keys()).curve25519)[0] };
alice.session = new Olm.Session();
alice.session.create_outbound(alice.account, bob.identity, oneTime.public);
const begun = random();

// Each step is one side that encrypts, with a body and a type, or that is given
// the nth message, with what it reads or nothing.
const steps = [];
const messages = [];
const encrypt = (by) => {
  const text = `message ${messages.length}`;
  const { type, body } = by.session.encrypt(text);
  messages.push({ from: by, type, body });
  steps.push({ by: by === alice ? 'alice' : 'bob', random: random(), text, type, body });
};
const decrypt = (n) => {
  const { from, type, body } = messages[n];
  const by = from === alice ? bob : alice;
  if (!by.session) {
    by.session = new Olm.Session();
    by.session.create_inbound(by.account, body);
  }
  let reads = null;
  try { reads = by.session.decrypt(type, body); } catch { /* it is refused */ }
  steps.push({ by: by === alice ? 'alice' : 'bob', message: n, reads });
};

let state = 1;
const draw = (n) => (state = (state * 48271) % 2147483647) % n;
encrypt(alice);
encrypt(alice);
decrypt(1);
while (messages.length < 90) {
  const what = draw(9);
  if (what < 4) encrypt(draw(2) ? alice : bob);
  else if (what < 8) decrypt(messages.length - 1 - draw(Math.min(4, messages.length)));
  else decrypt(draw(messages.length)); // late, or again
}
const side = ({ random, identity }) => ({ random, identity });
const out = { alice: side(alice), bob: side(bob), oneTime, begun, id: alice.session.session_id(), steps };
if (bob.session.session_id() !== out.id) throw new Error('two sessions');
const lines = steps.map((step) => `  ${JSON.stringify(step)}`).join(',\n');
const text = JSON.stringify({ ...out, steps: [] }, null, 1).replace('"steps": []', `"steps": [\n${lines}\n ]`);
writeFileSync(new URL('libolm.json', import.meta.url), `${text}\n`);
