// Lays a .br and a .gz beside every file that shrinks, for a server that sends
// them as they are. Brotli at its best takes seconds for the core, so results
// are kept by content.
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Plugin } from "vite";

const kinds = /\.(html|js|css|svg|wasm|webmanifest|txt)$/;
const smallest = 1_000;
/** In the name of what is kept: another way to compress is another file. */
const way = "q11-g9";

export function compress(cache: string): Plugin {
  return {
    name: "compress",
    apply: "build",
    enforce: "post",
    async closeBundle() {
      const dir = this.environment.config.build.outDir;
      mkdirSync(cache, { recursive: true });
      const files = readdirSync(dir, { recursive: true, encoding: "utf8" }).filter((file) => kinds.test(file));
      await Promise.all(files.map((file) => compressFile(join(dir, file), cache)));
    },
  };
}

async function compressFile(file: string, cache: string): Promise<void> {
  const data = readFileSync(file);
  if (data.length < smallest) return;
  const kept = join(cache, `${createHash("sha256").update(data).digest("hex")}-${way}`);
  if (!existsSync(`${kept}.gz`)) {
    writeFileSync(`${kept}.br`, await promisify(brotliCompress)(data, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: data.length } }));
    writeFileSync(`${kept}.gz`, await promisify(gzip)(data, { level: 9 }));
  }
  for (const end of [".br", ".gz"]) copyFileSync(kept + end, file + end);
}
