// Bundles the pages that are measured into build/out/bench/page, each client as
// its app would ship it.
//
//   node build/bench/bundle.mjs

import { copyFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { loader } from "../goroot.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(dirname(here));
const out = join(root, "build/out/bench/page");
const page = (name) => join(here, "page", name);
const common = { outdir: out, bundle: true, minify: true, legalComments: "none", target: "es2022", logLevel: "warning" };

/** The store's worker needs a part of the SDK; the rest, which nothing says may be left out, would be five times that. */
const lean = {
  name: "lean",
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^\./ }, async ({ path, pluginData, importer, ...args }) => {
      if (pluginData === lean || !importer.includes("/matrix-js-sdk/lib/")) return undefined;
      return { ...(await resolve(path, { ...args, importer, pluginData: lean })), sideEffects: importer.endsWith("/indexeddb-worker.js") };
    });
  },
};

await build({ ...common, entryPoints: ["alcove.js", "jssdk.js", "cryptoalcove.js", "cryptojssdk.js", "handover.js", "start.js"].map(page), format: "esm", external: ["/package/*"] });
await build({ ...common, entryPoints: [page("jssdkstore.js")], format: "iife", plugins: [lean] });
await build({ ...common, entryPoints: [page("cryptoworker.js")], format: "iife", alias: { "go:wasm_exec": loader } });
for (const name of ["alcove.html", "jssdk.html", "cryptoalcove.html", "cryptojssdk.html", "handover.html", "start.html"]) copyFileSync(page(name), join(out, name));

// The bundle looks for it in this folder beside itself.
mkdirSync(join(out, "pkg"), { recursive: true });
const wasm = "pkg/matrix_sdk_crypto_wasm_bg.wasm";
copyFileSync(join(root, "node_modules/@matrix-org/matrix-sdk-crypto-wasm", wasm), join(out, wasm));
