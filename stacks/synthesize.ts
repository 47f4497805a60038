import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { App } from "cdktf";
import { chooseEnvironments } from "./config/choose-environments.ts";
import type { Environment } from "./config/environment-schema.ts";
import { EnvironmentStack } from "./environment-stack.ts";
import { type ProviderLock, renderLock } from "./providers/lock-file.ts";
import { locksFor } from "./providers/locks-for.ts";
import type { RootModule } from "./providers/required-providers.ts";
import { LOCK_FILE } from "./providers/tool.ts";
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
  /**
   * The lock file of the tool that will use the modules. It is written beside each module.
   * @default none: an existing lock file beside a module is kept
   */
  readonly lock?: ProviderLock | undefined;
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
 * If anything is refused, nothing is written.
 *
 * @param environments what `environments.ts` exports, or a changed copy of it
 * @throws {ConfigError} `ERR_CONFIG_INVALID`, `ERR_CONFIG_UNKNOWN_ENVIRONMENT`
 * @throws {RuleError} `ERR_RULE_BROKEN`
 * @throws {LockError} `ERR_LOCK_STALE` when `lock` does not match the providers that the modules require
 * @example
 * const [written] = synthesize(environments, { outdir: join(tmpdir(), "games") });
 * console.log(written?.environment); // games
 */
export function synthesize(
  environments: unknown,
  { outdir = "cdktf.out", only = [], lock }: SynthesizeOptions = {},
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
    const modules = readModules(chosen, scratch);
    judge(modules);
    if (lock !== undefined) placeLocks(lock, modules, scratch);
    cpSync(scratch, outdir, { recursive: true });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return chosen.map(({ name }) => ({ environment: name, path: moduleIn(outdir, name) }));
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

type Modules = ReadonlyMap<Environment, Body & RootModule>;

function readModules(environments: readonly Environment[], outdir: string): Modules {
  const modules = environments.map((environment) => {
    const json = readFileSync(moduleIn(outdir, environment.name), "utf8");
    return [environment, JSON.parse(json) as Body & RootModule] as const;
  });
  return new Map(modules);
}

function judge(modules: Modules): void {
  const problems = [...modules].flatMap(([environment, json]) => brokenRules(json, environment));
  if (problems.length > 0) throw new RuleError(problems);
}

function placeLocks(lock: ProviderLock, modules: Modules, outdir: string): void {
  for (const [{ name }, own] of locksFor(modules, lock)) {
    const text = `# From ${lock.tool.lockFile}, by synthesis.\n\n${renderLock(own)}`;
    writeFileSync(join(dirname(moduleIn(outdir, name)), LOCK_FILE), text);
  }
}

function moduleIn(outdir: string, environment: string): string {
  return join(outdir, "stacks", environment, "cdk.tf.json");
}
