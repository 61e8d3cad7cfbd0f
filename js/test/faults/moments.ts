// The instants of an exchange at which something is killed.
import { setTimeout as sleep } from "node:timers/promises";
import { four } from "./exchange.js";
import type { Exchange, Voice } from "./exchange.js";
import { sending, sync } from "./server.js";
import type { Rule } from "./server.js";
import { Tab } from "./tab.js";

/** Round is one death among the tabs of an exchange. */
export type Round = {
  readonly exchange: Exchange;
  readonly number: number;
  readonly random: (below: number) => number;
};

/** A moment begins something and returns at the instant to kill at. */
export type Moment = { readonly name: string; begin(round: Round): Promise<unknown> };

export const moments: readonly Moment[] = [
  {
    name: "after send() resolved",
    async begin(round) {
      const { tab } = one(round);
      await everybody(round, 5);
      await tab.untilAccepted(1 + round.random(5));
    },
  },
  { name: "before the request", begin: (round) => untilHeld(round, { method: "PUT", path: sending, act: "hold" }) },
  { name: "before the answer", begin: (round) => untilHeld(round, { method: "PUT", path: sending, act: "holdAnswer" }) },
  {
    name: "before the answer to a call that must not run twice",
    async begin(round) {
      const { server, voices } = round.exchange;
      const rule = await server.rule({ method: "POST", path: "/createRoom$", act: "holdAnswer" });
      await everybody(round, 5);
      for (const _ of voices) await server.held(rule);
    },
  },
  {
    name: "before the echo's sync",
    async begin(round) {
      const voice = one(round);
      await round.exchange.server.rule({ path: sync, act: "holdAnswer" });
      await everybody(round, 3);
      await voice.tab.page.waitForFunction(
        (body) => globalThis.shown().some((message) => message.body === body && message.send === "sent"),
        own(round, voice, 3).at(-1),
      );
    },
  },
  {
    name: "a response in flight",
    async begin(round) {
      const rule = await round.exchange.server.rule({ path: sync, act: "holdAnswer" });
      await theirs(round, 3);
      await round.exchange.server.held(rule);
    },
  },
  {
    name: "during a commit",
    async begin(round) {
      const { server } = round.exchange;
      const rule = await server.rule({ path: sync, act: "holdAnswer", times: 1 });
      await theirs(round, 5);
      const held = await server.held(rule);
      if (round.random(2)) await everybody(round, 3);
      await server.release(held);
      await sleep(round.random(40));
    },
  },
  {
    name: "after a commit",
    async begin(round) {
      await theirs(round, 3);
      await one(round).tab.shows(their(round, 2));
    },
  },
  {
    name: "at any moment",
    async begin(round) {
      await everybody(round, 20, round.random(30));
      const other = theirs(round, 10);
      await sleep(round.random(700));
      await other;
    },
  },
  {
    name: "while calls are in flight",
    async begin(round) {
      await everybody(round, 20, "at once");
      await sleep(round.random(60));
    },
  },
  {
    name: "while a tab opens",
    async begin(round) {
      const { exchange, random } = round;
      await everybody(round, 10, random(30));
      const tab = await Tab.load(await exchange.browser.page(), exchange.server);
      exchange.comes(tab.start().then(() => tab));
      await sleep(random(600));
    },
  },
];

/** one is a voice by chance. */
function one({ exchange, random }: Round): Voice {
  const voice = exchange.voices[random(exchange.voices.length)];
  if (!voice) throw new Error("nobody is there");
  return voice;
}

/** everybody lets all tabs write, and make calls of which one must not run twice. */
export async function everybody(round: Round, count: number, pauseMs: number | "at once" = round.random(2) ? "at once" : 0): Promise<void> {
  const { exchange } = round;
  for (const voice of exchange.voices) {
    await voice.tab.write(own(round, voice, count), pauseMs);
    await voice.tab.page.evaluate(
      ({ name, room, other }) => {
        const ignore = () => {}; // calls.failed tells
        const made = client.request("POST", "/_matrix/client/v3/createRoom", { name, visibility: "public" });
        follow(`create ${name}`, made, true).catch(ignore);
        follow(`profile ${name}`, client.profile(other)).catch(ignore);
        follow(`tag ${name}`, client.room(room).setTag(`u.${name}`)).catch(ignore);
      },
      { name: `${voice.name}-${round.number}`, room: exchange.room, other: exchange.bob.id },
    );
  }
}

async function untilHeld(round: Round, rule: Rule): Promise<void> {
  const { server } = round.exchange;
  const id = await server.rule({ ...rule, skip: round.random(3) });
  await everybody(round, 5);
  await server.held(id);
}

export async function theirs(round: Round, count: number): Promise<void> {
  const { bob, room } = round.exchange;
  for (let i = 0; i < count; i++) await bob.say(room, their(round, i));
}

/** Names of messages sort as they were written. */
function own({ number }: Round, { name }: Voice, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${name} ${four(number)} ${four(i)}`);
}

function their({ number }: Round, i: number): string {
  return `b ${four(number)} ${four(i)}`;
}
