import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { App } from "cdktf";
import { ConfigError } from "./config-error.ts";
import { parseEnvironments } from "./config.ts";
import { EnvironmentStack } from "./environment-stack.ts";

export interface SynthesizeOptions {
  /** Folder to write, created if missing. @default "cdktf.out" */
  readonly outdir?: string;
  /** The one environment to write. @default all of them */
  readonly only?: string;
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
  { outdir = "cdktf.out", only }: SynthesizeOptions = {},
): SynthesizedEnvironment[] {
  const all = parseEnvironments(environments);
  const chosen = only === undefined ? all : all.filter(({ name }) => name === only);
  if (only !== undefined && chosen.length === 0) {
    throw ConfigError.unknownEnvironment(
      only,
      all.map(({ name }) => name),
    );
  }
  mkdirSync(outdir, { recursive: true });
  const app = new App({ outdir });
  for (const environment of chosen) new EnvironmentStack(app, environment);
  app.synth();
  return chosen.map(({ name }) => ({
    environment: name,
    path: join(outdir, "stacks", name, "cdk.tf.json"),
  }));
}
