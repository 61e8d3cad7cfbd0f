import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { until } from "./lines.js";

/** Gate is the way to the homeserver; a closed one lets no sync through. */
export class Gate {
  open = true;

  /** Holds syncs back while closed. What comes to one that was under way is as if it never came. */
  fetch: typeof fetch = async (input, init) => {
    const url = String(input instanceof Request ? input.url : input);
    if (!url.includes("/_matrix/client/v3/sync")) return fetch(input, init);
    for (;;) {
      await until(() => this.open || init?.signal?.aborted);
      const answer = await fetch(input, init);
      const body = await answer.arrayBuffer();
      if (this.open) return new Response(body, answer);
    }
  };

  /** Serves the homeserver through the gate to a client that has a network of its own. */
  async serve(homeserver: string): Promise<{ readonly url: string; close(): void }> {
    const server = createServer((request, response) => void this.#pass(homeserver, request, response).catch(() => response.destroy()));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    return {
      url: `http://127.0.0.1:${port}`,
      close: () => {
        server.closeAllConnections();
        server.close();
      },
    };
  }

  async #pass(homeserver: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const headers = new Headers();
    for (const name of ["authorization", "content-type"]) if (request.headers[name]) headers.set(name, String(request.headers[name]));
    const body = parts.length > 0 ? Buffer.concat(parts) : null;
    const answer = await this.fetch(homeserver + request.url, { method: request.method ?? "GET", headers, body, signal: gone.signal });
    response.statusCode = answer.status;
    for (const name of ["content-type", "retry-after"]) if (answer.headers.has(name)) response.setHeader(name, answer.headers.get(name) ?? "");
    response.end(Buffer.from(await answer.arrayBuffer()));
  }
}
