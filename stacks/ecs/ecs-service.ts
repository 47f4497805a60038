import { EcsService, type EcsServiceConfig } from "@cdktf/provider-aws/lib/ecs-service/index.js";
import type { EcsTaskDefinition } from "@cdktf/provider-aws/lib/ecs-task-definition/index.js";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { type ClusterParts, runsOn } from "../cluster/cluster.ts";
import type { TaskNetwork } from "./task-network.ts";

export interface ServiceProps extends Omit<
  EcsServiceConfig,
  "cluster" | "taskDefinition" | "networkConfiguration" | "enableExecuteCommand" | "dependsOn"
> {
  readonly cluster: ClusterParts;
  readonly definition: EcsTaskDefinition;
  /** @default the network of the hosts */
  readonly network?: TaskNetwork;
  readonly exec: boolean;
  readonly dependencies: readonly ITerraformDependable[];
}

/** An ECS service on the hosts of a cluster. It belongs to `scope`, under the id `service`. */
export function ecsService(
  scope: Construct,
  { cluster, definition, network, exec, dependencies, ...config }: ServiceProps,
): EcsService {
  const { configuration } = network ?? {};
  return new EcsService(scope, "service", {
    ...config,
    cluster: cluster.arn,
    ...runsOn(cluster),
    ...(cluster.forceNewDeployment === true && { forceNewDeployment: true }),
    taskDefinition: definition.arn,
    ...(configuration && { networkConfiguration: configuration }),
    enableExecuteCommand: exec,
    enableEcsManagedTags: true,
    propagateTags: "SERVICE",
    waitForSteadyState: true,
    dependsOn: [...dependencies],
  });
}

export interface ReplicasProps {
  /** The least number of tasks, and the number at first. */
  readonly count: number;
  /** Whether two tasks cannot run on one host, since both would use its port. */
  readonly takesHostPort: boolean;
}

/** The arguments of a service with several tasks: how many, where, and how they are replaced. */
export function replicas({ count, takesHostPort }: ReplicasProps) {
  return {
    desiredCount: count,
    ...(takesHostPort ? oneByOne(count) : overlapping),
    deploymentCircuitBreaker: { enable: true, rollback: true },
    // Spread over zones, and packed inside each: free memory stays in one piece, where Redis finds room.
    orderedPlacementStrategy: [
      { type: "spread", field: "attribute:ecs.availability-zone" },
      { type: "binpack", field: "memory" },
    ],
  };
}

/** New tasks are healthy before old ones stop. */
const overlapping = {
  deploymentMinimumHealthyPercent: 100,
  deploymentMaximumPercent: 200,
  availabilityZoneRebalancing: "ENABLED",
};

/** A new task needs the port of an old one: the old one stops first, half of them at a time. */
function oneByOne(count: number) {
  return {
    deploymentMinimumHealthyPercent: count === 1 ? 0 : 50,
    deploymentMaximumPercent: 100,
    // Rebalancing needs a maximum above 100 percent.
    availabilityZoneRebalancing: "DISABLED",
  };
}
