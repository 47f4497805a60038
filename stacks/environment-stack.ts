import { TerraformElement, TerraformOutput, TerraformStack } from "cdktf";
import type { Construct, Node } from "constructs";
import { appPort } from "./config/app-schema.ts";
import { AppTasks } from "./app/app-tasks.ts";
import { AppService } from "./app/app-service.ts";
import { Cluster, existingCluster } from "./cluster/cluster.ts";
import type { Environment } from "./config/environment-schema.ts";
import { Discovery } from "./discovery/discovery.ts";
import { leaveDataBehind } from "./redis/forget-data.ts";
import { LoadBalancer } from "./app/load-balancer.ts";
import { logSettings } from "./aws/log-settings.ts";
import { namesOf } from "./config/names.ts";
import { existingNetwork, Network } from "./network/network.ts";
import { Operation } from "./operation/operation.ts";
import { needsNamespace } from "./config/redis-kinds.ts";
import { makeRedis } from "./redis/make-redis.ts";
import { makeServices } from "./services/make-services.ts";
import { TaskNetwork } from "./ecs/task-network.ts";
import { tagsOf, terraformSettings } from "./aws/terraform-settings.ts";

/** Everything one environment consists of. It refers to no other stack: its deploy is one command. */
export class EnvironmentStack extends TerraformStack {
  private readonly addresses = new Map<string, string>();

  constructor(scope: Construct, environment: Environment) {
    super(scope, environment.name);
    const names = namesOf(environment);
    const { region, protected: isProtected } = environment;
    terraformSettings(this, environment);
    leaveDataBehind(this, environment);

    const network =
      "cidr" in environment.network
        ? new Network(this, "network", {
            config: environment.network,
            account: environment.account,
            region,
            name: names.cluster,
            logs: logSettings(environment),
          })
        : existingNetwork(environment.network);
    const cluster =
      "name" in environment.cluster
        ? existingCluster(environment.cluster, environment)
        : new Cluster(this, "cluster", {
            config: environment.cluster,
            name: names.cluster,
            region,
            isProtected,
            tags: tagsOf(environment),
            network,
          });
    const discovery = needsNamespace(environment)
      ? new Discovery(this, "discovery", {
          config: environment.namespace,
          namespace: names.namespace,
          network,
          isProtected,
        })
      : undefined;
    const appNetwork = new TaskNetwork(this, "app_network", {
      mode: environment.app.networkMode,
      name: names.app,
      network,
      cluster,
      reachesHosts: discovery !== undefined,
    });
    const redis = makeRedis(this, {
      environment,
      names,
      network,
      cluster,
      discovery,
      clientSecurityGroupIds: appNetwork.securityGroupIds,
    });
    makeServices(this, {
      environment,
      names,
      network,
      cluster,
      discovery,
      clientSecurityGroupIds: appNetwork.securityGroupIds,
    });
    const { loadBalancer: balanced } = environment.app;
    const loadBalancer =
      balanced === false
        ? undefined
        : new LoadBalancer(this, "load_balancer", {
            name: names.app,
            environment: environment.name,
            config: balanced,
            network,
            tasks: appNetwork,
            port: appPort(environment.app),
            isProtected,
          });
    const app = new AppService(this, "app", {
      environment,
      names,
      cluster,
      network: appNetwork,
      loadBalancer,
      redis: redis.parts,
    });

    const tasks = new AppTasks(this, "tasks", {
      environment,
      names,
      cluster,
      network: appNetwork,
      app,
      redis: redis.parts,
    });
    new Operation(this, "operation", {
      environment,
      names,
      cluster,
      redis,
      loadBalancer,
      deadLetters: tasks.deadLetters,
    });

    if (loadBalancer !== undefined) {
      new TerraformOutput(this, "app_url", { value: loadBalancer.url });
      // What a name of one's own points to.
      new TerraformOutput(this, "load_balancer_dns_name", { value: loadBalancer.dnsName });
    }
  }

  /** It would look for references to other stacks, resolving every token once more: there are none. */
  override prepareStack(): void {}

  /**
   * Addresses that read as the tree of constructs, `aws_ecs_service.redis_service`, without a hash.
   *
   * @throws Error when two constructs would share one: they would silently become one resource
   */
  protected override allocateLogicalId(element: TerraformElement | Node): string {
    const node = TerraformElement.isTerraformElement(element) ? element.node : element;
    const ids = node.scopes.slice(this.node.scopes.length).map((scope) => scope.node.id);
    const address = ids.join("_").replaceAll("-", "_");
    const owner = this.addresses.get(address) ?? node.path;
    if (owner !== node.path) throw new Error(`${node.path} and ${owner} are both ${address}`);
    this.addresses.set(address, owner);
    return address;
  }
}
