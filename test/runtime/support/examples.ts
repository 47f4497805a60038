// The examples of the package's docstrings.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const SOURCES = join(import.meta.dirname, "../../../runtime/src");

/** An example, and the name that it documents. */
export interface Example {
  readonly name: string;
  readonly code: string;
}

/** A docstring with an example, and the exported name after it. */
const DOCUMENTED =
  /^\/\*\*\n(?: \*.*\n)*? \* @example\n((?: \*(?! @).*\n)+)(?: \*.*\n)* \*\/\nexport (?:async )?\w+ (\w+)/gm;

/** The example of each exported name that has one. @throws Error if one is not before an exported name */
export function docstringExamples(): Example[] {
  const sources = readdirSync(SOURCES, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => readFileSync(join(SOURCES, path), "utf8"));
  const examples = sources.flatMap((source) =>
    Array.from(source.matchAll(DOCUMENTED), ([, code = "", name = ""]) => ({
      name,
      code: code.replaceAll(/^ \* ?/gm, ""),
    })),
  );
  const written = sources.join("").split("@example").length - 1;
  if (examples.length !== written) {
    throw new Error(`found ${examples.length} of ${written} examples`);
  }
  return examples;
}
