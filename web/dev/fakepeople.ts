// People whom a server would know, and what it allows. `?ignores=@user3:example.org`,
// `?ignored=40` so many more; `&refuses=unignore`. `?blocks` all
// invitations; `&refuses=blocks`. `?old` is a server that allows little.
import type { Capabilities, Ignored, InvitePermission, People, Person } from "alcove";
import { Box } from "./box.js";
import { person } from "./generate.js";
import { AlcoveError, number, query, wait } from "./setup.js";

const everybody: readonly Person[] = Array.from({ length: 80 }, (_, n) => person(n < 30 ? n : n + 400));

export class FakePeople implements People {
  readonly #ignored = new Box<Ignored | undefined, Ignored>({
    users: [...query.getAll("ignores"), ...Array.from({ length: number("ignored", 0) }, (_, n) => person(n + 500).id)],
  });
  /** What was searched for and not given up. */
  readonly searched: string[] = [];

  search: People["search"] = async (text, { signal, limit = 10 } = {}) => {
    await wait();
    if (signal?.aborted) throw new AlcoveError("call.aborted");
    this.searched.push(text);
    if (text === "fails") throw new AlcoveError("server.error");
    const found = everybody.filter(({ id, name }) => `${name} ${id}`.toLowerCase().includes(text.toLowerCase()));
    return { users: found.slice(0, limit), ...(found.length > limit && { limited: true }) };
  };

  ignored = () => Object.assign(new Box<Ignored | undefined, Ignored>(this.#ignored.getSnapshot()), {
    getSnapshot: this.#ignored.getSnapshot,
    subscribe: this.#ignored.subscribe,
  });

  ignore = (user: string) => this.#set([...this.#users, user]);
  unignore = async (user: string) => {
    if (query.get("refuses") === "unignore") await wait().then(() => Promise.reject(new AlcoveError("network.offline")));
    await this.#set(this.#users.filter((one) => one !== user));
  };

  readonly #permission = new Box<InvitePermission | undefined, InvitePermission>({ block: query.has("blocks") });

  invitePermission = () => Object.assign(new Box<InvitePermission | undefined, InvitePermission>(undefined), {
    getSnapshot: this.#permission.getSnapshot,
    subscribe: this.#permission.subscribe,
  });

  setInvitePermission = async (permission: InvitePermission) => {
    await wait();
    if (query.get("refuses") === "blocks") throw new AlcoveError("server.error");
    this.#permission.put(permission);
  };

  get #users(): readonly string[] {
    return this.#ignored.getSnapshot()?.users ?? [];
  }

  async #set(users: readonly string[]): Promise<void> {
    await wait();
    this.#ignored.put({ users });
  }
}

export function capabilities(): Capabilities {
  const old = query.has("old");
  const roomVersion = old ? "6" : "12";
  return {
    known: true, name: !old, avatar: !old, fields: !old, password: true, roomVersion, roomVersions: old ? ["5", "6"] : ["10", "11", "12"],
    restricted: !old, knock: !old, reportRooms: !old, reportUsers: !old, invitePermission: !old,
  };
}
