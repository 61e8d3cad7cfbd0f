// What a user sees of a room, as build/interop/peer/relations.go has it.

export type Place = { readonly thread?: string; readonly answers?: string; readonly mentions?: string };

export type View = { readonly room: readonly Line[]; readonly threads: Readonly<Record<string, readonly Line[]>> };

export type Line = {
  readonly event: string;
  readonly sender: string;
  readonly text: string;
  readonly redacted: boolean;
  readonly edited: boolean;
  readonly answers: string;
  readonly reactions: Readonly<Record<string, readonly string[]>>;
  readonly thread?: { readonly count: number; readonly latest: string; readonly own: boolean };
  readonly poll?: Poll;
};

export type Poll = {
  readonly votes: Readonly<Record<string, number>>;
  readonly voters: number;
  readonly own: readonly string[];
  readonly ended: boolean;
};

/** sorted has each text once. */
export const sorted = (texts: Iterable<string>): string[] => [...new Set(texts)].sort();
