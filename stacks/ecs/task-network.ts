import type { EcsServiceNetworkConfiguration } from "@cdktf/provider-aws/lib/ecs-service/index.js";
import type { SecurityGroup } from "@cdktf/provider-aws/lib/security-group/index.js";
import type { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { listedParts } from "../aws/listed-parts.ts";
import { createBeforeDestroy } from "../aws/protection.ts";
import type { ClusterParts } from "../cluster/cluster.ts";
import type { NetworkParts } from "../network/network.ts";
import {
  allowIngress,
  allowAllEgress,
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
  /** Network of tasks in awsvpc mode. */
  readonly network: NetworkParts;
  /** Cluster that runs the tasks. */
  readonly cluster: ClusterParts;
  /** Whether the tasks connect to dynamic ports of the hosts. */
  readonly reachesHosts: boolean;
}

/**
 * The network of a service's tasks. In awsvpc mode each task has its own network interface with the
 * service's security group. In the other modes tasks use the network of their host.
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
  /** Security groups of the tasks, for connections from and to them. */
  readonly securityGroupIds: readonly string[];
  /** Network configuration for a service or a task; undefined if tasks use the network of their host. */
  readonly configuration: EcsServiceNetworkConfiguration | undefined;
  /** Resources that must exist before a task starts and as long as it runs. */
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
    const { group, egress } = this.securityGroup(props);
    const toHosts = props.reachesHosts ? this.toHosts(group, cluster) : [];
    // After a change to another mode, old tasks use the group until they stop.
    createBeforeDestroy(group, egress, ...toHosts);
    this.securityGroupIds = [group.id];
    this.configuration = {
      subnets: [...network.privateSubnetIds],
      securityGroups: [group.id],
      // AWS does not support it for tasks on EC2.
      assignPublicIp: false,
    };
    this.dependencies = [
      // Also needed during a destroy: a stopping task may still have to send data.
      egress,
      ...toHosts,
      ...network.admit(id, group.id),
    ];
  }

  /**
   * The ports at which others reach a container that listens on `port`: `from` is the first, `to` the last.
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
    const egress = allowAllEgress(this, group, "AWS APIs, Redis and what the program calls");
    return { group, egress };
  }

  /** Redis and other services in bridge mode listen on dynamic ports of the hosts. */
  private toHosts(group: SecurityGroup, cluster: ClusterParts): VpcSecurityGroupIngressRule[] {
    return listedParts({
      id: (hosts) => `hosts_${hosts}_from_here`,
      values: cluster.securityGroupIds,
      make: (id, hosts) =>
        allowIngress(this, id, {
          description: "Tasks with a network interface of their own",
          client: group.id,
          server: hosts,
          ports: cluster.dynamicPortRange,
        }),
    });
  }
}
