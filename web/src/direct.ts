// The direct chat with a person. There is one: who wants to write to them gets the
// one that is there (spec: matrix URI scheme, actions).
import type { Client } from "alcove";

/** The chat that there is with them: one that the account is in, or else one that they invite to. */
export async function directWith(client: Client, user: string): Promise<string | undefined> {
  const list = client.rooms.list({ filter: { direct: true } });
  try {
    await list.ready;
    const theirs = list.getSnapshot().filter(({ direct }) => direct === user);
    return (theirs.find(({ membership }) => membership === "join") ?? theirs[0])?.id;
  } finally {
    list.close();
  }
}

/** Makes one, which is encrypted wherever it can be. */
export function startDirect(client: Client, user: string, encrypted = client.encryption.getSnapshot()?.available !== false): Promise<string> {
  return client.rooms.create({ direct: true, invite: [user], preset: "trusted_private_chat", ...(encrypted && { encrypted }) });
}
