// Completes names after @ and emoji after : in a text. Pure.
import type { Member } from "alcove";

/** What is being written at the cursor. */
export type Query = { readonly kind: "user" | "emoji"; readonly start: number; readonly end: number; readonly text: string };

export type Suggestion = {
  readonly id: string;
  /** What stands in the text for it. */
  readonly insert: string;
  readonly name: string;
  readonly hint: string;
  readonly emoji?: string;
  /** Whom it mentions. */
  readonly user?: string;
};

const shapes = [
  ["user", /(?:^|[\s(])@([^\s@]{0,40})$/],
  ["emoji", /(?:^|\s):([a-z0-9_+-]{2,30})$/i],
] as const;

export function queryAt(text: string, cursor: number): Query | undefined {
  const before = text.slice(Math.max(0, cursor - 64), cursor);
  for (const [kind, shape] of shapes) {
    const found = shape.exec(before)?.[1];
    if (found !== undefined) return { kind, text: found, start: cursor - found.length - 1, end: cursor };
  }
  return undefined;
}

const most = 6;

/** @param room what mentioning everybody is called, where the user may */
export function suggestUsers(members: readonly Member[], text: string, own: string, room: string | undefined): Suggestion[] {
  const wanted = text.toLowerCase();
  const found = members.flatMap(({ membership, person }) => {
    if (membership !== "join" || person.id === own) return [];
    const rank = rankOf(person.name.toLowerCase(), person.id.slice(1).toLowerCase(), wanted);
    return rank === undefined ? [] : [{ rank, suggestion: { id: person.id, insert: `@${person.name} `, name: person.name, hint: person.id, user: person.id } }];
  });
  const everybody = room !== undefined && "room".startsWith(wanted) ? [{ id: "@room", insert: "@room ", name: "@room", hint: room }] : [];
  return [...found.sort((a, b) => a.rank - b.rank).map(({ suggestion }) => suggestion).slice(0, most), ...everybody];
}

function rankOf(name: string, id: string, wanted: string): number | undefined {
  if (name.startsWith(wanted)) return 0;
  if (name.split(/\s+/).some((word) => word.startsWith(wanted)) || id.startsWith(wanted)) return 1;
  return name.includes(wanted) ? 2 : undefined;
}

export function insertInto(text: string, { start, end }: Query, insert: string): { readonly text: string; readonly cursor: number } {
  const rest = text.slice(end);
  const put = insert.endsWith(" ") && rest.startsWith(" ") ? insert.slice(0, -1) : insert;
  return { text: text.slice(0, start) + put + rest, cursor: start + put.length };
}
