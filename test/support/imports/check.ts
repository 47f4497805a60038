import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Ban, Layered } from "./layers.ts";
import { againstBans, againstLayers } from "./layers.ts";
import type { Module } from "./modules.ts";

/** Folders with source files; those at the root count too. */
const FOLDERS = ["stacks", "runtime/src", "harness", "test"];

/** Paths of all TypeScript sources, from `root`. */
export function sourcesOf(root: string): string[] {
  const inFolders = FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map(
      (path) => `${folder}/${path}`,
    ),
  );
  return [...readdirSync(root), ...inFolders].filter((path) => path.endsWith(".ts")).toSorted();
}

export interface Directions {
  readonly layered: readonly Layered[];
  readonly bans: readonly Ban[];
}

/** What a check of imports found. */
export interface ImportReport {
  /** A line each; empty when every import is allowed. */
  readonly problems: readonly string[];
  /** How much was read, and how much of it is wrong. */
  readonly summary: string;
}

/** Checks every import against the directions. To have read nothing is a problem too. */
export function checkImports(
  modules: readonly Module[],
  { layered, bans }: Directions,
): ImportReport {
  const count = modules.reduce(
    (sum, { files, packages }) => sum + files.length + packages.length,
    0,
  );
  const problems = [
    ...(count === 0 ? ["no import was read"] : []),
    ...layered.flatMap((each) => againstLayers(modules, each)),
    ...againstBans(modules, bans),
  ];
  const summary = `${modules.length} modules, ${count} imports read, ${problems.length} problems`;
  return { problems, summary };
}
