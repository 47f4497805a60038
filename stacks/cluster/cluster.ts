import { AutoscalingGroup } from "@cdktf/provider-aws/lib/autoscaling-group/index.js";
import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import { EcsCapacityProvider } from "@cdktf/provider-aws/lib/ecs-capacity-provider/index.js";
import { EcsClusterCapacityProviders } from "@cdktf/provider-aws/lib/ecs-cluster-capacity-providers/index.js";
import { EcsCluster } from "@cdktf/provider-aws/lib/ecs-cluster/index.js";
import type { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile/index.js";
import { LaunchTemplate } from "@cdktf/provider-aws/lib/launch-template/index.js";
import type { SecurityGroup } from "@cdktf/provider-aws/lib/security-group/index.js";
import type { EcsServiceConfig } from "@cdktf/provider-aws/lib/ecs-service/index.js";
import { type ITerraformDependable, Token } from "cdktf";
import { Construct } from "constructs";
import type { Environment } from "../config/environment-schema.ts";
import {
  allowIngress,
  allowAllEgress,
  type PortRange,
  securityGroup,
} from "../network/security-group.ts";
import { hostRole } from "./host-role.ts";
import { hostUserData, machineImage } from "./host-user-data.ts";
import type { NetworkParts } from "../network/network.ts";
import type { LogSettings } from "../aws/log-settings.ts";
import { arn } from "../aws/policy.ts";

/** The parts of a cluster that services use. */
export interface ClusterParts {
  /** Name of the ECS cluster. */
  readonly name: string;
  /** ARN of the ECS cluster. */
  readonly arn: string;
  /** False for an existing cluster. Its owner must give its hosts access to existing file systems. */
  readonly isCreated: boolean;
  /** Name of the group of hosts. @default undefined: the cluster exists */
  readonly hostsName?: string | undefined;
  /** Name of the capacity provider. @default undefined: any EC2 host of the cluster */
  readonly capacityProvider?: string;
  /** Security groups of the hosts, and of tasks in bridge mode. */
  readonly securityGroupIds: readonly string[];
  /** Host ports for tasks in bridge mode: `from` is the first, `to` the last. */
  readonly dynamicPortRange: PortRange;
  /** Set it for a deploy that changes the capacity provider of an existing cluster. @default false */
  readonly forceNewDeployment?: boolean;
  /** Name of the log group of sessions with ECS Exec. @default undefined: the stacks do not log them */
  readonly execLogGroup?: string | undefined;
  /**
   * Resources that must exist before services and be destroyed after them: without the hosts' role or the
   * capacity provider, a service that is being destroyed stays DRAINING forever.
   */
  readonly dependencies: readonly ITerraformDependable[];
}

type ExistingCluster = Extract<Environment["cluster"], { name: string }>;

/** Props of `Cluster`. */
export interface ClusterProps {
  /** The `cluster` of an environment, with defaults applied: docs/environments.md. */
  readonly config: Exclude<Environment["cluster"], ExistingCluster>;
  /** Name of the ECS cluster, and prefix of the names of its parts. */
  readonly name: string;
  /** AWS region. */
  readonly region: string;
  /** False: a destroy terminates the hosts immediately, even if tasks run on them. */
  readonly isProtected: boolean;
  /** Tags of hosts and volumes. The provider's default tags do not apply to instances that an Auto Scaling group starts. */
  readonly tags: Readonly<Record<string, string>>;
  /** The network of the hosts. */
  readonly network: NetworkParts;
  /** Settings of a log group for what is typed and shown in sessions with ECS Exec. @default undefined: no log */
  readonly execLogs?: LogSettings | undefined;
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
  readonly execLogGroup: string | undefined;
  readonly dependencies: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: ClusterProps) {
    super(scope, id);
    const { config, name, execLogs } = props;
    this.dynamicPortRange = config.dynamicPortRange;
    if (execLogs !== undefined) {
      const log = { name: `/ecs-exec/${name}`, ...execLogs };
      this.execLogGroup = new CloudwatchLogGroup(this, "exec_log", log).name;
    }
    const cluster = new EcsCluster(this, "ecs", {
      name,
      setting: [{ name: "containerInsights", value: config.containerInsights }],
      ...(this.execLogGroup !== undefined && { configuration: loggedIn(this.execLogGroup) }),
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
      // Also needed during a destroy: an agent without network access cannot report that its tasks have
      // stopped, and their services stay DRAINING.
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
    const fromHosts = allowIngress(this, "from_hosts", {
      description: "Tasks reach each other on dynamic host ports",
      client: group.id,
      server: group.id,
      ports: dynamicPortRange,
    });
    const about = "Image registries, AWS APIs, EFS and what apps call";
    return { group, connections: [fromHosts, allowAllEgress(this, group, about)] };
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
      // Resolved when a host starts, so a new image changes neither the plan nor running hosts. An instance
      // refresh replaces them.
      imageId: config.imageId ?? machineImage(config.instanceType),
      instanceType: config.instanceType,
      iamInstanceProfile: { arn: profile.arn },
      vpcSecurityGroupIds: [group.id],
      userData: Buffer.from(userData).toString("base64"),
      // With a hop limit of 1, containers in bridge mode cannot use the host's role. They have their own.
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
      // A refresh begins when the version changes here.
      launchTemplate: {
        id: template.id,
        version: config.hostRefresh ? Token.asString(template.latestVersion) : "$Latest",
      },
      // Managed termination protection requires it. A forced delete terminates protected hosts too
      // (https://github.com/aws/aws-cdk/issues/18179), without waiting for them.
      protectFromScaleIn: true,
      forceDelete: !isProtected,
      ...(config.hostRefresh && { instanceRefresh: rolling }),
      tag: [
        { key: "Name", value: `${name}-host`, propagateAtLaunch: true },
        // ECS adds this tag to groups that it manages. Without it here, the next plan would show a difference.
        { key: "AmazonECSManaged", value: "true", propagateAtLaunch: true },
        // Default tags do not apply to the group either. Its hosts get theirs from the launch template.
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
        // Only hosts without tasks are scaled in. Otherwise any host could be, including the one of Redis.
        managedTerminationProtection: "ENABLED",
        managedDraining: "ENABLED",
        managedScaling: { status: "ENABLED", targetCapacity: 100 },
      },
    });
  }
}

