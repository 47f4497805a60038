import type { GuardedProcess } from "../machine/guarded-process.ts";
import type { MemoryCgroup } from "../machine/memory-cgroup.ts";
import { besideInSandbox } from "../machine/sandbox.ts";
import type { ContainerPlan } from "../terraform/plan.ts";
import type { ContainerContext, ContainerRuntime } from "./container-context.ts";
import type { ContainerLaunch } from "./launch.ts";
import { runHealthCheck, scheduleOf, watchHealth, type HealthVerdict } from "./health-check.ts";

interface StartedLaunch extends ContainerLaunch {
  /** The cgroup of the container. As in Docker, its health checks count too. */
  readonly memory: MemoryCgroup | undefined;
}

/** Runs a container's health checks beside its process until aborted. Does nothing for a container without one. */
export function watchContainer(
  { healthCheck }: ContainerPlan,
  { pid, group }: GuardedProcess,
  { env, cwd, sandbox, healthCheck: words, memory }: StartedLaunch,
  { guardian, speed }: ContainerRuntime,
  { host }: ContainerContext,
  onVerdict: (verdict: HealthVerdict) => void,
  signal: AbortSignal,
): void {
  if (!healthCheck || !words) return;
  const inside = besideInSandbox(words, sandbox, pid === group ? undefined : pid, cwd);
  const options = { argv: inside, env, cwd, memory };
  const run = async (ended: AbortSignal): Promise<boolean | undefined> => {
    const ok = host.silent ? undefined : await runHealthCheck(guardian, options, ended);
    return host.silent ? undefined : ok;
  };
  void watchHealth(scheduleOf(healthCheck, speed), run, onVerdict, signal);
}
