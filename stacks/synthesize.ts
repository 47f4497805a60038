import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import { ConfigError } from "./config/config-error.ts";
import { parseEnvironments } from "./config/parse-environments.ts";
import type { Environment } from "./config/environment-schema.ts";
import { EnvironmentStack } from "./environment-stack.ts";
import { brokenRules } from "./rules/index.ts";
import { RuleError } from "./rules/rule-error.ts";
import type { Body } from "./rules/template.ts";
import { targetVersions } from "./aws/terraform-settings.ts";

export interface SynthesizeOptions {
  /** Folder to write, created if missing. @default "cdktf.out" */
  readonly outdir?: string;
  /** The environments to write. @default all, also for an empty list */
  readonly only?: readonly string[];
}

export interface SynthesizedEnvironment {
  readonly environment: string;
  /** Its Terraform root module: `<outdir>/stacks/<environment>/cdk.tf.json`. */
  readonly path: string;
}

/**
 * Writes one Terraform root module per environment. All environments are validated first, even if only
 * one is written, to find collisions. The result is then checked against every rule (`stacks/rules/`).
 * If anything is refused, nothing is written.
 *
 * @param environments what `environments.ts` exports, or a changed copy of it
 * @throws ConfigError `ERR_CONFIG_INVALID`, `ERR_CONFIG_UNKNOWN_ENVIRONMENT`
 * @throws RuleError `ERR_RULE_BROKEN`
 */
export function synthesize(
  environments: unknown,
  { outdir = "cdktf.out", only = [] }: SynthesizeOptions = {},
): SynthesizedEnvironment[] {
  const all = parseEnvironments(environments);
  const known = all.map(({ name }) => name);
  const unknown = only.find((name) => !known.includes(name));
  if (unknown !== undefined) throw ConfigError.unknownEnvironment(unknown, known);
  const chosen = all.filter(({ name }) => only.length === 0 || only.includes(name));
  // CDKTF writes while it synthesizes: to a temporary folder, which is copied if no rule is broken.
  const scratch = mkdtempSync(join(tmpdir(), "cdktf-"));
  try {
    withoutStackTraces(() => {
      const app = new App({ outdir: scratch, context: { targetVersions } });
      for (const environment of chosen) new EnvironmentStack(app, environment);
      app.synth();
    });
    judge(chosen, scratch);
    cpSync(scratch, outdir, { recursive: true });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return chosen.map(({ name }) => ({ environment: name, path: moduleIn(outdir, name) }));
}

/**
 * CDKTF records the whole call stack of every token that it makes, and no one reads them: half of the
 * time of a synthesis. It alone calls `Error.captureStackTrace`; errors have their stacks as ever.
 */
function withoutStackTraces(work: () => void): void {
  const own = Object.getOwnPropertyDescriptor(Error, "captureStackTrace") ?? {};
  Error.captureStackTrace = () => {};
  try {
    work();
  } finally {
    Object.defineProperty(Error, "captureStackTrace", own);
  }
}

function judge(environments: readonly Environment[], outdir: string): void {
  const problems = environments.flatMap((environment) => {
    const json = readFileSync(moduleIn(outdir, environment.name), "utf8");
    return brokenRules(JSON.parse(json) as Body, environment);
  });
  if (problems.length > 0) throw new RuleError(problems);
}

function moduleIn(outdir: string, environment: string): string {
  return join(outdir, "stacks", environment, "cdk.tf.json");
}
