// A homeserver whose answers fail as a test wants: the other end of
// build/faultproxy, and raw HTTP to look at what the server really has.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

/** A rule of build/faultproxy/rule.go; what is absent is its zero value. */
export type Rule = {
  readonly method?: string;
  readonly path: string;
  /** A user id. */
  readonly user?: string;
  readonly skip?: number;
  readonly times?: number;
  readonly act: "fail" | "drop" | "endless" | "delay" | "hold" | "double" | "swap" | "lose" | "cut" | "rewrite" | "holdAnswer" | "swapAnswer";
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly bytes?: number;
  readonly ms?: number;
  /** What to rewrite, a regular expression, and by what; $1 is its first group. */
  readonly find?: string;
  readonly replace?: string;
};

/** A request that waits for {@link Server.release}. */
export type Held = { readonly id: number; readonly method: string; readonly path: string; readonly status: number; readonly body: string };

/** What the homeserver heard and answered; a tap of build/faultproxy/tap.go wrote it down. */
export type Tapped = { readonly path: string; readonly body: string; readonly status: number; readonly answer: string };

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
type Answer = { readonly [name: string]: Json };

export const everything = "^/(_matrix|\\.well-known)/";
export const sync = "^/_matrix/client/v3/sync";
export const sending = "/send/m\\.room\\.(message|encrypted)/";

/** Server is one faultproxy with its sandbox. */
export class Server {
  readonly origin: string;
  readonly #control: string;
  readonly #end: () => Promise<unknown>;

  private constructor(origin: string, control: string, end: () => Promise<unknown>) {
    this.origin = origin;
    this.#control = control;
    this.#end = end;
  }

