// What is wrong with an exchange of messages: the server's list and those of
// tabs, held against each other.
import type { Said } from "./server.js";
import type { Shown } from "./tab.js";

/** What must stay zero. */
export const none = {
  /** Messages that the server or a tab does not have. */
  lost: 0,
  doubled: 0,
  disordered: 0,
  /** Messages that a tab stopped to show for a while. */
  vanished: 0,
  /** Stores that did not open, or cores that did not sync. */
  shut: 0,
  /** Calls of survivors that never ended, or failed. */
  unanswered: 0,
  /** Calls that ran twice. */
  twice: 0,
};

export type Findings = typeof none;

/** compare counts what is wrong with what the server has and with what each tab shows. */
export function compare(said: readonly Said[], lists: readonly (readonly Shown[])[], accepted: ReadonlySet<string>): Findings {
  const found = { ...none, lost: lost(said, accepted), doubled: doubled(said.map(({ body }) => body)), disordered: inverted(said) };
  for (const list of lists) compareOne(found, list, said);
  return found;
}

/** agree says whether there is nothing to wait for any more. */
export function agree(said: readonly Said[], lists: readonly (readonly Shown[])[], accepted: ReadonlySet<string>): boolean {
  const ids = said.map(({ id }) => id).join();
  return lists.every((list) => list.map(({ id, send }) => send ?? id).join() === ids) && lost(said, accepted) === 0;
}

function lost(said: readonly Message[], accepted: ReadonlySet<string>): number {
  const has = new Set(said.map(({ body }) => body));
  return [...accepted].filter((body) => !has.has(body)).length;
}

/** explain prints all messages that are not once on the server and in each tab. */
export function explain(said: readonly Message[], lists: readonly (readonly Message[])[], accepted: ReadonlySet<string>): void {
  const all = [said, ...lists].map((list) => list.map(({ body }) => body));
  for (const body of new Set([...accepted, ...all.flat()])) {
    const counts = all.map((list) => list.filter((other) => other === body).length);
    if (counts.every((count) => count === 1)) continue;
    console.error(`${body}, ${accepted.has(body) ? "accepted" : "not accepted"}: the server has it ${counts[0]} times, tabs ${counts.slice(1)}`);
  }
}

export const doubled = (names: readonly string[]) => names.length - new Set(names).size;

type Message = { readonly id?: string; readonly body: string };

function compareOne(found: Findings, shown: readonly Shown[], said: readonly Message[]): void {
  const inPage = new Set(shown.map(({ id }) => id));
  found.lost += said.filter(({ id }) => !inPage.has(id)).length;
  found.lost += shown.filter(({ send }) => send).length;
  found.doubled += doubled(shown.map(({ body }) => body)) + doubled(shown.map(({ key }) => key));
  found.disordered += inverted(shown);
  found.disordered += shown.length === said.length ? shown.filter(({ id }, i) => id !== said[i]?.id).length : 0;
}

/** inverted counts messages that stand before one that their writer wrote earlier: names sort as they were written. */
function inverted(list: readonly Message[]): number {
  const last = new Map<string, string>();
  let count = 0;
  for (const { body } of list) {
    const [writer = ""] = body.split(" ", 1);
    if (body < (last.get(writer) ?? "")) count++;
    last.set(writer, body);
  }
  return count;
}
