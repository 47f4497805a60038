import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

const MODULES = join(import.meta.dirname, "../../../node_modules");

/** What `npm ci` takes on the disk, and CDKTF's part of it, in bytes. */
export async function installedSize(modules = MODULES): Promise<{ all: number; cdktf: number }> {
  const packages = await readdir(modules);
  const sizes = await Promise.all(packages.map(async (name) => sizeOf(join(modules, name))));
  const sum = (wanted: (name: string) => boolean): number =>
    packages.reduce((total, name, at) => total + (wanted(name) ? (sizes[at] ?? 0) : 0), 0);
  return { all: sum(() => true), cdktf: sum((name) => /^(@cdktf$|cdktf)/.test(name)) };
}

/** Blocks of a file, or of all in a folder; links count as themselves. */
async function sizeOf(path: string): Promise<number> {
  const { blocks } = await lstat(path);
  let size = blocks * 512;
  for (const entry of await readdir(path, { withFileTypes: true }).catch(() => [])) {
    const inner = join(path, entry.name);
    size += entry.isDirectory() ? await sizeOf(inner) : (await lstat(inner)).blocks * 512;
  }
  return size;
}
