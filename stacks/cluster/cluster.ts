import { AutoscalingGroup } from "@cdktf/provider-aws/lib/autoscaling-group/index.js";
import { EcsCapacityProvider } from "@cdktf/provider-aws/lib/ecs-capacity-provider/index.js";
import { EcsClusterCapacityProviders } from "@cdktf/provider-aws/lib/ecs-cluster-capacity-providers/index.js";
import { EcsCluster } from "@cdktf/provider-aws/lib/ecs-cluster/index.js";
import type { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile/index.js";
import { LaunchTemplate } from "@cdktf/provider-aws/lib/launch-template/index.js";
import type { SecurityGroup } from "@cdktf/provider-aws/lib/security-group/index.js";
import type { EcsServiceConfig } from "@cdktf/provider-aws/lib/ecs-service/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Environment } from "../config/environment-schema.ts";
import {
  letIn,
  letOutToAnywhere,
  type PortRange,
  securityGroup,
} from "../network/security-group.ts";
import { hostRole } from "./host-role.ts";
import { hostUserData, machineImage } from "./host-user-data.ts";
import type { NetworkParts } from "../network/network.ts";
import { arn } from "../aws/policy.ts";

/** What services need from their cluster. */
export interface ClusterParts {
  /** Name of the ECS cluster. */
  readonly name: string;
  /** ARN of the ECS cluster. */
  readonly arn: string;
  /** False for an existing cluster: its owner opens existing file systems to its hosts. */
  readonly isCreated: boolean;
  /** Name of the group of hosts. @default undefined: the cluster exists */
  readonly hostsName?: string | undefined;
  /** Name of the capacity provider. @default undefined: any EC2 host of the cluster */
  readonly capacityProvider?: string;
  /** Security groups of the hosts, and in bridge mode of their tasks. */
  readonly securityGroupIds: readonly string[];
  /** The host ports that tasks in bridge mode get: `from` is the first, `to` the last. */
  readonly dynamicPortRange: PortRange;
  /** For one deploy that changes the capacity provider of an existing cluster. @default false */
  readonly forceNewDeployment?: boolean;
  /**
   * What must exist before services, and outlive them: without the hosts' role or the capacity
   * provider, a service that is being destroyed stays DRAINING without end.
   */
  readonly dependencies: readonly ITerraformDependable[];
}

type ExistingCluster = Extract<Environment["cluster"], { name: string }>;

/** Props of `Cluster`. */
export interface ClusterProps {
  /** Fields of an environment's `cluster`, with their defaults: docs/environments.md. */
  readonly config: Exclude<Environment["cluster"], ExistingCluster>;
  /** Name of the ECS cluster. Names of its parts begin with it. */
  readonly name: string;
  /** AWS region. */
  readonly region: string;
  /** False: a destroy ends the hosts at once, whatever runs on them. */
  readonly isProtected: boolean;
  /** Tags of hosts and volumes: the provider's default tags do not reach what a group starts. */
  readonly tags: Readonly<Record<string, string>>;
  /** Where the hosts are. */
  readonly network: NetworkParts;
}

/**
 * An ECS cluster on EC2 hosts that a capacity provider adds and removes.
 *
 * @throws {Error} when the scope has a construct with this id already
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/asg-capacity-providers.html
 * @example
 * const { cluster: config, region } = environment;
 * if ("name" in config) throw new Error("an existing cluster");
 * const props = { config, region, name: "games", isProtected: false, tags: {}, network };
 * const created = new Cluster(stack, "cluster", props);
 * console.log(created.hostsName); // games-hosts
 */
export class Cluster extends Construct implements ClusterParts {
  readonly name: string;
  readonly arn: string;
  readonly isCreated = true;
  readonly hostsName: string;
  readonly capacityProvider: string;
  readonly securityGroupIds: readonly string[];
  readonly dynamicPortRange: PortRange;
  readonly dependencies: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: ClusterProps) {
    super(scope, id);
    const { config, name } = props;
    this.dynamicPortRange = config.dynamicPortRange;
    const cluster = new EcsCluster(this, "ecs", {
      name,
      setting: [{ name: "containerInsights", value: config.containerInsights }],
    });
    this.name = name;
    this.hostsName = `${name}-hosts`;
    this.arn = cluster.arn;
    const { group, connections } = this.securityGroup(props);
    this.securityGroupIds = [group.id];
    const { profile, policies } = hostRole(this, props);
    const template = this.launchTemplate(props, profile, group);
    const hosts = this.hosts(props, template, [
      cluster,
      ...policies,
      // At the end, too: an agent without a way out cannot say that its tasks have stopped, and their
      // services stay DRAINING.
      ...connections,
      ...props.network.hostDependencies,
      ...props.network.admit("hosts", group.id),
    ]);
    const provider = this.provider(name, hosts);
    this.capacityProvider = provider.name;
    const association = new EcsClusterCapacityProviders(this, "capacity", {
      clusterName: cluster.name,
      capacityProviders: [provider.name],
    });
    this.dependencies = [association, ...policies];
  }

  private securityGroup({ network, name, config: { dynamicPortRange } }: ClusterProps) {
    const group = securityGroup(this, "security_group", {
      name: `${name}-hosts`,
      description: "ECS hosts, and in bridge mode their tasks",
      vpcId: network.vpcId,
    });
    const fromHosts = letIn(this, "from_hosts", {
      description: "Tasks reach each other on dynamic host ports",
      client: group.id,
      server: group.id,
      ports: dynamicPortRange,
    });
    const about = "Image registries, AWS APIs, EFS and what apps call";
    return { group, connections: [fromHosts, letOutToAnywhere(this, group, about)] };
  }

  private launchTemplate(
    { name, config, tags }: ClusterProps,
    profile: IamInstanceProfile,
    group: SecurityGroup,
  ) {
    const userData = hostUserData({ ...config, cluster: name });
    return new LaunchTemplate(this, "launch_template", {
      name: `${name}-host`,
      updateDefaultVersion: true,
      // Resolved when a host starts: a new image changes no plan and no running host. Operators roll
      // the hosts with an instance refresh.
      imageId: config.imageId ?? machineImage(config.instanceType),
      instanceType: config.instanceType,
      iamInstanceProfile: { arn: profile.arn },
      vpcSecurityGroupIds: [group.id],
      userData: Buffer.from(userData).toString("base64"),
      // With one hop a container in bridge mode does not reach the host's role: it has its own.
      metadataOptions: {
        httpEndpoint: "enabled",
        httpTokens: "required",
        httpPutResponseHopLimit: 1,
      },
      blockDeviceMappings: [
        {
          deviceName: "/dev/xvda",
          ebs: {
            volumeSize: config.diskSize,
            volumeType: "gp3",
            encrypted: "true",
            deleteOnTermination: "true",
          },
        },
      ],
      tagSpecifications: ["instance", "volume"].map((resourceType) => ({
        resourceType,
        tags: { ...tags, Name: `${name}-host` },
      })),
    });
  }

  private hosts(
    { name, config, network, isProtected, tags }: ClusterProps,
    template: LaunchTemplate,
    dependsOn: ITerraformDependable[],
  ) {
    return new AutoscalingGroup(this, "hosts", {
      name: this.hostsName,
      minSize: config.minHosts,
      maxSize: config.maxHosts,
      vpcZoneIdentifier: [...network.privateSubnetIds],
      launchTemplate: { id: template.id, version: "$Latest" },
      // Managed termination protection needs it. A forced delete ends protected hosts too
      // (https://github.com/aws/aws-cdk/issues/18179), and does not wait for them.
      protectFromScaleIn: true,
      forceDelete: !isProtected,
      tag: [
        { key: "Name", value: `${name}-host`, propagateAtLaunch: true },
        // ECS adds this tag to groups it manages: declared here, the next plan shows no difference.
        { key: "AmazonECSManaged", value: "true", propagateAtLaunch: true },
        // Default tags do not reach a group either; its hosts have theirs from the launch template.
        ...Object.entries(tags).map(([key, value]) => ({ key, value, propagateAtLaunch: false })),
      ],
      dependsOn,
    });
  }

  private provider(name: string, hosts: AutoscalingGroup) {
    return new EcsCapacityProvider(this, "capacity_provider", {
      name: `${name}-hosts`,
      autoScalingGroupProvider: {
        autoScalingGroupArn: hosts.arn,
        // Only hosts without tasks are scaled in: otherwise any, that of Redis too.
        managedTerminationProtection: "ENABLED",
        managedDraining: "ENABLED",
        managedScaling: { status: "ENABLED", targetCapacity: 100 },
      },
    });
  }
}

