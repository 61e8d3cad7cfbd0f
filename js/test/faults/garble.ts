// What a broken disk, a crash of the system or a tidy user does to the files
// of a database while no browser runs.
import { closeSync, openSync, readdirSync, rmSync, statSync, truncateSync, writeSync } from "node:fs";
import { join, relative } from "node:path";

export type Random = (below: number) => number;

/** Damage is one way to do harm. It returns in words what was done; undefined where there is nothing to harm. */
export type Damage = { readonly name: string; readonly to: (profile: string, random: Random) => string | undefined };

export const damages: readonly Damage[] = [
  {
    name: "a file is cut",
    to: (profile, random) => {
      const file = pick(filesOf(profile), random);
      if (!file) return undefined;
      const size = random(statSync(file).size + 1);
      truncateSync(file, size);
      return `${relative(profile, file)} has ${size} bytes left`;
    },
  },
  {
    name: "bytes are overwritten",
    to: (profile, random) => {
      const file = pick(filesOf(profile), random);
      if (!file) return undefined;
      const { size } = statSync(file);
      const [at, length] = [random(size || 1), 1 + random(Math.min(4096, size || 1))];
      overwrite(file, at, Buffer.from(Array.from({ length: Math.min(length, size - at) }, () => random(256))));
      return `${relative(profile, file)} has ${length} other bytes at ${at} of ${size}`;
    },
  },
  {
    name: "a file is gone",
    to: (profile, random) => {
      const file = pick(filesOf(profile), random);
      if (!file) return undefined;
      rmSync(file);
      return `${relative(profile, file)} is gone`;
    },
  },
  {
    name: "all files are gone",
    to: (profile) => {
      const folders = foldersOf(profile);
      for (const folder of folders) rmSync(folder, { recursive: true });
      return folders.length > 0 ? folders.map((folder) => relative(profile, folder)).join() : undefined;
    },
  },
];

/** Where Chromium keeps databases. */
function foldersOf(profile: string): string[] {
  const all = join(profile, "Default", "IndexedDB");
  return readdirSync(all).map((name) => join(all, name));
}

/** What a browser writes and never reads. */
const idle = ["LOG", "LOG.old", "LOCK"];

/** filesOf is what there is of databases, but for what is empty. */
function filesOf(profile: string): string[] {
  return foldersOf(profile)
    .flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && !idle.includes(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => statSync(file).size > 0)
    .sort();
}

function overwrite(file: string, at: number, bytes: Buffer): void {
  const handle = openSync(file, "r+");
  writeSync(handle, bytes, 0, bytes.length, at);
  closeSync(handle);
}

function pick<T>(from: readonly T[], random: Random): T | undefined {
  return from[random(from.length)];
}
