import type { ClusterParts } from "../cluster/cluster.ts";
import type { TaskNetwork } from "./task-network.ts";

export interface RunCommandProps {
  readonly region: string;
  readonly cluster: Pick<ClusterParts, "name" | "capacityProvider">;
  /** @default the network of the hosts */
  readonly network?: Pick<TaskNetwork, "configuration">;
  /** Task family without a revision, so that the newest one runs. */
  readonly family: string;
  /** Runs another command in a container. Its words have no single quote. */
  readonly command?: { readonly container: string; readonly words: readonly string[] };
}

/** Returns the command line that starts a task. */
export function runCommand(props: RunCommandProps): string {
  const { region, cluster, network, family, command } = props;
  const { name, capacityProvider } = cluster;
  return [
    "aws ecs run-task",
    `--region ${region} --cluster ${name} --task-definition ${family}`,
    capacityProvider === undefined
      ? "--launch-type EC2"
      : // The default weight is 0, and ECS refuses a strategy in which all weights are 0.
        `--capacity-provider-strategy capacityProvider=${capacityProvider},weight=1`,
    ...(network ? interfaceOf(network) : []),
    ...(command ? [`--overrides '${overridesOf(command)}'`] : []),
  ].join(" ");
}

function overridesOf({ container, words }: NonNullable<RunCommandProps["command"]>): string {
  return JSON.stringify({ containerOverrides: [{ name: container, command: words }] });
}

function interfaceOf({ configuration }: Pick<TaskNetwork, "configuration">): string[] {
  if (configuration === undefined) return [];
  const { subnets, securityGroups = [] } = configuration;
  const groups = `subnets=[${subnets.join(",")}],securityGroups=[${securityGroups.join(",")}]`;
  return [`--network-configuration 'awsvpcConfiguration={${groups},assignPublicIp=DISABLED}'`];
}
