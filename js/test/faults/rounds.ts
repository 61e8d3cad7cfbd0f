// A round of an exchange: something happens, somebody is killed in the middle of
// it, and what is left is looked at.
import assert from "node:assert/strict";
import { randomFrom } from "../random.js";
import type { End } from "./ends.js";
import type { Exchange } from "./exchange.js";
import type { Findings } from "./findings.js";
import { moments } from "./moments.js";
import type { Moment } from "./moments.js";

/** How many tabs there are: those who survive are what is interesting. */
const crowds = [1, 2, 2, 3, 3];

export type Outcome = { readonly plan: string; readonly found: Findings & { readonly sent: number; readonly inFlight: number } };
/** What happens depends on seed and number alone. */
type Plan = { readonly end: End; readonly seed: number; readonly number: number; readonly i: number; readonly among?: readonly Moment[] };

/** play is one death, and what is wrong after it. */
export async function play(exchange: Exchange, { end, seed, number, i, among = moments }: Plan): Promise<Outcome> {
  const random = randomFrom(seed * 10_000 + number);
  const moment = pick(among, random(among.length));
  const tabs = Math.max(end.tabs, pick(crowds, random(crowds.length)));
  const plan = `${end.name}, ${tabs} tabs, ${moment.name}`;
  await exchange.resize(tabs);
  const before = exchange.taken;
  await exchange.forget();
  const turn = { exchange, number: i, random };
  const strike = await end.aim(turn);
  await moment.begin(turn);
  await strike();
  const inFlight = await exchange.inFlight(); // of the survivors
  await exchange.server.clear();
  if (exchange.voices.length === 0) await exchange.resize(tabs);
  const works = await exchange.works();
  const found = await exchange.find(end.manyDie);
  if (!works) found.shut++;
  return { plan, found: { ...found, sent: exchange.taken - before, inFlight } };
}

export function isClean({ sent: _, inFlight: __, ...found }: Outcome["found"]): boolean {
  return Object.values(found).every((count) => count === 0);
}

export function pick<T>(from: readonly T[], index: number): T {
  const one = from[index % from.length];
  assert.ok(one);
  return one;
}
