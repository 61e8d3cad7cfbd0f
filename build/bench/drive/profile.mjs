// Where the CPU time goes: by thread, as the system counts it, and by function,
// as V8 samples it in pages and workers. Sampling itself costs time, so that the
// numbers are shares, not times.
import { readdirSync, readFileSync } from "node:fs";

const categories = ["disabled-by-default-v8.cpu_profiler"];
const topThreads = 10, topFunctions = 25;

/** Profile watches a browser's processes from its making to `stop`, which tells what it saw. */
export class Profile {
  #browser;
  #threads;

  static async start(browser, processes) {
    const profile = new Profile();
    profile.#browser = browser;
    await browser.startTracing(undefined, { categories });
    profile.#threads = threadsOf(processes);
    return profile;
  }

  async stop(processes) {
    const before = this.#threads;
    const spent = [...threadsOf(processes)].map(([id, { name, ms }]) => [name, ms - (before.get(id)?.ms ?? 0)]);
    tell("threads", sum(spent), topThreads);
    const { traceEvents } = JSON.parse((await this.#browser.stopTracing()).toString());
    for (const [name, functions] of sampled(traceEvents)) tell(name, functions, topFunctions);
  }
}

function tell(what, times, most) {
  const sorted = [...times].sort(([, a], [, b]) => b - a);
  const total = sorted.reduce((all, [, ms]) => all + ms, 0);
  if (total < 20) return;
  console.error(`${what}: ${total.toFixed(0)} ms`);
  for (const [name, ms] of sorted.slice(0, most)) console.error(`${ms.toFixed(0).padStart(8)}  ${name}`);
}

function sum(pairs) {
  const sums = new Map();
  for (const [name, ms] of pairs) sums.set(name, (sums.get(name) ?? 0) + ms);
  return sums;
}

/** threadsOf reads each thread's CPU time; none where the system does not say. */
function threadsOf(processes) {
  const all = new Map();
  for (const pid of processes) {
    for (const id of listOf(`/proc/${pid}/task`)) {
      const [, name, rest] = /\((.*)\) (.*)/s.exec(textOf(`/proc/${pid}/task/${id}/stat`)) ?? [, "", ""];
      const [user, system] = rest.split(" ").slice(11, 13).map(Number);
      all.set(id, { name: `${pid} ${name}`, ms: 10 * (user + system) || 0 }); // a tick is 10 ms
    }
  }
  return all;
}

const listOf = (folder) => unless(() => readdirSync(folder), []);
const textOf = (file) => unless(() => readFileSync(file, "utf8"), "");

function unless(read, otherwise) {
  try {
    return read();
  } catch {
    return otherwise; // the thread has ended, or there is no such folder here
  }
}

/** sampled adds up each profiled thread's time by function. */
function sampled(events) {
  const names = new Map(events.filter(({ name }) => name === "thread_name").map(({ pid, tid, args }) => [`${pid} ${tid}`, args.name]));
  const threads = new Map();
  for (const { name, pid, tid, id } of events) if (name === "Profile") threads.set(`${pid} ${id}`, { tid, nodes: new Map(), times: [] });
  for (const { name, pid, id, args } of events.sort((a, b) => a.ts - b.ts)) {
    const thread = name === "ProfileChunk" && threads.get(`${pid} ${id}`);
    if (!thread) continue;
    const { cpuProfile: { nodes = [], samples = [] } = {}, timeDeltas = [] } = args.data;
    for (const node of nodes) thread.nodes.set(node.id, node.callFrame.functionName || "(anonymous)");
    samples.forEach((node, i) => thread.times.push([thread.nodes.get(node), (timeDeltas[i] ?? 0) / 1_000]));
  }
  const worked = ([name]) => name !== "(idle)" && name !== "(program)";
  return [...threads].map(([key, { tid, times }]) => [`sampled in ${names.get(`${key.split(" ")[0]} ${tid}`)}`, sum(times.filter(worked))]);
}
