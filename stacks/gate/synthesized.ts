import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { synthesize } from "../synthesize.ts";
import { type Fields, fieldsOf, readJson } from "./values.ts";

/**
 * The synthesized root module of an environment.
 * @throws ConfigError, RuleError
 */
export function synthesized(environments: unknown, name: string): Fields {
  const outdir = mkdtempSync(join(tmpdir(), "gate-"));
  try {
    const [written] = synthesize(environments, { outdir, only: [name] });
    return fieldsOf(readJson(readFileSync(String(written?.path), "utf8")));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
