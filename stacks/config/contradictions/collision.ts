import type { ConfigProblem } from "../config-error.ts";
import type { Environment } from "../environment-schema.ts";

type Problem = Omit<ConfigProblem, "environment">;

/** Returns the problems of the later environment that conflict with the earlier one. */
export type Collision = (
  earlier: Environment,
  later: Environment,
) => Problem | readonly Problem[] | undefined;

export function inOnePlace(one: Environment, other: Environment): boolean {
  return one.account === other.account && one.region === other.region;
}

export function quoted(text: string): string {
  return JSON.stringify(text);
}
