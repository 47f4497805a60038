import type { Plan } from "../../../../harness/ecs/index.ts";

/** Fields of containers with any value: they have no effect, or -1 means none. */
const FREE =
  /^(cpu|logConfiguration|systemControls|dockerLabels|dockerSecurityOptions|repositoryCredentials|versionConsistency|capabilities|maxSwap|swappiness|size|mountOptions|name|appProtocol|ulimits|ignoredExitCodes)$/;

/** Times, which can be fractions of a second. */
const SECONDS = /(Delay|Period|\.interval|[tT]imeout)$/;

/**
 * Checks that a model is valid: its numbers are non-negative integers or times, and its names are not empty.
 *
 * @throws {Error} with the path of the invalid value
 */
export function checkModel(plan: Plan): void {
  checkNumbers(plan, "plan");
  for (const { address, name, cluster } of plan.services) {
    if (name === "" || cluster === "") throw new Error(`${address} has no name or cluster`);
  }
  const [first, last] = plan.hosts.ports;
  if (first > last || last > 65_535) throw new Error(`ports ${first} to ${last}`);
}

function checkNumbers(value: unknown, path: string): void {
  if (typeof value === "number") {
    const isRight = SECONDS.test(path) ? Number.isFinite(value) : Number.isSafeInteger(value);
    if (!isRight || value < 0) throw new Error(`${path} is ${value}`);
  }
  if (value instanceof Map) {
    for (const [key, each] of value) checkNumbers(each, `${path}.${String(key)}`);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, each] of Object.entries(value)) {
      if (!FREE.test(key)) checkNumbers(each, `${path}.${key}`);
    }
  }
}
