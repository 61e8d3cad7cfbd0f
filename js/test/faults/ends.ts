// Whose end comes in a round, and how.
import { setTimeout as sleep } from "node:timers/promises";
import type { CDPSession } from "playwright-core";
import type { Exchange, Voice } from "./exchange.js";
import type { Round } from "./moments.js";

export type End = {
  readonly name: string;
  /** How many tabs there must be for it. */
  readonly tabs: number;
  /** So many cores die in a row that a page may think that a call is why. */
  readonly manyDie?: boolean;
  /** Makes ready to strike. The strike returns when they are gone, and takes them out of the exchange. */
  aim(round: Round): Promise<() => Promise<unknown>>;
};

type Kill = (voice: Voice, exchange: Exchange) => Promise<() => Promise<unknown>>;

const closes: Kill = async ({ tab }) => () => tab.page.close();

const reloads: Kill = async ({ tab }, exchange) => async () => {
  await tab.reload();
  exchange.comes(tab.start().then(() => tab));
};

const crashes: Kill = async ({ tab: { page } }) => {
  const session: CDPSession = await page.context().newCDPSession(page);
  return async () => {
    const crashed = page.waitForEvent("crash");
    session.send("Page.crash").catch(() => {}); // it does not live to answer
    await crashed;
    await page.close();
  };
};

/** As when the system runs out of memory. */
const isKilled: Kill = async ({ tab: { page } }, { browser }) => {
  const renderer = await browser.renderer(page);
  return async () => {
    const crashed = page.waitForEvent("crash");
    process.kill(renderer, "SIGKILL");
    await crashed;
    await page.close();
  };
};

function ofLeader(what: string, kill: Kill): End {
  return { name: `the leader ${what}`, tabs: 1, aim: async ({ exchange }) => strike(exchange, await leader(exchange), kill) };
}

function ofFollower(what: string, kill: Kill): End {
  const aim = async ({ exchange, random }: Round) => {
    const first = await leader(exchange);
    const followers = exchange.voices.filter((voice) => voice !== first);
    const voice = followers[random(followers.length)];
    if (!voice) throw new Error("nobody follows");
    return strike(exchange, voice, kill);
  };
  return { name: `a follower ${what}`, tabs: 2, aim };
}

export const ends: readonly End[] = [
  {
    name: "the browser is killed",
    tabs: 1,
    aim: async ({ exchange }) => async () => {
      await exchange.browser.kill();
      await exchange.begin();
    },
  },
  ofLeader("closes", closes),
  ofLeader("reloads", reloads),
  ofLeader("crashes", crashes),
  ofLeader("is killed", isKilled),
  {
    // Nobody tells the page. It must notice.
    name: "the leader's worker ends",
    tabs: 1,
    aim: async ({ exchange }) => {
      const { tab } = await leader(exchange);
      return () => tab.page.evaluate(() => workers.at(-1)?.terminate());
    },
  },
  {
    name: "the leader crashes, then its successor",
    tabs: 2,
    manyDie: true,
    aim: async ({ exchange, random }) => {
      const first = await strike(exchange, await leader(exchange), crashes);
      return async () => {
        await first();
        await sleep(random(500));
        const next = (await exchange.leader()) ?? exchange.voices[0];
        if (next) await (await strike(exchange, next, crashes))();
      };
    },
  },
  ofFollower("closes", closes),
  ofFollower("reloads", reloads),
  ofFollower("crashes", crashes),
  ofFollower("is killed", isKilled),
];

async function leader(exchange: Exchange): Promise<Voice> {
  const voice = await exchange.leader();
  if (!voice) throw new Error("nobody leads");
  return voice;
}

async function strike(exchange: Exchange, voice: Voice, kill: Kill): Promise<() => Promise<unknown>> {
  const act = await kill(voice, exchange);
  return async () => {
    await act();
    exchange.left(voice);
  };
}
