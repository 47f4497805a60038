import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Body, Template } from "../../stacks/rules/template.ts";
import { synthesize } from "../../stacks/synthesize.ts";

/**
 * The environments' synthesized templates, by name.
 *
 * @param only names of environments; all if the list is empty
 */
export function templatesOf(
  environments: unknown,
  only: readonly string[] = [],
): Map<string, Template> {
  const outdir = mkdtempSync(join(tmpdir(), "docs-"));
  try {
    return new Map(
      synthesize(environments, { outdir, only }).map(({ environment, path }) => [
        environment,
        new Template(JSON.parse(readFileSync(path, "utf8")) as Body),
      ]),
    );
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
