import type { RestartPolicyDefinition } from "../terraform/plan/container-definition.ts";

/** The end of a container's process. */
export interface Exit {
  readonly code: number;
  /** Milliseconds since its start, or since its last restart. */
  readonly ranFor: number;
}

/**
 * Why the agent does not restart a container in place; undefined if it does. After a restart the task, mounts,
 * ports and records are the same. Exit code 0 is restarted like any other.
 * https://github.com/aws/amazon-ecs-agent/blob/master/ecs-agent/api/container/restart/restart_tracker.go
 * @param speed how many times faster than in AWS
 */
export function notRestarted(
  policy: RestartPolicyDefinition | undefined,
  { code, ranFor }: Exit,
  speed: number,
): string | undefined {
  if (!policy?.enabled) return "it has no restart policy";
  if (policy.ignoredExitCodes.includes(code)) return `exit code ${code} is ignored`;
  if (ranFor < (policy.restartAttemptPeriod * 1000) / speed) {
    return `it ran for less than ${policy.restartAttemptPeriod} s`;
  }
  return undefined;
}
