// Builds the service worker once the other files are known, with the list of
// them inside.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { build } from "esbuild";
import type { Plugin } from "vite";

export function serviceWorker(entry: string): Plugin {
  return {
    name: "service-worker",
    apply: "build",
    async writeBundle({ dir = "" }) {
      const files = filesIn(dir);
      const shell = files.map((file) => (file === "index.html" ? "/" : `/${file}`));
      await build({
        entryPoints: [entry],
        outfile: join(dir, "sw.js"),
        bundle: true,
        minify: true,
        format: "iife",
        target: "es2022",
        logLevel: "warning",
        define: { SHELL: JSON.stringify(shell), VERSION: JSON.stringify(versionOf(dir, files)) },
      });
    },
  };
}

function filesIn(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/(\.map|\.br|\.gz|^sw\.js)$/.test(entry.name))
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
}

function versionOf(dir: string, files: readonly string[]): string {
  const hash = createHash("sha256");
  for (const file of files) hash.update(file).update("\0").update(readFileSync(join(dir, file)));
  return hash.digest("hex").slice(0, 16);
}
