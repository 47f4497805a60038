import type { EcsService } from "@cdktf/provider-aws/lib/ecs-service/index.js";
import type { EcsTaskDefinition } from "@cdktf/provider-aws/lib/ecs-task-definition/index.js";
import { Construct } from "constructs";
import { keyOf } from "../aws/listed-parts.ts";
import { valuesFrom } from "../aws/secret-access.ts";
import type { ClusterParts } from "../cluster/cluster.ts";
import { checkInside } from "../config/container-schema.ts";
import type { ServiceSettings } from "../config/environment-schema.ts";
import type { ServiceConfig } from "../config/services-schema.ts";
import type { Discovery } from "../discovery/discovery.ts";
import { registeredService } from "../discovery/registered-service.ts";
import { replicas } from "../ecs/ecs-service.ts";
import { imageOf, taskDefinition } from "../ecs/task-definition.ts";
import { TaskNetwork } from "../ecs/task-network.ts";
import { TaskRoles } from "../ecs/task-roles.ts";
import type { NetworkParts } from "../network/network.ts";
import { allowIngress } from "../network/security-group.ts";

/** Props of `DiscoveredService`. */
export interface DiscoveredServiceProps {
  /** Name of the ECS service and of the Cloud Map service. The DNS name is `[name].[namespace]`. */
  readonly name: string;
  /** The result of `parseService`. */
  readonly config: ServiceConfig;
  /** Settings that all services share. */
  readonly settings: ServiceSettings;
  /** Network of tasks in awsvpc mode. */
  readonly network: NetworkParts;
  /** Cluster that runs the tasks. */
  readonly cluster: ClusterParts;
  /** Namespace in which the service is registered. */
  readonly discovery: Discovery;
  /** Name of the log group, for example `/ecs/dev/search`. */
  readonly logGroup: string;
  /** Security groups of its clients. */
  readonly clientSecurityGroupIds: readonly string[];
}

/**
 * An ECS service that is registered in Cloud Map, as Redis is: with SRV records, or in awsvpc mode with A records.
 *
 * @throws {Error} when the scope has a construct with this id already
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-discovery.html
 * @example
 * const search = new DiscoveredService(stack, "search", {
 *   name: names.service("search"),
 *   config: parseService("search", { image: "example.com/search:2.1.0", port: 9200 }),
 *   logGroup: names.logGroup("search"),
 *   clientSecurityGroupIds: cluster.securityGroupIds,
 *   settings,
 *   network,
 *   cluster,
 *   discovery,
 * });
 * console.log(search.srvName); // games-search.games-ecs
 */
export class DiscoveredService extends Construct {
  /** The SRV name. */
  readonly srvName: string;
  /** The ECS service. */
  readonly service: EcsService;
  private readonly taskNetwork: TaskNetwork;

  constructor(scope: Construct, id: string, props: DiscoveredServiceProps) {
    super(scope, id);
    const { name, config, settings, network, cluster, discovery } = props;
    this.srvName = discovery.nameOf(name);
    this.taskNetwork = new TaskNetwork(this, "network", {
      mode: config.networkMode,
      name,
      network,
      cluster,
      reachesHosts: true,
    });
    const secrets = valuesFrom(config.secrets, settings);
    const roles = new TaskRoles(this, "roles", {
      name,
      settings,
      execLogGroup: cluster.execLogGroup,
      secrets: Object.values(secrets),
      secretKeyArns: config.secretKeyArns,
      allowed: config.taskPolicy,
    });
    const definition = taskDefinition(this, {
      settings,
      family: name,
      mode: config.networkMode,
      roles,
      logGroup: props.logGroup,
      containers: [containerProps(props, imageOf(this, config.image), secrets)],
    });
    this.service = this.registered(props, definition, roles);
  }

  private registered(
    props: DiscoveredServiceProps,
    definition: EcsTaskDefinition,
    roles: TaskRoles,
  ): EcsService {
    const { name, config, settings, cluster, discovery } = props;
    const { networkMode: mode, port, records, dnsTtl, desiredCount } = config;
    const registry = discovery.service(this.node.id, name, dnsTtl, records);
    const registration = { registry, container: name, port, mode, records };
    return registeredService(this, registration, {
      name,
      cluster,
      definition,
      network: this.taskNetwork,
      exec: settings.exec,
      ...replicas({ count: desiredCount, takesHostPort: mode === "host" }),
      dependencies: [
        ...cluster.dependencies,
        ...roles.dependencies,
        ...this.taskNetwork.dependencies,
        ...this.admit(props),
      ],
    });
  }

  /** Opens the port to clients. The hosts' dynamic ports are already open. */
  private admit({ config, clientSecurityGroupIds }: DiscoveredServiceProps) {
    if (config.networkMode === "bridge") return [];
    const ports = this.taskNetwork.ports(config.port);
    return this.taskNetwork.securityGroupIds.flatMap((server, index) =>
      clientSecurityGroupIds.map((client, other) =>
        allowIngress(this, `client_${keyOf(client, other)}_to_${keyOf(server, index)}`, {
          description: "Clients of the service",
          client,
          server,
          ports,
        }),
      ),
    );
  }
}

function containerProps(
  { name, config, settings }: DiscoveredServiceProps,
  image: string,
  secrets: Readonly<Record<string, string>>,
) {
  const { healthCheck, memory, cpu, port, entryPoint, command, stopTimeout } = config;
  return {
    name,
    image,
    memory,
    cpu,
    port,
    entryPoint,
    command,
    variables: { ...config.environment, AWS_REGION: settings.region, PORT: String(port) },
    secrets,
    healthCheck: healthCheck && checkInside(healthCheck),
    stopTimeout,
    readonlyRootFilesystem: false,
  };
}
