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

/** Creates an ECS service on the hosts of a cluster, in `scope` with the id `service`. */
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
  /** The minimum number of tasks, which is also the initial number. */
  readonly count: number;
  /** Whether a task uses a fixed port of the host, so that a host can run only one. */
  readonly takesHostPort: boolean;
}

/** Arguments for a service with several tasks: their number, placement and replacement. */
export function replicas({ count, takesHostPort }: ReplicasProps) {
  return {
    desiredCount: count,
    ...(takesHostPort ? oneByOne(count) : overlapping),
    deploymentCircuitBreaker: { enable: true, rollback: true },
    // Spread tasks over zones and pack them in each zone, so that the free memory is on one host, where Redis fits.
    orderedPlacementStrategy: [
      { type: "spread", field: "attribute:ecs.availability-zone" },
      { type: "binpack", field: "memory" },
    ],
  };
}

/** New tasks must be healthy before old ones stop. */
const overlapping = {
  deploymentMinimumHealthyPercent: 100,
  deploymentMaximumPercent: 200,
  availabilityZoneRebalancing: "ENABLED",
};

/** A new task needs the port of an old one, so old tasks stop first, in two halves. */
function oneByOne(count: number) {
  return {
    deploymentMinimumHealthyPercent: count === 1 ? 0 : 50,
    deploymentMaximumPercent: 100,
    // Rebalancing needs a maximum above 100 percent.
    availabilityZoneRebalancing: "DISABLED",
  };
}
