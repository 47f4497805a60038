import { environments } from "../../environments.ts";

export { environments };

/** The names of all environments of `environments.ts`, in the order written; without loading the stacks. */
export const environmentNames: readonly string[] = Object.keys(environments);

/** What a command runs in when none is named. */
export const defaultOf = (names: readonly string[]): string =>
  names.find((name) => name === "dev") ?? names[0] ?? "dev";
