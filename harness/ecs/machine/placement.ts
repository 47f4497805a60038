import type { PlacementStrategy, ServicePlan, TaskDefinitionPlan } from "../terraform/plan/plan.ts";
import { fixedPorts, type Host } from "./host.ts";

/** The placement settings of a service. */
type PlacementRules = Pick<ServicePlan, "name" | "distinctInstance" | "placement">;

/** A host for a task, or the reason why there is none, in the words of an ECS service event. */
export type Placement = { readonly host: Host } | { readonly reason: string };

/**
 * Chooses a host for another task of a service, or for a standalone task.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-strategies.html
 */
export function place(
  hosts: readonly Host[],
  service: PlacementRules,
  task: TaskDefinitionPlan,
  random: () => number,
): Placement {
  const reasons = new Set<string>();
  const fitting = hosts.filter((host) => {
    const reason = whyNot(host, service, task);
    if (reason !== undefined) reasons.add(reason);
    return reason === undefined;
  });
  const [host] = fitting.toSorted(order(fitting, service, random));
  if (host) return { host };
  const all = [...reasons].join("; ");
  const reason = all
    ? `The closest matching ${all}.`
    : "Reason: No Container Instances were found in your cluster.";
  return { reason };
}

function whyNot(host: Host, service: PlacementRules, task: TaskDefinitionPlan): string | undefined {
  const instance = `(container-instance ${host.id})`;
  if (host.status !== "ACTIVE") return `${instance} is ${host.status}`;
  if (host.freeMemory < task.memory) {
    return `${instance} has insufficient memory available (${host.freeMemory} of ${task.memory} MiB)`;
  }
  if (service.distinctInstance && host.tasksOf(service.name) > 0) {
    return `${instance} already runs a task of the service (distinctInstance)`;
  }
  const busy = fixedPorts(task).find((port) => host.isPortTaken(port));
  return busy === undefined
    ? undefined
    : `${instance} is already using a port required by your task (${busy})`;
}

type Order = (a: Host, b: Host) => number;

/**
 * Sorts hosts, best first. Each strategy decides between hosts that the previous strategies rank equal. Finally
 * the host with more free memory is first. Equal hosts keep their order, so that runs are repeatable.
 */
function order(
  hosts: readonly Host[],
  { name, placement }: PlacementRules,
  random: () => number,
): Order {
  const draws = new Map(placement.includes("random") ? hosts.map((host) => [host, random()]) : []);
  const orders: Readonly<Record<PlacementStrategy, Order>> = {
    spread: (a, b) => a.tasksOf(name) - b.tasksOf(name),
    binpack: (a, b) => a.freeMemory - b.freeMemory,
    random: (a, b) => (draws.get(a) ?? 0) - (draws.get(b) ?? 0),
  };
  return (a, b) =>
    placement.reduce((found, strategy) => found || orders[strategy](a, b), 0) ||
    b.freeMemory - a.freeMemory;
}
