import { ConfigError } from "./config-error.ts";
import type { Environment } from "./environment-schema.ts";
import { parseEnvironments } from "./parse-environments.ts";

/**
 * Returns the environments with these names, or all if no name is given. All environments are validated.
 *
 * @param environments what `environments.ts` exports
 * @throws {ConfigError} `ERR_CONFIG_INVALID`, `ERR_CONFIG_UNKNOWN_ENVIRONMENT`
 */
export function chooseEnvironments(
  environments: unknown,
  names: readonly string[],
): readonly Environment[] {
  const all = parseEnvironments(environments);
  const known = all.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw ConfigError.unknownEnvironment(unknown, known);
  return all.filter(({ name }) => names.length === 0 || names.includes(name));
}
