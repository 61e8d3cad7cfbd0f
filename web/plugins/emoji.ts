// Makes the module "virtual:emoji" of emojibase's data: what a picker and
// shortcodes need of it, a tenth of the whole.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Plugin } from "vite";

const name = "virtual:emoji";
const { resolve } = createRequire(import.meta.url);
const read = <T>(file: string): T => JSON.parse(readFileSync(resolve(`emojibase-data/${file}`), "utf8")) as T;

type Emoji = { readonly emoji: string; readonly version: number; readonly hexcode: string; readonly label: string; readonly group?: number; readonly order?: number; readonly tags?: readonly string[] };

export function emojiData(): Plugin {
  return {
    name: "emoji-data",
    resolveId: (id) => (id === name ? `\0${name}` : undefined),
    load: (id) => (id === `\0${name}` ? `export default JSON.parse(${JSON.stringify(JSON.stringify(rows()))});` : undefined),
  };
}

/** Of a later version of Unicode, systems in use draw nothing. */
const newest = 15.1;

/** [emoji, group, label, shortcodes, tags], in the usual order. */
function rows(): unknown[] {
  const codes = read<Readonly<Record<string, string | readonly string[]>>>("en/shortcodes/github.json");
  return read<readonly Emoji[]>("en/data.json")
    .filter(({ group, order, version }) => version <= newest && group !== undefined && group !== 2 && order !== undefined) // 2: parts of others
    .sort((a, b) => (a.order ?? 0) - (b.order ?? 0))
    .map(({ emoji, hexcode, label, group, tags = [] }) => [emoji, group, label, [codes[hexcode] ?? []].flat().join(" "), tags.join(" ")]);
}
