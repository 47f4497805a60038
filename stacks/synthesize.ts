import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import { chooseEnvironments } from "./config/choose-environments.ts";
import type { Environment } from "./config/environment-schema.ts";
import { EnvironmentStack } from "./environment-stack.ts";
import { brokenRules } from "./rules/index.ts";
import { RuleError } from "./rules/rule-error.ts";
import type { Body } from "./rules/template.ts";
import { targetVersions } from "./aws/terraform-settings.ts";

/** Options of `synthesize`. */
export interface SynthesizeOptions {
  /** Folder to write, created if missing. @default "cdktf.out" */
  readonly outdir?: string;
  /** The environments to write. @default all, also for an empty list */
  readonly only?: readonly string[];
}

/** The files written for one environment. */
export interface SynthesizedEnvironment {
  /** Its name. */
  readonly environment: string;
  /** Its Terraform root module: `<outdir>/stacks/<environment>/cdk.tf.json`. */
  readonly path: string;
}

/**
 * Writes one Terraform root module per environment. All environments are validated first, even if only
 * one is written, to find collisions. The result is then checked against every rule (`stacks/rules/`).
 * If anything is refused, nothing is written. Other files beside a module stay, such as the lock file of its providers.
 *
 * @param environments what `environments.ts` exports, or a changed copy of it
 * @throws {ConfigError} `ERR_CONFIG_INVALID`, `ERR_CONFIG_UNKNOWN_ENVIRONMENT`
 * @throws {RuleError} `ERR_RULE_BROKEN`
 * @example
 * const [written] = synthesize(environments, { outdir: join(tmpdir(), "games") });
 * console.log(written?.environment); // games
 */
export function synthesize(
  environments: unknown,
  { outdir = "cdktf.out", only = [] }: SynthesizeOptions = {},
): SynthesizedEnvironment[] {
  const chosen = chooseEnvironments(environments, only);
  // CDKTF writes files before the rules are checked. Write to a temporary folder, and copy it if all is valid.
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
 * The text of one environment's root module. Nothing is left on disk.
 * @throws {ConfigError}
 * @throws {RuleError}
 * @internal
 */
export function synthesizedText(environments: unknown, name: string): string {
  const outdir = mkdtempSync(join(tmpdir(), "synthesized-"));
  try {
    synthesize(environments, { outdir, only: [name] });
    return readFileSync(moduleIn(outdir, name), "utf8");
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/**
 * CDKTF records the call stack of every token, which takes half of the time of a synthesis, and nothing reads
 * these stacks. Only CDKTF calls `Error.captureStackTrace`; errors keep their own stacks.
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

/** @throws RuleError */
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
