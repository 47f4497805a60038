import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { App } from "cdktf";
import { ConfigError } from "./config-error.ts";
import { parseEnvironments } from "./config.ts";
import { EnvironmentStack } from "./environment-stack.ts";

export interface SynthesizeOptions {
  /** Folder to write, created if missing. @default "cdktf.out" */
  readonly outdir?: string;
  /** The environments to write. @default all of them, as with an empty list */
  readonly only?: readonly string[];
}

export interface SynthesizedEnvironment {
  readonly environment: string;
  /** Its Terraform root module: `<outdir>/stacks/<environment>/cdk.tf.json`. */
  readonly path: string;
}

/**
 * Writes one Terraform root module per environment. All environments are validated first, whichever
 * is written: a collision shows, and a refused configuration writes nothing.
 *
 * @param environments what `environments.ts` exports, or a changed copy of it
 * @throws ConfigError `ERR_CONFIG_INVALID`, `ERR_CONFIG_UNKNOWN_ENVIRONMENT`
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
  mkdirSync(outdir, { recursive: true });
  const app = new App({ outdir });
  for (const environment of chosen) new EnvironmentStack(app, environment);
  app.synth();
  return chosen.map(({ name }) => ({
    environment: name,
    path: join(outdir, "stacks", name, "cdk.tf.json"),
  }));
}
