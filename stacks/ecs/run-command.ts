import type { ClusterParts } from "../cluster/cluster.ts";
import type { TaskNetwork } from "./task-network.ts";

export interface RunCommandProps {
  readonly region: string;
  readonly cluster: Pick<ClusterParts, "name" | "capacityProvider">;
  readonly network: Pick<TaskNetwork, "configuration">;
  /** Without a revision, so that the newest runs. */
  readonly family: string;
}

/** The command line that starts a task. */
export function runCommand({ region, cluster, network, family }: RunCommandProps): string {
  const { name, capacityProvider } = cluster;
  return [
    "aws ecs run-task",
    `--region ${region} --cluster ${name} --task-definition ${family}`,
    capacityProvider === undefined
      ? "--launch-type EC2"
      : `--capacity-provider-strategy capacityProvider=${capacityProvider}`,
    ...interfaceOf(network),
  ].join(" ");
}

function interfaceOf({ configuration }: RunCommandProps["network"]): string[] {
  if (configuration === undefined) return [];
  const { subnets, securityGroups = [] } = configuration;
  const groups = `subnets=[${subnets.join(",")}],securityGroups=[${securityGroups.join(",")}]`;
  return [`--network-configuration 'awsvpcConfiguration={${groups},assignPublicIp=DISABLED}'`];
}
