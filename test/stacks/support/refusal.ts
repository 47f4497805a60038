import { ConfigError } from "../../../stacks/config/config-error.ts";
import { parseEnvironments } from "../../../stacks/config/parse-environments.ts";
import { minimalEnvironment } from "./template.ts";

/** The error that refuses `environments`. */
export function refusal(environments: unknown): ConfigError {
  try {
    parseEnvironments(environments);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("the configuration was accepted");
}

/** The problems of `minimalEnvironment` with `changes`, as lines `dev.<field>: <message>`. */
export function refusedLines(changes: object): string[] {
  return refusal({ dev: { ...minimalEnvironment, ...changes } }).problems.map(
    ({ environment, field, message }) => `${environment}.${field}: ${message}`,
  );
}
