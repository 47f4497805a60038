import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const CACHE = join(import.meta.dirname, "../../node_modules/.cache");
const TIMEOUT = 300_000;

/** A persistent folder. A second run installs nothing. */
export function onDemandFolder(name: string): string {
  return join(CACHE, name);
}

export interface OnDemand {
  /** The folder's name in node_modules/.cache. */
  readonly name: string;
  /** Exact versions, without peers that this repository has. */
  readonly packages: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/**
 * Installs packages that only one command needs and that are too big for `npm ci`. Does not run install scripts.
 *
 * @returns their folder
 */
export async function installOnDemand({ name, packages, signal }: OnDemand): Promise<string> {
  const folder = onDemandFolder(name);
  const wanted = Object.entries(packages);
  if (wanted.every(([each, version]) => installedIn(folder, each) === version)) return folder;
  const named = wanted.map(([each, version]) => `${each}@${version}`);
  process.stderr.write(`installing ${named.join(" ")} into ${folder}\n`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--save-exact"];
  const args = ["install", "--legacy-peer-deps", ...quiet, ...named];
  const options = { cwd: folder, timeout: TIMEOUT, ...(signal === undefined ? {} : { signal }) };
  await promisify(execFile)("npm", args, options);
  return folder;
}

function installedIn(folder: string, name: string): string | undefined {
  try {
    const path = join(folder, "node_modules", name, "package.json");
    return (JSON.parse(readFileSync(path, "utf8")) as { version: string }).version;
  } catch {
    return undefined;
  }
}
