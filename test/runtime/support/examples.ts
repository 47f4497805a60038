// The examples of docstrings, as the reference shows them.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../../..");

/** An example, and the name whose docstring has it. */
export interface Example {
  readonly name: string;
  readonly code: string;
}

/** Every example of a page of the reference, which a test compares with the docstrings. */
export function examplesIn(page: string): Example[] {
  return readFileSync(join(ROOT, page), "utf8")
    .split(/^### /m)
    .flatMap((section) => {
      const [name = ""] = section.split("\n", 1);
      return Array.from(section.matchAll(EXAMPLE), ([, code = ""]) => ({ name, code }));
    });
}

const EXAMPLE = /^\*\*Example\*\*\n\n```ts\n(.*?)^```$/gms;
