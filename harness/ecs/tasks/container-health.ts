import path from "node:path";
import type { GuardedProcess } from "../machine/guarded-process.ts";
import type { MemoryCgroup } from "../machine/memory-cgroup.ts";
import type { ContainerPlan } from "../terraform/plan/plan.ts";
import type { ContainerContext, ContainerRuntime } from "./container-context.ts";
import { besideProcess, type ContainerLaunch } from "./launch.ts";
import { runHealthCheck, scheduleOf, watchHealth, type HealthVerdict } from "./health-check.ts";

interface StartedLaunch extends ContainerLaunch {
  /** The cgroup of the container. As in Docker, its health checks count too. */
  readonly memory: MemoryCgroup | undefined;
}

/** Runs a container's health checks beside its process until aborted. Does nothing for a container without one. */
export function watchContainer(
  { name, healthCheck }: ContainerPlan,
  running: GuardedProcess,
  launch: StartedLaunch,
  { folders, guardian, speed }: ContainerRuntime,
  { host, taskId }: ContainerContext,
  onVerdict: (verdict: HealthVerdict, failure: string | undefined) => void,
  signal: AbortSignal,
): void {
  const { healthCheck: words, memory } = launch;
  if (!healthCheck || !words) return;
  const options = { ...besideProcess(running, launch, words), memory };
  const file = path.join(folders.task(taskId), `${name}.health`);
  let failure: string | undefined;
  const run = async (ended: AbortSignal): Promise<boolean | undefined> => {
    if (host.silent) return undefined;
    failure = await runHealthCheck(guardian, options, file, ended);
    return host.silent ? undefined : failure === undefined;
  };
  const judged = (verdict: HealthVerdict): void => onVerdict(verdict, failure);
  void watchHealth(scheduleOf(healthCheck, speed), run, judged, signal);
}
