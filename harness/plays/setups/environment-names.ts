import { environments } from "../../../environments.ts";

/** The names of all environments, in the order written; without loading the stacks. */
export const environmentNames: readonly string[] = Object.keys(environments);
