// Stands between the browser and everything else, and can be cut like a cable.
import { createServer, request, type IncomingMessage, type OutgoingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** Signing in may answer with another address of the homeserver, which would lead around the gate too. */
async function withoutAddress(reply: IncomingMessage, answer: ServerResponse): Promise<void> {
  let text = "";
  for await (const chunk of reply.setEncoding("utf8")) text += chunk;
  const { well_known: _, ...rest } = JSON.parse(text) as Record<string, unknown>;
  const { "content-length": __, "content-encoding": ___, ...headers } = reply.headers;
  answer.writeHead(reply.statusCode ?? 502, headers).end(JSON.stringify(rest));
}

async function withMore(reply: IncomingMessage, answer: ServerResponse, more: string): Promise<void> {
  let text = "";
  for await (const chunk of reply.setEncoding("utf8")) text += chunk;
  const { "content-length": _, ...headers } = reply.headers;
  answer.writeHead(reply.statusCode ?? 502, headers).end(text + more);
}

export class Gate {
  readonly #ui: string;
  readonly #homeserver: string;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;
  /** What came through, as "PUT /_matrix/…". */
  readonly seen: string[] = [];
  /** What the homeserver has done without the browser's knowing. */
  readonly lost: string[] = [];
  /** Of which requests the answers are lost on their way back. */
  loses: (line: string) => boolean = () => false;
  /** Whether it learns so at once, by a connection that breaks. */
  breaks = false;
  /** What is added to the end of a file of the UI, by path. */
  readonly appended = new Map<string, string>();

  constructor(ui: string, homeserver: string) {
    this.#ui = ui;
    this.#homeserver = homeserver;
  }

  get url(): string {
    return `http://localhost:${this.#port}`;
  }

  /** Lets everything through, at the same address as before. */
  async open(): Promise<void> {
    const server = createServer((incoming, answer) => this.#pass(incoming, answer));
    server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen(this.#port, "127.0.0.1", resolve));
    const address = server.address();
    this.#port = typeof address === "object" && address ? address.port : 0;
    this.#server = server;
  }

  /** Waits until a request has come through, or its answer was lost. */
  async until(wanted: (line: string) => boolean, lines = this.seen): Promise<void> {
    while (!lines.some(wanted)) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  /** Refuses connections, and breaks those that are. */
  async cut(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    const closed = new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #lose(line: string, answer: ServerResponse): void {
    this.lost.push(line);
    if (this.breaks) answer.destroy();
  }

  #pass(incoming: IncomingMessage, answer: ServerResponse): void {
    const path = incoming.url ?? "/";
    const line = `${incoming.method} ${path}`;
    this.seen.push(line);
    if (path === "/config.json") {
      answer.setHeader("content-type", "application/json").end(JSON.stringify({ homeserver: this.url }));
      return;
    }
    // A homeserver that names another address would lead around the gate.
    if (path.startsWith("/.well-known/matrix/")) return void answer.writeHead(404).end();
    const to = path.startsWith("/_matrix/") ? this.#homeserver : this.#ui;
    const headers: OutgoingHttpHeaders = { ...incoming.headers, host: new URL(to).host };
    if (path.endsWith("/login") || this.appended.has(path)) {
      headers["accept-encoding"] = "identity";
      delete headers["if-modified-since"];
      delete headers["if-none-match"];
    }
    const onward = request(new URL(path, to), { method: incoming.method, headers }, (reply) => {
      const more = this.appended.get(path);
      if (more !== undefined) return void withMore(reply, answer, more);
      if (incoming.method === "POST" && path.endsWith("/login")) return void withoutAddress(reply, answer);
      if (this.loses(line)) return void reply.resume().on("end", () => this.#lose(line, answer));
      answer.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(answer);
    });
    onward.on("error", () => answer.destroy());
    answer.on("close", () => onward.destroy());
    incoming.pipe(onward);
  }
}
