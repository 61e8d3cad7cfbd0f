const tickMs = 5_000;
const missesToDie = 2;

/**
 * heartbeat asks a core for a sign of life and calls dead after ten seconds
 * without one. It counts ticks instead of time, because a machine that slept
 * wakes up late, and it rests while the page is hidden, where browsers hold
 * timers back. heard must be called for all that the core sends.
 */
export function heartbeat(options: { ping(): void; dead(): void; visible(): boolean }): Heartbeat {
  let misses = 0;
  const timer = setInterval(() => {
    if (!options.visible()) {
      misses = 0;
      return;
    }
    if (misses++ >= missesToDie) return options.dead();
    options.ping();
  }, tickMs);
  return { heard: () => void (misses = 0), stop: () => clearInterval(timer) };
}

export type Heartbeat = { heard(): void; stop(): void };
