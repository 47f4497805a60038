import { relative } from "node:path/posix";
import type { Module } from "./modules.ts";

/**
 * A folder and its parts from the bottom to the top. A part may import parts of lower layers, and
 * nothing else of its folder: no part of its own layer, and none above.
 */
export interface Layered {
  /** From the repository's root; `.` is the root itself. */
  readonly folder: string;
  /** Names in the folder: `config` for all that is in `config/`, or a file such as `index.ts`. */
  readonly layers: readonly (readonly string[])[];
}

/** Files that must not import others, and why. */
export interface Ban {
  readonly from: RegExp;
  /** Paths from the repository's root, or names of packages. */
  readonly to: RegExp;
  readonly reason: string;
}

/** An import from one part of a folder to another. */
export interface Edge {
  readonly from: string;
  readonly to: string;
}

/** Every import that goes against the layers of a folder, a line each; and every part without a layer. */
export function againstLayers(modules: readonly Module[], { folder, layers }: Layered): string[] {
  const heights = new Map(layers.flatMap((parts, height) => parts.map((part) => [part, height])));
  const parts = new Set(modules.flatMap(({ path }) => partOf(path, folder) ?? []));
  const unknown = [...parts].filter((part) => !heights.has(part));
  const gone = [...heights.keys()].filter((part) => !parts.has(part));
  return [
    ...unknown.map((part) => `${part} in ${folder}/ is in no layer`),
    ...gone.map((part) => `${part} is in a layer of ${folder}/, and no module is in it`),
    ...importsBetween(modules, folder)
      .filter(({ from, to }) => (heights.get(to) ?? -1) >= (heights.get(from) ?? 0))
      .map(
        ({ importer, imported, from, to }) =>
          `${importer} imports ${imported}: ${from} is not above ${to}`,
      ),
  ];
}

/** Every import that a ban forbids, a line each; and every ban that is about no module. */
export function againstBans(modules: readonly Module[], bans: readonly Ban[]): string[] {
  return bans.flatMap(({ from, to, reason }) => {
    const importers = modules.filter(({ path }) => from.test(path));
    if (importers.length === 0) return [`no module is ${from}: ${reason}`];
    return importers.flatMap(({ path, files, packages }) =>
      [...files, ...packages]
        .filter((imported) => to.test(imported))
        .map((imported) => `${path} imports ${imported}: ${reason}`),
    );
  });
}

/** Which part of a folder imports which, each pair once. */
export function edgesOf(modules: readonly Module[], folder: string): Edge[] {
  const edges = importsBetween(modules, folder).map(({ from, to }) => [
    `${from} ${to}`,
    { from, to },
  ]);
  return [...new Map(edges as [string, Edge][]).values()];
}

function importsBetween(modules: readonly Module[], folder: string) {
  return modules.flatMap(({ path: importer, files }) => {
    const from = partOf(importer, folder);
    if (from === undefined) return [];
    return files.flatMap((imported) => {
      const to = partOf(imported, folder);
      return to === undefined || to === from ? [] : [{ importer, imported, from, to }];
    });
  });
}

/** `config` of `stacks/config/names.ts` in `stacks`; undefined outside of the folder. */
function partOf(path: string, folder: string): string | undefined {
  const inside = relative(folder, path);
  return inside.startsWith("../") ? undefined : inside.split("/")[0];
}
