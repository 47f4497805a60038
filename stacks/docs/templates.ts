import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Body, Template } from "../rules/template.ts";
import { synthesize } from "../synthesize.ts";

/** Every environment's synthesized template, by name. */
export function templatesOf(environments: unknown): Map<string, Template> {
  const outdir = mkdtempSync(join(tmpdir(), "docs-"));
  try {
    return new Map(
      synthesize(environments, { outdir }).map(({ environment, path }) => [
        environment,
        new Template(JSON.parse(readFileSync(path, "utf8")) as Body),
      ]),
    );
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
