import { HarnessError } from "../base/errors.ts";
import { hostGroups } from "./host-plan.ts";
import type { Model } from "./model.ts";
import type { ServicePlan, TaskDefinitionPlan } from "./plan.ts";

/**
 * Refuses two services that need the same fixed port of the only host: in AWS one of them is never placed. The
 * local ECS has at least two hosts, which would hide that.
 * @throws HarnessError ERR_TEMPLATE with both services
 */
export function checkFixedPorts(
  model: Model,
  services: readonly ServicePlan[],
  taskDefinitions: ReadonlyMap<string, TaskDefinitionPlan>,
): void {
  const [group, another] = hostGroups(model);
  const { min_size = 0, desired_capacity = min_size } = group?.arguments ?? {};
  if (!group || another || desired_capacity !== 1) return;
  const holders = new Map<number, ServicePlan>();
  for (const service of services) {
    if (service.desiredCount === 0) continue;
    for (const port of fixedPorts(taskDefinitions.get(service.taskDefinition))) {
      const other = holders.get(port);
      if (other) {
        const message = `${service.address}: needs port ${port} of a host, as ${other.address} does, but ${group.address} has only one host; set hostPort 0 for one of them, or use a second host`;
        throw new HarnessError("ERR_TEMPLATE", message);
      }
      holders.set(port, service);
    }
  }
}

/** In awsvpc mode a task has its own address. */
function fixedPorts(definition: TaskDefinitionPlan | undefined): number[] {
  if (!definition || definition.networkMode === "awsvpc") return [];
  const ports = definition.containers.flatMap(({ portMappings }) =>
    portMappings.map(({ hostPort }) => hostPort).filter((port) => port > 0),
  );
  return [...new Set(ports)];
}
