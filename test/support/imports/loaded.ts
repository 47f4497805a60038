import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path/posix";
import { parseSync } from "oxc-parser";

/** The source files that a program loads before it begins: its static imports and theirs, without those of types alone. */
export function loadedBy(root: string, path: string, seen = new Set<string>()): Set<string> {
  if (seen.has(path)) return seen;
  seen.add(path);
  const { staticImports, staticExports } = parseSync(
    path,
    readFileSync(join(root, path), "utf8"),
  ).module;
  const imported = staticImports
    .filter(({ entries }) => entries.length === 0 || entries.some(({ isType }) => !isType))
    .map(({ moduleRequest }) => moduleRequest.value);
  const passedOn = staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ isType, moduleRequest }) =>
      isType || moduleRequest === null ? [] : [moduleRequest.value],
    ),
  );
  for (const specifier of [...imported, ...passedOn]) {
    if (specifier.startsWith(".")) loadedBy(root, normalize(join(dirname(path), specifier)), seen);
  }
  return seen;
}
