import type { BootProgress } from "./boot.js";

/** A program that could not be had. recoverable: the network, not the file. */
export class NoProgram extends Error {
  readonly recoverable: boolean;

  constructor(message: string, recoverable: boolean) {
    super(message);
    this.recoverable = recoverable;
  }
}

/** compile fetches and compiles a WebAssembly program at the same time, where the browser can. */
export async function compile(url: string, progress: (step: BootProgress) => void): Promise<WebAssembly.Module> {
  const response = await load(url);
  const counted = count(response, (loaded, total) => progress({ stage: "fetch", loaded, ...total }));
  try {
    // A response of our own, so that the server's content type does not matter.
    if (WebAssembly.compileStreaming) return await WebAssembly.compileStreaming(counted);
    const bytes = await counted.arrayBuffer();
    return await WebAssembly.compile(bytes);
  } catch (error) {
    const broken = error instanceof WebAssembly.CompileError;
    throw new NoProgram(`${url} ${broken ? "is no WebAssembly" : "broke off"} (${String(error)})`, !broken);
  }
}

async function load(url: string): Promise<Response> {
  const response = await fetch(url).catch((error: unknown) => {
    throw new NoProgram(`${url} cannot be fetched (${String(error)})`, true);
  });
  if (!response.ok) throw new NoProgram(`${url} answers with status ${response.status}`, response.status >= 500);
  if (response.headers.get("content-type")?.startsWith("text/html"))
    throw new NoProgram(`${url} is an HTML page`, false);
  return response;
}

/** count reports the bytes as they come. Their total is known only of a body that was not compressed. */
function count(response: Response, report: (loaded: number, total?: { total: number }) => void): Response {
  const length = Number(response.headers.get("content-length"));
  const known = length > 0 && !response.headers.get("content-encoding");
  let loaded = 0;
  const counter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, out) {
      loaded += chunk.byteLength;
      report(loaded, known && loaded <= length ? { total: length } : undefined);
      out.enqueue(chunk);
    },
  });
  const body = response.body?.pipeThrough(counter as ReadableWritablePair<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>);
  return new Response(body ?? null, { headers: { "content-type": "application/wasm" } });
}
