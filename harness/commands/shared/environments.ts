import { join } from "node:path";
import type { environments as written } from "../../../environments.ts";
import { loadEnvironments } from "../../../stacks/load-environments.ts";
import { messageOf } from "../../../command-line/error-text.ts";

/** What `environments.ts` exports. A file that cannot be read ends the command, with the place of its mistake. */
export const environments = (await loadEnvironments(
  join(import.meta.dirname, "../../../environments.ts"),
).catch((error: unknown) => {
  console.error(`error: ${messageOf(error)}`);
  process.exit(1);
})) as typeof written;

/** The names of all environments of `environments.ts`, in the order written; without loading the stacks. */
export const environmentNames: readonly string[] = Object.keys(environments);

/** What a command runs in when none is named. */
export const defaultOf = (names: readonly string[]): string =>
  names.find((name) => name === "dev") ?? names[0] ?? "dev";
