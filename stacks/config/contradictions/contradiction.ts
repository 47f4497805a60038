import type { EnvironmentFields } from "../environment-schema.ts";

/** Two fields of one environment that are each valid, but contradict each other. */
export interface Contradiction {
  /** The field to change. */
  readonly path: readonly string[];
  /** What is allowed in it, given the other fields, and how to fix it. */
  readonly allowed: string | ((environment: EnvironmentFields) => string);
  readonly holds: (environment: EnvironmentFields) => boolean;
}
