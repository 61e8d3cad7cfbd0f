// How users are called in a room, for mentions. All that is asked at once goes in
// one question.
import type { Client, Person } from "alcove";

const most = 100;
type Batch = { readonly users: Set<string>; readonly people: Promise<readonly Person[]> };
const waiting = new Map<string, Batch>();

/** Undefined where the room does not tell, as one that the account is not in. */
export async function personIn(client: Client, room: string, user: string): Promise<Person | undefined> {
  let batch = waiting.get(room);
  if (!batch || (batch.users.size >= most && !batch.users.has(user))) waiting.set(room, (batch = begin(client, room)));
  batch.users.add(user);
  try {
    return (await batch.people).find(({ id }) => id === user);
  } catch {
    return undefined;
  }
}

function begin(client: Client, room: string): Batch {
  const users = new Set<string>();
  const people = Promise.resolve().then(async () => {
    if (waiting.get(room) === batch) waiting.delete(room);
    const live = client.room(room);
    try {
      return await live.persons([...users]);
    } finally {
      live.close();
    }
  });
  const batch = { users, people };
  return batch;
}
