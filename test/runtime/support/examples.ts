// The examples of docstrings, from the reference pages.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const REFERENCE = join(import.meta.dirname, "../../../docs/reference");

/** An example, and the name that it documents. */
export interface Example {
  readonly name: string;
  readonly code: string;
}

/** The example of each name that has one. For an overloaded function, the page has it for each signature. */
export function referenceExamples(): Example[] {
  const entries = readdirSync(join(REFERENCE, "srv-dialer")).map((name) => `srv-dialer/${name}`);
  return ["srv-dialer.md", ...entries].flatMap((page) =>
    readFileSync(join(REFERENCE, page), "utf8")
      .split(/^### /m)
      .flatMap((section) => {
        const [name = ""] = /^\w*/.exec(section) ?? [];
        const code = EXAMPLE.exec(section)?.[1];
        return code === undefined ? [] : [{ name, code }];
      }),
  );
}

const EXAMPLE = /^#+ Example\n\n```ts\n(.*?)^```$/ms;