  static async start(): Promise<Server> {
    const web = join(root, "build/out/package");
    for (const file of ["index.js", "worker.js", "alcove.wasm"]) {
      if (!existsSync(join(web, file))) throw new Error(`${file} is not built; run make build`);
    }
    const program = join(root, "build/out/faultproxy");
    execFileSync("go", ["build", "-o", program, "./build/faultproxy"], { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
    const child = spawn(program, ["-web", web], { stdio: ["pipe", "pipe", "inherit"] });
    const ended = once(child, "exit");
    for await (const line of createInterface(child.stdout)) {
      const { origin, control } = JSON.parse(line) as { origin: string; control: string };
      return new Server(origin, control, () => (child.stdin.end(), ended));
    }
    throw new Error("build/faultproxy ended");
  }

  /** named is the same server at another host name, which the browser must be told of. */
  named(host: string): Server {
    return new Server(this.origin.replace("127.0.0.1", host), this.#control, () => Promise.resolve());
  }

  close(): Promise<unknown> {
    return this.#end();
  }

  /** rule adds a rule before all others. */
  async rule(rule: Rule): Promise<number> {
    return ((await this.#ask("POST", "/rules", JSON.stringify(rule))) as { id: number }).id;
  }

  async hits(rule: number): Promise<number> {
    return ((await this.#ask("GET", `/rules/${rule}`)) as { hits: number }).hits;
  }

  /** held waits for the next request that a rule holds. */
  async held(rule: number): Promise<Held> {
    return (await this.#ask("GET", `/rules/${rule}/held`)) as Held;
  }

  /** release lets a held request go on, with another answer if there is one. */
  async release(held: Held, answer?: { status?: number; body: string } | "drop"): Promise<void> {
    const how = answer === "drop" ? "?drop" : answer ? `?status=${answer.status ?? 200}` : "";
    await this.#ask("POST", `/held/${held.id}${how}`, typeof answer === "object" ? answer.body : undefined);
  }

  /** clear removes all rules. */
  async clear(): Promise<void> {
    await this.#ask("DELETE", "/rules");
  }

  /** tap writes down all such requests from now on. The path is a regular expression. */
  async tap(method: string, path: string): Promise<number> {
    return ((await this.#ask("POST", "/taps", JSON.stringify({ method, path }))) as { id: number }).id;
  }

  async tapped(tap: number): Promise<readonly Tapped[]> {
    return (await this.#ask("GET", `/taps/${tap}`)) as Tapped[];
  }

  /** direct is the homeserver's address past all rules and taps. */
  get direct(): string {
    return this.#control;
  }

  /** cutOff is the network gone, for the homeserver alone: the page itself still loads. */
  async cutOff(): Promise<void> {
    await this.rule({ path: everything, act: "drop" });
    await this.#ask("POST", "/sever");
  }

  async #ask(method: string, path: string, body?: string): Promise<unknown> {
    const answer = await fetch(this.#control + path, { method, ...(body !== undefined && { body }) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  /** account registers a user and returns who speaks in their name, whatever the rules are. */
  async account(name: string): Promise<Person> {
    const auth = { type: "m.login.dummy" };
    const made = await request(this.#control, undefined, "POST", "/register", { username: name, password: `${name} secret`, auth });
    return new Person(this.#control, name, String(made["user_id"]), String(made["access_token"]));
  }
}

async function request(origin: string, token: string | undefined, method: string, path: string, body?: Json): Promise<Answer> {
  const headers = { ...(token && { Authorization: `Bearer ${token}` }), "Content-Type": "application/json" };
  const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
  const answer = await fetch(`${origin}/_matrix/client/v3${path}`, init);
  const read = (await answer.json()) as Answer;
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(read)}`);
  return read;
}

export type RoomEvent = { readonly id: string; readonly sender: string; readonly content: Json; readonly raw: Answer };
export type Said = { readonly id: string; readonly sender: string; readonly body: string };

/** Person is an account used by plain HTTP. */
export class Person {
  readonly name: string;
  readonly id: string;
  readonly password: string;
  readonly #origin: string;
  readonly #token: string;
  #txn = 0;

  constructor(origin: string, name: string, id: string, token: string) {
    this.#origin = origin;
    this.name = name;
    this.id = id;
    this.password = `${name} secret`;
    this.#token = token;
  }

  ask(method: string, path: string, body?: Json): Promise<Answer> {
    return request(this.#origin, this.#token, method, path, body);
  }

  /** room makes a room that others are in as well. */
  async room(name: string, ...others: readonly Person[]): Promise<string> {
    const made = await this.ask("POST", "/createRoom", { name, preset: "public_chat" });
    const room = String(made["room_id"]);
    for (const other of others) await other.ask("POST", `/join/${encodeURIComponent(room)}`, {});
    return room;
  }

  /** listed is the names of all rooms that anybody may find. */
  async listed(): Promise<string[]> {
    const { chunk } = await this.ask("GET", "/publicRooms?limit=100000");
    return (chunk as readonly Answer[]).map((room) => String(room["name"]));
  }

  async say(room: string, body: string): Promise<string> {
    return this.send(room, { msgtype: "m.text", body });
  }

  async send(room: string, content: Json): Promise<string> {
    const path = `/rooms/${encodeURIComponent(room)}/send/m.room.message/${this.name}${this.#txn++}`;
    return String((await this.ask("PUT", path, content))["event_id"]);
  }

  /** heard is every message of a room, oldest first, as the server has them. */
  async heard(room: string): Promise<Said[]> {
    const events = await this.events(room, "m.room.message");
    return events.map(({ id, sender, content }) => ({ id, sender, body: String((content as Answer)["body"]) }));
  }

  /** events is every event of a type in a room, oldest first. */
  async events(room: string, type: string): Promise<RoomEvent[]> {
    const all: RoomEvent[] = [];
    for (let from = ""; ; ) {
      const query = `dir=b&limit=1000${from && `&from=${encodeURIComponent(from)}`}`;
      const page = await this.ask("GET", `/rooms/${encodeURIComponent(room)}/messages?${query}`);
      for (const event of page["chunk"] as readonly Answer[]) {
        if (event["type"] !== type) continue;
        all.push({ id: String(event["event_id"]), sender: String(event["sender"]), content: event["content"] ?? null, raw: event });
      }
      const end = page["end"];
      if (typeof end !== "string") return all.reverse();
      from = end;
    }
  }
}
