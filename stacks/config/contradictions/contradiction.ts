import type { EnvironmentFields } from "../environment-schema.ts";

/** Two fields of one environment, each valid by itself, that do not go together. */
export interface Contradiction {
  /** The field to change. */
  readonly path: readonly string[];
  /** What is allowed in it, given the others, and how to get there. */
  readonly allowed: string | ((environment: EnvironmentFields) => string);
  readonly holds: (environment: EnvironmentFields) => boolean;
}