/** A new host starts before an old one ends. The capacity provider drains a protected host before it ends. */
const rolling = {
  strategy: "Rolling",
  preferences: {
    minHealthyPercentage: 100,
    maxHealthyPercentage: 150,
    scaleInProtectedInstances: "Refresh",
    skipMatching: true,
  },
};

/**
 * Describes an existing cluster with hosts, role and capacity providers. Creates nothing.
 *
 * @param config the `cluster` of an environment with an existing cluster: docs/environments.md
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
    // Terraform's provider stores the ARN, so a name would replace the service in every plan.
    arn: arn("ecs", region, account, `cluster/${config.name}`),
    ...(config.capacityProvider !== undefined && { capacityProvider: config.capacityProvider }),
    securityGroupIds: config.instanceSecurityGroupIds,
    dynamicPortRange: config.dynamicPortRange,
    forceNewDeployment: config.forceNewDeployment ?? false,
    dependencies: [],
  };
}

/** The capacity provider strategy or the launch type of a service or task. ECS accepts only one of them. */
export function runsOn({
  capacityProvider,
}: ClusterParts): Pick<EcsServiceConfig, "capacityProviderStrategy" | "launchType"> {
  return capacityProvider === undefined
    ? { launchType: "EC2" }
    : { capacityProviderStrategy: [{ capacityProvider, weight: 1 }] };
}

/** With `OVERRIDE`, the log group of a container is not used: sessions would be among what the program logs. */
const loggedIn = (cloudWatchLogGroupName: string) => ({
  executeCommandConfiguration: {
    logging: "OVERRIDE",
    logConfiguration: { cloudWatchLogGroupName },
  },
});
