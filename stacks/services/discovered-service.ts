import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter/index.js";
import { EcsService } from "@cdktf/provider-aws/lib/ecs-service/index.js";
import { EcsTaskDefinition } from "@cdktf/provider-aws/lib/ecs-task-definition/index.js";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { type ClusterParts, runsOn } from "../cluster/cluster.ts";
import { checkInside } from "../config/container-schema.ts";
import type { ServiceConfig } from "../config/services-schema.ts";
import { containerDefinitions } from "../ecs/container-definition.ts";
import { rollout } from "../ecs/rollout.ts";
import { type Discovery, registersIn, replaceWith } from "../discovery/discovery.ts";
import { logSettings } from "../aws/log-settings.ts";
import type { NetworkParts } from "../network/network.ts";
import { valuesFrom } from "../aws/secret-access.ts";
import type { ServiceSettings } from "../config/environment-schema.ts";
import { TaskNetwork } from "../ecs/task-network.ts";
import { TaskRoles } from "../ecs/task-roles.ts";

export interface DiscoveredServiceProps {
  /** Of the ECS service and of the Cloud Map service: it is found as `[name].[namespace]`. */
  readonly name: string;
  readonly config: ServiceConfig;
  readonly environment: ServiceSettings;
  readonly network: NetworkParts;
  readonly cluster: ClusterParts;
  readonly discovery: Discovery;
  /** Where its logs go, for example `/ecs/dev/search`. */
  readonly logGroup: string;
  /** Security groups that its clients connect from. */
  readonly clientSecurityGroupIds: readonly string[];
}

/**
 * A service on ECS that others find through Cloud Map, as they find Redis: by SRV records, or in the
 * mode awsvpc by A records.
 */
export class DiscoveredService extends Construct {
  /** What a dialer looks up. */
  readonly srvName: string;
  readonly service: EcsService;
  private readonly taskNetwork: TaskNetwork;

  constructor(scope: Construct, id: string, props: DiscoveredServiceProps) {
    super(scope, id);
    const { name, config, environment, network, cluster, discovery } = props;
    this.srvName = discovery.nameOf(name);
    this.taskNetwork = new TaskNetwork(this, "network", {
      mode: config.networkMode,
      name,
      network,
      cluster,
      reachesHosts: true,
    });
    const secrets = valuesFrom(config.secrets, environment);
    const roles = new TaskRoles(this, "roles", {
      name,
      environment,
      secrets: Object.values(secrets),
      secretKeyArns: config.secretKeyArns,
      allowed: config.taskPolicy,
    });
    this.service = this.ecsService(props, this.taskDefinition(props, roles, secrets), [
      ...cluster.foundation,
      ...roles.grants,
      ...this.taskNetwork.ready,
      ...this.admit(props),
    ]);
  }

  private taskDefinition(
    props: DiscoveredServiceProps,
    roles: TaskRoles,
    secrets: Readonly<Record<string, string>>,
  ): EcsTaskDefinition {
    const { name, config } = props;
    return new EcsTaskDefinition(this, "task_definition", {
      family: name,
      requiresCompatibilities: ["EC2"],
      networkMode: config.networkMode,
      executionRoleArn: roles.executionRoleArn,
      taskRoleArn: roles.taskRoleArn,
      containerDefinitions: this.containers(props, secrets),
      skipDestroy: true,
      tags: { Name: name },
    });
  }

  private containers(
    { name, config, environment, logGroup }: DiscoveredServiceProps,
    secrets: Readonly<Record<string, string>>,
  ): string {
    const log = new CloudwatchLogGroup(this, "log", {
      name: logGroup,
      ...logSettings(environment),
    });
    const { image, healthCheck, ...container } = config;
    return containerDefinitions({
      ...container,
      name,
      image:
        typeof image === "string"
          ? image
          : new DataAwsSsmParameter(this, "image", { name: image.ssmParameter }).insecureValue,
      environment: {
        ...config.environment,
        AWS_REGION: environment.region,
        PORT: String(config.port),
      },
      secrets,
      healthCheck: healthCheck && checkInside(healthCheck),
      readonlyRootFilesystem: false,
      log: { group: log.name, region: environment.region },
    });
  }

  private ecsService(
    { name, config, environment, cluster, discovery }: DiscoveredServiceProps,
    definition: EcsTaskDefinition,
    dependsOn: ITerraformDependable[],
  ): EcsService {
    const { configuration, mode } = this.taskNetwork;
    const registry = discovery.service(this.node.id, name, config.dnsTtl, config.records);
    const service = new EcsService(this, "service", {
      name,
      ...runsOn(cluster),
      taskDefinition: definition.arn,
      ...(configuration && { networkConfiguration: configuration }),
      desiredCount: config.desiredCount,
      ...rollout({ fewest: config.desiredCount, takesHostPort: mode === "host" }),
      deploymentCircuitBreaker: { enable: true, rollback: true },
      orderedPlacementStrategy: [{ type: "spread", field: "attribute:ecs.availability-zone" }],
      serviceRegistries: registersIn(registry, {
        container: name,
        port: config.port,
        mode,
        records: config.records,
      }),
      enableExecuteCommand: environment.exec,
      enableEcsManagedTags: true,
      propagateTags: "SERVICE",
      waitForSteadyState: true,
      dependsOn,
    });
    replaceWith(service, registry);
    return service;
  }

  /** On dynamic ports the hosts let their own in already; on a port of its own nobody is, yet. */
  private admit({ config, clientSecurityGroupIds }: DiscoveredServiceProps) {
    if (config.networkMode === "bridge") return [];
    const { from, to } = this.taskNetwork.ports(config.port);
    return this.taskNetwork.securityGroupIds.flatMap((group, index) =>
      clientSecurityGroupIds.map(
        (client, other) =>
          new VpcSecurityGroupIngressRule(this, `client_${other}_to_${index}`, {
            securityGroupId: group,
            description: "Clients of the service",
            ipProtocol: "tcp",
            fromPort: from,
            toPort: to,
            referencedSecurityGroupId: client,
          }),
      ),
    );
  }
}
