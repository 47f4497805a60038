import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path/posix";
import { parseSync, Visitor } from "oxc-parser";

/** A source file and everything it imports, types included. */
export interface Module {
  /** From the repository's root, as `stacks/index.ts`. */
  readonly path: string;
  /** Paths of the files it imports, from the repository's root. */
  readonly files: readonly string[];
  /** Names of the packages it imports, as written: `cdktf`, `srv-dialer/ioredis`, `node:net`. */
  readonly packages: readonly string[];
}

/**
 * @param root the repository's folder
 * @param paths source files, from there
 * @throws Error when a file cannot be read or parsed
 */
export function readModules(root: string, paths: readonly string[]): Module[] {
  return paths.map((path) => moduleOf(path, readFileSync(join(root, path), "utf8")));
}

/** @throws Error when `source` cannot be parsed */
export function moduleOf(path: string, source: string): Module {
  const specifiers = [...new Set(specifiersIn(path, source))];
  return {
    path,
    files: specifiers.filter(isFile).map((specifier) => normalize(join(dirname(path), specifier))),
    packages: specifiers.filter((specifier) => !isFile(specifier)),
  };
}

const isFile = (specifier: string): boolean => /^\.\.?(\/|$)/.test(specifier);

/** What stands behind `from` and in `import(...)`. */
function specifiersIn(path: string, source: string): string[] {
  const parsed = parseSync(path, source);
  const { module, errors } = parsed;
  const [error] = errors;
  if (error !== undefined) throw new Error(`${path}: ${error.message}`);
  const exported = module.staticExports.flatMap(({ entries }) => entries);
  const specifiers = [...module.staticImports, ...exported].flatMap(
    ({ moduleRequest }) => moduleRequest?.value ?? [],
  );
  // Few files have one, and the tree of a file takes far longer than its imports.
  if (!/\bimport\s*\(/.test(source)) return specifiers;
  new Visitor({
    ImportExpression: ({ source: from }) => {
      if (from.type === "Literal" && typeof from.value === "string") specifiers.push(from.value);
    },
    TSImportType: ({ source: from }) => {
      specifiers.push(from.value);
    },
  }).visit(parsed.program);
  return specifiers;
}
