// Builds the UI into build/out/web; with `--mode fake`, with the fake client
// in the place of the package, into build/out/web-fake.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { compress } from "./plugins/compress.js";
import { contentSecurityPolicy } from "./plugins/csp.js";
import { emojiData } from "./plugins/emoji.js";
import { serviceWorker } from "./plugins/service-worker.js";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig(({ mode }) => {
  const fake = mode === "fake";
  return {
    root: at("."),
    resolve: {
      alias: [{ find: /^alcove$/, replacement: at(fake ? "./dev/fake.ts" : "../build/out/package/index.js") }],
    },
    build: {
      outDir: at(fake ? "../build/out/web-fake" : "../build/out/web"),
      emptyOutDir: true,
      target: ["chrome123", "firefox128", "safari17.5"],
      assetsInlineLimit: 0,
      sourcemap: fake,
      reportCompressedSize: false,
      modulePreload: { polyfill: false },
    },
    plugins: [contentSecurityPolicy(), emojiData(), ...(fake ? [] : [serviceWorker(at("./src/sw.ts")), compress(at("../build/out/cache"))])],
    logLevel: "warn",
  };
});
