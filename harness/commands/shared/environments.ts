import { join } from "node:path";
import type { environments as written } from "../../../environments.ts";
import { loadEnvironments } from "../../../stacks/load-environments.ts";
import { messageOf } from "../../../command-line/error-text.ts";

/**
 * The export of `environments.ts`. If the file cannot be loaded, the command exits with the line and column of the
 * error.
 */
export const environments = (await loadEnvironments(
  join(import.meta.dirname, "../../../environments.ts"),
).catch((error: unknown) => {
  console.error(`error: ${messageOf(error)}`);
  process.exit(1);
})) as typeof written;

/** The names of the environments in `environments.ts`, in order. Does not load the stacks. */
export const environmentNames: readonly string[] = Object.keys(environments);

/** The default environment of a command. */
export const defaultOf = (names: readonly string[]): string =>
  names.find((name) => name === "dev") ?? names[0] ?? "dev";
