import type { TestContext } from "node:test";

type Timer = { at: number; readonly every: number | undefined; readonly run: () => void };

/**
 * fakeClock stands still until a test says how much time passes. Node's own
 * mock, as of version 20, goes on with an interval that ends itself.
 */
export function fakeClock(t: TestContext): { tick(ms: number): void } {
  const timers = new Set<Timer>();
  let now = 1e12;
  const add = (every: boolean) => (run: () => void, ms = 0) => {
    const timer: Timer = { at: now + ms, every: every ? ms : undefined, run };
    timers.add(timer);
    return timer;
  };
  const remove = (timer: unknown) => void timers.delete(timer as Timer);
  const next = (until: number) => [...timers].filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at)[0];
  const fakes = { setTimeout: add(false), setInterval: add(true), clearTimeout: remove, clearInterval: remove };
  for (const [name, fake] of Object.entries(fakes)) t.mock.method(globalThis, name as "setTimeout", fake as never);
  t.mock.method(Date, "now", () => now);
  return {
    tick(ms) {
      const until = now + ms;
      for (let timer = next(until); timer; timer = next(until)) {
        now = Math.max(now, timer.at);
        if (timer.every === undefined) timers.delete(timer);
        else timer.at += timer.every;
        timer.run();
      }
      now = until;
    },
  };
}