/**
 * A cluster that exists, with hosts, role and capacity providers. Creates nothing.
 *
 * @param config fields of an environment's `cluster` that exists: docs/environments.md
 * @throws none
 * @example
 * const existing = existingCluster(
 *   { name: "games", instanceSecurityGroupIds: ["sg-01"], dynamicPortRange },
 *   settings,
 * );
 * console.log(existing.arn); // arn:aws:ecs:eu-central-1:111111111111:cluster/games
 */
export function existingCluster(
  config: Omit<ExistingCluster, "forceNewDeployment"> & { forceNewDeployment?: boolean },
  { account, region }: Pick<Environment, "account" | "region">,
): ClusterParts {
  return {
    name: config.name,
    isCreated: false,
    // The provider reads an ARN back: a name would replace the service in every plan.
    arn: arn("ecs", region, account, `cluster/${config.name}`),
    ...(config.capacityProvider !== undefined && { capacityProvider: config.capacityProvider }),
    securityGroupIds: config.instanceSecurityGroupIds,
    dynamicPortRange: config.dynamicPortRange,
    forceNewDeployment: config.forceNewDeployment ?? false,
    dependencies: [],
  };
}

/** Where a service or a task runs. A strategy and a launch type exclude each other. */
export function runsOn({
  capacityProvider,
}: ClusterParts): Pick<EcsServiceConfig, "capacityProviderStrategy" | "launchType"> {
  return capacityProvider === undefined
    ? { launchType: "EC2" }
    : { capacityProviderStrategy: [{ capacityProvider, weight: 1 }] };
}
