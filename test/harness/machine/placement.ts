import type { ServicePlan, TaskDefinitionPlan } from "../terraform/plan.ts";
import { fixedPorts, type Host } from "./host.ts";

/** A host to run on, or why there is none, in the words of an ECS service event. */
export type Placement = { readonly host: Host } | { readonly reason: string };

/**
 * Chooses a host for one more task of a service.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-strategies.html
 */
export function place(
  hosts: readonly Host[],
  service: ServicePlan,
  task: TaskDefinitionPlan,
  random: () => number,
): Placement {
  const reasons = new Set<string>();
  const fitting = hosts.filter((host) => {
    const reason = whyNot(host, service, task);
    if (reason !== undefined) reasons.add(reason);
    return reason === undefined;
  });
  const [host] = fitting.toSorted(order(service, random));
  if (host) return { host };
  return { reason: [...reasons].join("; ") || "no container instances were found in the cluster" };
}

function whyNot(host: Host, service: ServicePlan, task: TaskDefinitionPlan): string | undefined {
  if (host.status !== "ACTIVE") return `${host.id} is ${host.status}`;
  if (host.freeMemory < task.memory) {
    return `${host.id} has insufficient memory available (${host.freeMemory} of ${task.memory} MiB)`;
  }
  if (service.distinctInstance && host.tasksOf(service.name) > 0) {
    return `${host.id} already runs a task of the service (distinctInstance)`;
  }
  const busy = fixedPorts(task).find((port) => host.isPortTaken(port));
  return busy === undefined ? undefined : `${host.id} is already using port ${busy}`;
}

/** Best first; equal hosts keep their order, so that a run can be repeated. */
function order(
  { name, placement }: ServicePlan,
  random: () => number,
): (a: Host, b: Host) => number {
  if (placement === "binpack") return (a, b) => a.freeMemory - b.freeMemory;
  if (placement === "random") return () => random() - 0.5;
  return (a, b) => a.tasksOf(name) - b.tasksOf(name) || b.freeMemory - a.freeMemory;
}
