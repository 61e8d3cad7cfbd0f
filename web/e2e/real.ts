// The built UI with the real core, on the sandbox or, by
// ALCOVE_HOMESERVER=synapse, on Synapse; or on any other homeserver whose
// address it names and that lets anyone register.
import assert from "node:assert/strict";
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline";
import { createServer } from "node:net";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { Gate } from "./gate.js";
import { Browser, root, type Options } from "./harness.js";

const password = "correct horse battery";

/** A homeserver, the UI and a gate before them. */
export class World {
  readonly gate: Gate;
  readonly #homeserver: string;
  readonly #stop: () => void;

  private constructor(ui: string, homeserver: string, stop: () => void) {
    this.gate = new Gate(ui, homeserver);
    this.#homeserver = homeserver;
    this.#stop = stop;
  }

  static async start(): Promise<World> {
    const wanted = process.env["ALCOVE_HOMESERVER"] ?? "sandbox";
    const other = wanted === "synapse" ? await startSynapse() : { url: wanted, stop: () => {} };
    const sandbox = wanted === "sandbox";
    const ui = await startServe(sandbox ? {} : { HOMESERVER: other.url });
    const world = new World(ui.url, sandbox ? ui.url : other.url, () => {
      ui.stop();
      other.stop();
    });
    await world.gate.open();
    return world;
  }

  async stop(): Promise<void> {
    await this.gate.cut();
    this.#stop();
  }

  /** Registers an account of which no other test knows. */
  async account(name: string): Promise<Account> {
    const username = `${name}-${randomUUID().slice(0, 8)}`;
    const body = { username, password, auth: { type: "m.login.dummy" } };
    const { user_id, access_token } = await call(this.#homeserver, "", "POST", "/_matrix/client/v3/register", body);
    return new Account(this.#homeserver, String(user_id), username, String(access_token));
  }
}

type Json = Record<string, unknown>;

async function call(server: string, token: string, method: string, path: string, body?: Json): Promise<Json> {
  const response = await fetch(new URL(path, server), {
    method,
    headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as Json;
  assert.ok(response.ok, `${method} ${path}: ${JSON.stringify(answer)}`);
  return answer;
}

/** An account as another client would use it: plain requests, no core. */
export class Account {
  readonly password = password;
  readonly server: string;
  readonly id: string;
  readonly username: string;
  readonly #token: string;
  #sent = 0;

  constructor(server: string, id: string, username: string, token: string) {
    this.server = server;
    this.id = id;
    this.username = username;
    this.#token = token;
  }

  call(method: string, path: string, body?: Json): Promise<Json> {
    return call(this.server, this.#token, method, `/_matrix/client/v3/${path}`, body);
  }

  async createRoom(name: string, invite: readonly Account[] = []): Promise<string> {
    const { room_id } = await this.call("POST", "createRoom", { name, preset: "private_chat", invite: invite.map(({ id }) => id) });
    return String(room_id);
  }

  async join(room: string): Promise<void> {
    await this.call("POST", `join/${encodeURIComponent(room)}`, {});
  }

  say(room: string, body: string): Promise<string> {
    return this.send(room, "m.room.message", { msgtype: "m.text", body });
  }

  /** Sends an event, and gives its id. */
  async send(room: string, type: string, content: Json): Promise<string> {
    const { event_id } = await this.call("PUT", `rooms/${encodeURIComponent(room)}/send/${type}/t${++this.#sent}`, content);
    return String(event_id);
  }

  /** The bodies of a room's newest messages, oldest first. */
  async read(room: string): Promise<string[]> {
    const { chunk } = await this.call("GET", `rooms/${encodeURIComponent(room)}/messages?dir=b&limit=100`);
    return (chunk as { content: { body?: string } }[]).flatMap(({ content }) => content.body ?? []).reverse();
  }
}

/** Opens the UI and signs in. */
export async function signIn(world: World, account: Account, options: Options = {}): Promise<Browser> {
  const browser = new Browser();
  await browser.open(options);
  const { page } = browser;
  await page.goto(world.gate.url);
  await page.getByLabel("User name").fill(account.username);
  await page.getByLabel("Password").fill(account.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "New conversation" }).waitFor();
  return browser;
}

export const openRoom = async (page: Page, name: string): Promise<void> => {
  await page.locator(".room-link", { hasText: name }).click();
  await page.getByRole("heading", { name, level: 1 }).waitFor();
};

export const write = async (page: Page, text: string): Promise<void> => {
  await page.getByLabel("Message to").fill(text);
  await page.keyboard.press("Enter");
};

export const message = (page: Page, text: string) => page.locator(".row .text", { hasText: text });

export async function makeRecoveryKey(page: Page, account: Account): Promise<string> {
  await page.getByRole("button", { name: "Make a recovery key" }).click();
  return keepKey(page, account);
}

/** Takes the recovery key that is being made. Servers differ in whether they ask for the password. */
export async function keepKey(page: Page, { password }: Account): Promise<string> {
  const asked = page.getByLabel("Your account’s password");
  const made = page.getByRole("textbox", { name: "Recovery key" });
  await asked.or(made).waitFor();
  if (await asked.isVisible()) {
    await asked.fill(password);
    await asked.press("Enter");
  }
  const key = await made.inputValue();
  await page.getByRole("button", { name: "I have kept it" }).click();
  return key;
}

function goBuild(name: string): string {
  const out = join(root, "build/out", name);
  execFileSync("go", ["build", "-o", out, `./build/${name}`], { cwd: root, stdio: "inherit", env: { ...process.env, GOFLAGS: "-tags=goolm" } });
  return out;
}

async function startServe(env: Record<string, string>): Promise<{ url: string; stop(): void }> {
  const child = spawn(goBuild("serve"), [], { cwd: root, env: { ...process.env, PORT: String(await freePort()), ...env }, stdio: ["ignore", "pipe", "inherit"] });
  const url = await lineWith(child, /Alcove is at (\S+)/);
  return { url, stop: () => void child.kill() };
}

async function startSynapse(): Promise<{ url: string; stop(): void }> {
  const child = spawn(goBuild("homeserver"), [], { cwd: root, stdio: ["pipe", "pipe", "inherit"] });
  const url = await lineWith(child, /"url":\s*"([^"]+)"/);
  return { url, stop: () => void child.stdin?.end() };
}

function lineWith(child: ChildProcess, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`${child.spawnfile} ended with ${code}`)));
    if (!child.stdout) return reject(new Error("no output"));
    createInterface(child.stdout).on("line", (line) => {
      const found = pattern.exec(line)?.[1];
      if (found) resolve(found);
    });
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
