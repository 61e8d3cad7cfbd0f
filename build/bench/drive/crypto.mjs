// What a device encrypts and decrypts, in a browser of its own: there are no rooms
// and no syncs beside it.
import { open } from "./browser.mjs";
import { Meter } from "./meter.mjs";

/** What is measured, by row, in this order. */
const steps = [
  ["forwards", () => bench.forwards()],
  ["single", () => bench.single()],
  ["backwards", () => bench.backwards()],
  ["encrypt", () => bench.encrypt(500)],
  ["first", () => bench.shareFirst()],
  ["next", () => bench.shareNext()],
  ["import", () => bench.import()],
];

/** How often one-time keys are made: it is over soon. */
const times = 5;

export async function crypto(context, { url, client, take, profiled }) {
  const meter = await Meter.of(context, profiled);
  const page = await open(context, `${url}/crypto${client}.html`);
  await page.waitForFunction(() => "bench" in globalThis);
  await page.evaluate(() => bench.meet());
  const taken = {};
  for (const [name, work] of steps) {
    await meter.quiet(900);
    if (profiled("crypto")) console.error(`bench: ${name}`);
    taken[name] = (await meter.spent("crypto", () => page.evaluate(work))).result;
    take(`crypto.${name}`, taken[name]);
  }
  take("crypto.turn", taken.backwards / taken.forwards);
  const all = [];
  for (let i = 0; i < times; i++) all.push(await page.evaluate(() => bench.oneTime()));
  take("crypto.oneTime", all.sort((a, b) => a - b)[Math.floor(times / 2)]);
}
