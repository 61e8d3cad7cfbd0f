// What the server lets this account do. The shell keeps asking; who asks here takes what
// is known by now, and does not hide what the server said nothing of yet.
import type { Capabilities, Client } from "alcove";

type Ability = { [Key in keyof Capabilities]: Capabilities[Key] extends boolean ? Key : never }[keyof Capabilities];

export function allows(client: Client, what: Ability): boolean {
  const now = client.capabilities.getSnapshot();
  return !now?.known || now[what];
}
