// What those who keep a room do in it. `?admin` lets the user do everything,
// `&refuses=admin` has the server refuse it.
import type { LiveRoom, Member, ReasonOptions, Room, RoomDetails, UpgradeOptions } from "alcove";
import { Box, ListBox } from "./box.js";
import { members, person } from "./generate.js";
import { AlcoveError, query, wait } from "./setup.js";

const lists = new Map<string, { all: Member[]; readonly open: Set<ListBox<Member>> }>();

/** What was asked for, for tests. */
export const asked: (readonly unknown[])[] = [];

const waiting = (room: Room): Member[] =>
  query.has("admin") && !room.direct
    ? [
        { key: person(300).id, person: person(300), membership: "knock", power: 0 },
        { key: person(301).id, person: person(301), membership: "ban", power: 0 },
      ]
    : [];

function listOf(room: Room) {
  let list = lists.get(room.id);
  if (!list) lists.set(room.id, (list = { all: [...members(room), ...waiting(room)], open: new Set() }));
  return list;
}

export abstract class FakeAdmin extends Box<RoomDetails | undefined, RoomDetails> {
  abstract readonly id: string;
  /** Changes what all see of the room. */
  protected abstract changeDetails(change: Partial<RoomDetails>): void;
  protected abstract changeRoom(change: Partial<Room> | undefined): void;

  async #do(...what: readonly unknown[]): Promise<void> {
    await wait();
    if (query.get("refuses") === "admin") throw new AlcoveError("server.forbidden");
    asked.push(what);
  }

  members(): ListBox<Member> {
    const room = this.getSnapshot()?.room;
    if (!room) return new ListBox<Member>([]);
    const list = listOf(room);
    const box = new ListBox<Member>(list.all);
    list.open.add(box);
    return box;
  }

  async #member(user: string, what: string, change: Partial<Member> | undefined, { reason }: ReasonOptions = {}): Promise<void> {
    await this.#do(what, user, ...(reason ? [reason] : []));
    const room = this.getSnapshot()?.room;
    const list = room && listOf(room);
    if (!list) return;
    const known = list.all.some(({ key }) => key === user);
    const added: Member = { key: user, person: { id: user, name: user }, membership: "invite", power: 0, ...change };
    list.all = known ? list.all.flatMap((one) => (one.key !== user ? [one] : change ? [{ ...one, ...change }] : [])) : [...list.all, added];
    for (const box of list.open) (box.total = list.all.length), box.put(list.all);
  }

  invite: LiveRoom["invite"] = async (user, options) => {
    if (!user.includes(":")) await wait().then(() => Promise.reject(new AlcoveError("server.refused")));
    if (user.includes("nobody")) await wait().then(() => Promise.reject(new AlcoveError("server.notFound")));
    if (user.includes("blocks")) await wait().then(() => Promise.reject(new AlcoveError("invite.blocked")));
    await this.#member(user, "invite", { membership: "invite" }, options);
  };
  kick: LiveRoom["kick"] = (user, options) => this.#member(user, "kick", undefined, options);
  ban: LiveRoom["ban"] = (user, options) => this.#member(user, "ban", { membership: "ban" }, options);
  unban: LiveRoom["unban"] = (user, options) => this.#member(user, "unban", undefined, options);
  setPower: LiveRoom["setPower"] = (user, power = 0) => this.#member(user, "power", { power });

  async #set(type: string, change: (details: RoomDetails) => Partial<RoomDetails>): Promise<string> {
    await this.#do(type);
    const details = this.getSnapshot();
    if (details) this.changeDetails(change(details));
    return `$${type}`;
  }

  setName: LiveRoom["setName"] = (name) => this.#set("name", ({ room }) => ({ room: { ...room, name } }));
  setTopic: LiveRoom["setTopic"] = (topic) => this.#set("topic", () => ({ topic }));
  setAvatar: LiveRoom["setAvatar"] = () => this.#set("avatar", () => ({}));
  setHistory: LiveRoom["setHistory"] = (history) => this.#set("history", () => ({ history }));
  setAccess: LiveRoom["setAccess"] = async (joinRule, { allow } = {}) => void (await this.#set(`access ${joinRule}`, () => ({ joinRule, ...(allow && { allow }) })));
  setLevels: LiveRoom["setLevels"] = async (levels) => void (await this.#set("levels", (details) => ({ levels: { ...details.levels, ...levels } })));
  setDirect: LiveRoom["setDirect"] = async (user) => {
    await this.#do("direct", user);
    if (user) this.changeRoom({ direct: user });
  };
  setListed: LiveRoom["setListed"] = async (listed) => {
    await this.#do("listed", listed);
    this.#listed = listed;
  };

  pin: LiveRoom["pin"] = async (id) => void (await this.#set(`pin ${id}`, ({ pinned = [] }) => ({ pinned: [...pinned.filter((one) => one !== id), id] })));
  unpin: LiveRoom["unpin"] = async (id) => void (await this.#set(`unpin ${id}`, ({ pinned = [] }) => ({ pinned: pinned.filter((one) => one !== id) })));

  #listed = false;
  #local: string[] = [];

  setAlias: LiveRoom["setAlias"] = async (alias, { main } = {}) => {
    await this.#set("alias", () => (main ? { alias } : {}));
    if (alias.includes("taken")) throw new AlcoveError("server.refused");
    this.#local = [...new Set([...this.#local, alias])];
  };
  removeAlias: LiveRoom["removeAlias"] = async (alias) => {
    await this.#do("removeAlias", alias);
    this.#local = this.#local.filter((one) => one !== alias);
  };
  addresses: LiveRoom["addresses"] = async () => {
    await wait();
    const alias = this.getSnapshot()?.alias;
    return { local: [...new Set([...(alias ? [alias] : []), ...this.#local])], listed: this.#listed };
  };

  upgrade = async ({ version, onProgress }: UpgradeOptions = {}): Promise<string> => {
    const roomId = `!upgraded:example.org`;
    for (let done = 0; done <= 4; done++) {
      await this.#do("upgrade", version, done);
      onProgress?.({ ...(done && { roomId }), progress: { done, total: 4 }, done: done === 4 });
    }
    this.changeDetails({ replacement: { id: roomId, confirmed: true } });
    this.changeRoom({ successor: roomId });
    return roomId;
  };
}
