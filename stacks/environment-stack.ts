import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { AppService } from "./app/app-service.ts";
import { AppTasks } from "./app/app-tasks.ts";
import { LoadBalancer } from "./app/load-balancer.ts";
import { logSettings } from "./aws/log-settings.ts";
import { permissionsBoundary } from "./aws/permissions-boundary.ts";
import { ReadableStack } from "./aws/readable-stack.ts";
import { tagsOf, terraformSettings } from "./aws/terraform-settings.ts";
import { Cluster, type ClusterParts, existingCluster } from "./cluster/cluster.ts";
import { appPort } from "./config/app-schema.ts";
import type { Environment } from "./config/environment-schema.ts";
import { type Names, namesOf } from "./config/names.ts";
import { needsNamespace } from "./config/redis-kinds.ts";
import { Discovery } from "./discovery/discovery.ts";
import { TaskNetwork } from "./ecs/task-network.ts";
import { existingNetwork, Network, type NetworkParts } from "./network/network.ts";
import { Operation } from "./operation/operation.ts";
import { forgetRedisData } from "./redis/forget-data.ts";
import { makeRedis } from "./redis/make-redis.ts";
import { makeServices } from "./services/make-services.ts";

/**
 * Everything one environment consists of. It refers to no other stack: its deploy is one command.
 *
 * @throws {Error} when the scope has a construct of the environment's name already
 * @example
 * const own = new EnvironmentStack(new App(), environment);
 * console.log(own.node.id); // games
 */
export class EnvironmentStack extends ReadableStack {
  constructor(scope: Construct, environment: Environment) {
    super(scope, environment.name);
    const names = namesOf(environment);
    const { permissionsBoundaryArn } = environment;
    terraformSettings(this, environment);
    if (permissionsBoundaryArn !== undefined) permissionsBoundary(this, permissionsBoundaryArn);
    forgetRedisData(this, environment);

    const network = makeNetwork(this, environment, names);
    const cluster = makeCluster(this, environment, names, network);
    const discovery = makeDiscovery(this, environment, names, network);
    const appNetwork = new TaskNetwork(this, "app_network", {
      mode: environment.app.networkMode,
      name: names.app,
      network,
      cluster,
      reachesHosts: discovery !== undefined,
    });
    const clientSecurityGroupIds = appNetwork.securityGroupIds;
    const parts = { environment, names, network, cluster, discovery, clientSecurityGroupIds };
    const redis = makeRedis(this, parts);
    makeServices(this, parts);
    const loadBalancer = makeLoadBalancer(this, environment, names, network, appNetwork);
    const running = { environment, names, cluster, network: appNetwork, redis: redis.parts };
    const app = new AppService(this, "app", { ...running, loadBalancer });
    const { deadLetters } = new AppTasks(this, "tasks", { ...running, app });
    const operation = new Operation(this, "operation", {
      environment,
      names,
      cluster,
      redis,
      loadBalancer,
      deadLetters,
    });
    if (environment.app.rollbackOnAlarms) app.rollBackOn(operation.releaseAlarms);

    if (loadBalancer === undefined) return;
    new TerraformOutput(this, "app_url", { value: loadBalancer.url });
    // What your own host name points to.
    new TerraformOutput(this, "load_balancer_dns_name", { value: loadBalancer.dnsName });
  }
}

function makeNetwork(stack: Construct, environment: Environment, names: Names): NetworkParts {
  const { network: config, account, region } = environment;
  if (!("cidr" in config)) return existingNetwork(config);
  const logs = logSettings(environment);
  return new Network(stack, "network", { config, account, region, name: names.cluster, logs });
}

function makeCluster(
  stack: Construct,
  environment: Environment,
  names: Names,
  network: NetworkParts,
): ClusterParts {
  const { cluster: config, region, protected: isProtected } = environment;
  if ("name" in config) return existingCluster(config, environment);
  const tags = tagsOf(environment);
  const execLogs = environment.exec ? logSettings(environment) : undefined;
  return new Cluster(stack, "cluster", {
    config,
    name: names.cluster,
    region,
    isProtected,
    tags,
    network,
    execLogs,
  });
}

function makeDiscovery(
  stack: Construct,
  environment: Environment,
  { namespace }: Names,
  network: NetworkParts,
): Discovery | undefined {
  if (!needsNamespace(environment)) return undefined;
  const { namespace: config, protected: isProtected } = environment;
  return new Discovery(stack, "discovery", { config, namespace, network, isProtected });
}

function makeLoadBalancer(
  stack: Construct,
  { name: logPrefix, app, protected: isProtected }: Environment,
  names: Names,
  network: NetworkParts,
  tasks: TaskNetwork,
): LoadBalancer | undefined {
  if (app.loadBalancer === false) return undefined;
  return new LoadBalancer(stack, "load_balancer", {
    name: names.app,
    logPrefix,
    config: app.loadBalancer,
    network,
    tasks,
    port: appPort(app),
    isProtected,
  });
}
