import type { z } from "zod";
import { refuseCollisions } from "./collisions.ts";
import { ConfigError, type ConfigProblem } from "./config-error.ts";
import { environmentSchema } from "./config-schema.ts";
import { problemsOf } from "./config-problems.ts";

/** One environment as a deployer writes it: defaults may be left out. */
export type EnvironmentInput = z.input<typeof environmentSchema>;

/** What `environments.ts` exports, by environment name. */
export type EnvironmentsInput = Readonly<Record<string, EnvironmentInput>>;

/** One environment, validated, with every default filled in and its own name. */
export type Environment = z.output<typeof environmentSchema> & { readonly name: string };

// The name becomes part of AWS names: a load balancer's may have 32 characters, a DNS label 63.
const environmentName = /^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/;
const environmentNameAllowed =
  "1 to 20 lower-case letters, digits and hyphens, the first a letter, the last no hyphen";

/**
 * Validates every environment, and the environments against each other.
 *
 * @param environments the object that `environments.ts` exports; nothing about it is trusted
 * @returns the environments in the order written
 * @throws ConfigError `ERR_CONFIG_INVALID` with all problems found
 */
export function parseEnvironments(environments: unknown): Environment[] {
  if (typeof environments !== "object" || environments === null || Array.isArray(environments)) {
    throw ConfigError.invalid([
      {
        environment: "environments",
        field: "",
        message: "allowed: an object from environment name to its configuration",
      },
    ]);
  }
  const parsed = Object.entries(environments).map(([name, value]) => parseOne(name, value));
  const problems = parsed.flatMap((result) => result.problems);
  const valid = parsed.flatMap((result) => result.environment ?? []);
  problems.push(...refuseCollisions(valid));
  if (problems.length > 0) throw ConfigError.invalid(problems);
  return valid;
}

function parseOne(
  name: string,
  value: unknown,
): { environment?: Environment; problems: ConfigProblem[] } {
  const problems: ConfigProblem[] = environmentName.test(name)
    ? []
    : [{ environment: name, field: "", message: `not a name; allowed: ${environmentNameAllowed}` }];
  const result = environmentSchema.safeParse(value);
  if (!result.success) problems.push(...problemsOf(name, value, result.error.issues));
  return result.success ? { environment: { ...result.data, name }, problems } : { problems };
}
