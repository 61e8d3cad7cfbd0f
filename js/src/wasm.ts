import type { BootProgress } from "./boot.js";

const wasmType = "application/wasm";

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
  let compiled = false; // the copy that is counted may lag behind
  const program = counted(await load(url), (loaded, total) => compiled || progress({ stage: "fetch", loaded, ...total }));
  try {
    if (WebAssembly.compileStreaming) return await WebAssembly.compileStreaming(program);
    const bytes = await program.arrayBuffer();
    return await WebAssembly.compile(bytes);
  } catch (error) {
    const broken = error instanceof WebAssembly.CompileError;
    throw new NoProgram(`${url} ${broken ? "is no WebAssembly" : "broke off"} (${String(error)})`, !broken);
  } finally {
    compiled = true;
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

type Report = (loaded: number, total?: { total: number }) => unknown;

/**
 * counted is the program, of which the bytes are reported as they come. Their
 * total is known only of a body that was not compressed.
 *
 * Browsers keep the code that they compiled of a response from the network, and
 * of no other: such a one is left as it is, and the bytes are counted on a copy.
 * They compile none that is not typed, so what a server typed wrongly is renamed.
 */
function counted(response: Response, report: Report): Response {
  const typed = response.headers.get("content-type") === wasmType;
  const counter = count(response, report);
  const body = (typed ? response.clone() : response).body?.pipeThrough(counter);
  if (!typed) return new Response(body ?? null, { headers: { "content-type": wasmType } });
  body?.pipeTo(new WritableStream()).catch(() => {}); // the program itself tells of it
  return response;
}

function count({ headers }: Response, report: Report): ReadableWritablePair<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  const length = Number(headers.get("content-length"));
  const known = length > 0 && !headers.get("content-encoding");
  let loaded = 0;
  return new TransformStream({
    transform(chunk, out) {
      loaded += chunk.byteLength;
      report(loaded, known && loaded <= length ? { total: length } : undefined);
      out.enqueue(chunk);
    },
  });
}
