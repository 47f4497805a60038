import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureDefined } from "../config/ensure-defined.ts";
import { type Body, Template } from "../rules/template.ts";
import { synthesize } from "../synthesize.ts";

/**
 * The synthesized root module of an environment.
 * @throws ConfigError, RuleError
 */
export function synthesized(environments: unknown, name: string): Template {
  const outdir = mkdtempSync(join(tmpdir(), "gate-"));
  try {
    const [written] = synthesize(environments, { outdir, only: [name] });
    const { path } = ensureDefined(written, `module of ${name}`);
    return new Template(JSON.parse(readFileSync(path, "utf8")) as Body);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
