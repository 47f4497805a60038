import type { EnvironmentFields } from "../environment-schema.ts";

/** A rule about fields of one environment that are valid individually but contradict each other. */
export interface Contradiction {
  /** The field to change. */
  readonly path: readonly string[];
  /** What is allowed in the field given the other fields, and how to fix it. */
  readonly allowed: string | ((environment: EnvironmentFields) => string);
  readonly holds: (environment: EnvironmentFields) => boolean;
}
