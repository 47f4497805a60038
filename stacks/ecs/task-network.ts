import type { EcsServiceNetworkConfiguration } from "@cdktf/provider-aws/lib/ecs-service/index.js";
import type { SecurityGroup } from "@cdktf/provider-aws/lib/security-group/index.js";
import type { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { listedParts } from "../aws/listed-parts.ts";
import { goLast } from "../aws/protection.ts";
import type { ClusterParts } from "../cluster/cluster.ts";
import type { NetworkParts } from "../network/network.ts";
import {
  letIn,
  letOutToAnywhere,
  onePort,
  type PortRange,
  securityGroup,
} from "../network/security-group.ts";

export type NetworkMode = "bridge" | "awsvpc" | "host";

/** Props of `TaskNetwork`. */
export interface TaskNetworkProps {
  /** Network mode of the tasks: `"bridge"`, `"awsvpc"` or `"host"`. */
  readonly mode: NetworkMode;
  /** Name of the service. */
  readonly name: string;
  /** Where tasks in awsvpc mode are. */
  readonly network: NetworkParts;
  /** Whose hosts the tasks run on. */
  readonly cluster: ClusterParts;
  /** Whether the tasks connect to dynamic ports of the hosts. */
  readonly reachesHosts: boolean;
}

/**
 * The network of a service's tasks. In awsvpc mode each task has an interface of its own, with a
 * security group of the service; in the other modes tasks use the network of their host.
 *
 * @throws {Error} when the scope has a construct with this id already
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking.html
 * @example
 * const props = { mode: "awsvpc", name: "games-app", network, cluster, reachesHosts: true } as const;
 * const own = new TaskNetwork(stack, "app_network", props);
 * console.log(own.ports(8080)); // { from: 8080, to: 8080 }
 */
export class TaskNetwork extends Construct {
  /** Network mode of the tasks. */
  readonly mode: NetworkMode;
  /** Security groups of the tasks: they connect from these, and others may connect to these. */
  readonly securityGroupIds: readonly string[];
  /** For a service or a run of a task; undefined where tasks use the network of their host. */
  readonly configuration: EcsServiceNetworkConfiguration | undefined;
  /** What must exist before a task starts, and as long as it runs. */
  readonly dependencies: readonly ITerraformDependable[];
  private readonly dynamicPortRange: PortRange;

  constructor(scope: Construct, id: string, props: TaskNetworkProps) {
    super(scope, id);
    const { mode, cluster, network } = props;
    this.mode = mode;
    this.dynamicPortRange = cluster.dynamicPortRange;
    if (mode !== "awsvpc") {
      this.securityGroupIds = cluster.securityGroupIds;
      this.dependencies = [];
      return;
    }
    const { group, wayOut } = this.securityGroup(props);
    const toHosts = props.reachesHosts ? this.toHosts(group, cluster) : [];
    // In another mode tasks have no group of their own: the old ones still use it until they have stopped.
    goLast(group, wayOut, ...toHosts);
    this.securityGroupIds = [group.id];
    this.configuration = {
      subnets: [...network.privateSubnetIds],
      securityGroups: [group.id],
      // Tasks on EC2 cannot have one.
      assignPublicIp: false,
    };
    this.dependencies = [
      // At the end, too: a task that is told to stop may still have to write.
      wayOut,
      ...toHosts,
      ...network.admit(id, group.id),
    ];
  }

  /**
   * The ports on which a container that listens on `port` is reached: `from` is the first, `to` the last.
   * @throws none
   */
  ports(port: number): PortRange {
    return this.mode === "bridge" ? this.dynamicPortRange : onePort(port);
  }

  private securityGroup({ name, network }: TaskNetworkProps) {
    const group = securityGroup(this, "security_group", {
      name: `${name}-tasks`,
      description: `Tasks of ${name}`,
      vpcId: network.vpcId,
    });
    const wayOut = letOutToAnywhere(this, group, "AWS APIs, Redis and what the program calls");
    return { group, wayOut };
  }

  /** Redis and other services in bridge mode listen on dynamic ports of the hosts. */
  private toHosts(group: SecurityGroup, cluster: ClusterParts): VpcSecurityGroupIngressRule[] {
    return listedParts({
      id: (hosts) => `hosts_${hosts}_from_here`,
      values: cluster.securityGroupIds,
      make: (id, hosts) =>
        letIn(this, id, {
          description: "Tasks with a network interface of their own",
          client: group.id,
          server: hosts,
          ports: cluster.dynamicPortRange,
        }),
    });
  }
}
