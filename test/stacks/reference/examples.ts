// Written by `npm run reference` from the docstrings of the stacks: a change here is lost.
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, TerraformStack } from "cdktf";
import {
  Cluster,
  ConfigError,
  DiscoveredService,
  Discovery,
  EnvironmentStack,
  type EnvironmentsInput,
  LockError,
  Network,
  RuleError,
  type ServiceSettings,
  TaskNetwork,
  brokenRules,
  committedLock,
  discover,
  existingCluster,
  existingNetwork,
  makeRedis,
  namesOf,
  parseEnvironments,
  parseRedis,
  parseService,
  synthesize,
  toolOf,
} from "../../../stacks/index.ts";

function given() {
  const environments = {
    games: {
      account: "111111111111",
      region: "eu-central-1",
      network: { cidr: "10.10.0.0/16" },
      app: {
        image: "example.com/games:1.4.0",
        loadBalancer: { healthCheck: { path: "/healthz" } },
      },
    },
  } satisfies EnvironmentsInput;
  const [environment] = parseEnvironments(environments);
  if (environment === undefined) throw new Error("no environment");

  const stack = new TerraformStack(new App(), "tools");
  const settings: ServiceSettings = {
    account: "111111111111",
    region: "eu-central-1",
    exec: false,
    protected: false,
    logRetentionDays: 30,
  };
  const names = namesOf({ name: "games", namespace: {} });
  const network = existingNetwork({ vpcId: "vpc-0a1b", privateSubnetIds: ["subnet-0a"] });
  const dynamicPortRange = { from: 40_000, to: 49_999 };
  const cluster = existingCluster(
    { name: "games", instanceSecurityGroupIds: ["sg-01"], dynamicPortRange },
    settings,
  );
  const discovery = new Discovery(stack, "discovery", {
    config: {},
    namespace: names.namespace,
    network,
    isProtected: false,
  });

  return {
    environments,
    environment,
    stack,
    settings,
    names,
    network,
    dynamicPortRange,
    cluster,
    discovery,
  };
}

/** By the name whose docstring has it. */
export const examples: Readonly<Record<string, () => Promise<void>>> = {
  Cluster: async () => {
    const { environment, stack, network, cluster } = given();
    const { cluster: config, region } = environment;
    if ("name" in config) throw new Error("an existing cluster");
    const props = { config, region, name: "games", isProtected: false, tags: {}, network };
    const created = new Cluster(stack, "cluster", props);
    console.log(created.hostsName); // games-hosts
  },
  ConfigError: async () => {
    try {
      parseRedis("redis", { memory: 1 });
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      for (const { field } of error.problems) console.log(field); // memory
    }
  },
  DiscoveredService: async () => {
    const { stack, settings, names, network, cluster, discovery } = given();
    const search = new DiscoveredService(stack, "search", {
      name: names.service("search"),
      config: parseService("search", { image: "example.com/search:2.1.0", port: 9200 }),
      logGroup: names.logGroup("search"),
      clientSecurityGroupIds: cluster.securityGroupIds,
      settings,
      network,
      cluster,
      discovery,
    });
    console.log(search.srvName); // games-search.games-ecs
  },
  Discovery: async () => {
    const { stack, network } = given();
    const zone = new Discovery(stack, "zone", {
      config: {},
      namespace: "tools-ecs",
      network,
      isProtected: false,
    });
    console.log(zone.nameOf("tools-redis")); // tools-redis.tools-ecs
  },
  EnvironmentStack: async () => {
    const { environment } = given();
    const own = new EnvironmentStack(new App(), environment);
    console.log(own.node.id); // games
  },
  LockError: async () => {
    const { environments } = given();
    const lock = { tool: toolOf({}), providers: new Map() };
    try {
      synthesize(environments, { lock, outdir: join(tmpdir(), "games") });
    } catch (error) {
      if (!(error instanceof LockError)) throw error;
      console.log(error.code); // ERR_LOCK_STALE
    }
  },
  Network: async () => {
    const { environment, stack, network } = given();
    const { network: config, account, region } = environment;
    if ("vpcId" in config) throw new Error("an existing network");
    const logs = { retentionInDays: 30, skipDestroy: false };
    const created = new Network(stack, "network", { config, account, region, name: "games", logs });
    console.log(created.privateSubnetIds.length); // 2
  },
  RuleError: async () => {
    const { environments } = given();
    try {
      const outdir = join(tmpdir(), "games");
      console.log(synthesize(environments, { outdir }).length); // 1
    } catch (error) {
      if (!(error instanceof RuleError)) throw error;
      for (const { rule, finding } of error.problems) console.error(rule.id, finding.address);
    }
  },
  TaskNetwork: async () => {
    const { stack, network, cluster } = given();
    const props = {
      mode: "awsvpc",
      name: "games-app",
      network,
      cluster,
      reachesHosts: true,
    } as const;
    const own = new TaskNetwork(stack, "app_network", props);
    console.log(own.ports(8080)); // { from: 8080, to: 8080 }
  },
  brokenRules: async () => {
    const { settings } = given();
    const resource = { aws_efs_file_system: { data: { encrypted: false } } };
    const subject = { ...settings, name: "games" };
    const broken = brokenRules({ resource }, subject);
    console.log(broken.some(({ finding }) => finding.field === "encrypted")); // true
  },
  committedLock: async () => {
    const lock = await committedLock(toolOf({}), tmpdir());
    console.log(lock); // undefined
  },
  discover: async () => {
    const { names } = given();
    const statement = discover(names.namespace, names.redis);
    console.log(statement.Action); // servicediscovery:DiscoverInstances
  },
  existingCluster: async () => {
    const { settings, dynamicPortRange, cluster } = given();
    const existing = existingCluster(
      { name: "games", instanceSecurityGroupIds: ["sg-01"], dynamicPortRange },
      settings,
    );
    console.log(existing.arn); // arn:aws:ecs:eu-central-1:111111111111:cluster/games
  },
  existingNetwork: async () => {
    const existing = existingNetwork({ vpcId: "vpc-0a1b", privateSubnetIds: ["subnet-0a"] });
    console.log(existing.publicSubnetIds); // []
  },
  makeRedis: async () => {
    const { environment, stack, settings, names, network, cluster, discovery } = given();
    const { parts } = makeRedis(stack, {
      environment: { ...settings, redis: parseRedis("redis", { memory: 1024 }) },
      clientSecurityGroupIds: cluster.securityGroupIds,
      names,
      network,
      cluster,
      discovery,
    });
    console.log(parts.variables["REDIS_URL"]); // redis+srv://games-redis.games-ecs
  },
  namesOf: async () => {
    const ofTools = namesOf({ name: "tools", namespace: {} });
    console.log(ofTools.srvName); // tools-redis.tools-ecs
  },
  parseEnvironments: async () => {
    const { environments } = given();
    const [first] = parseEnvironments(environments);
    console.log(first?.redis.kind); // service
  },
  parseRedis: async () => {
    const redis = parseRedis("redis", { memory: 1024 });
    console.log(redis.kind); // service
  },
  parseService: async () => {
    const service = parseService("search", { image: "example.com/search:2.1.0", port: 9200 });
    console.log(service.records); // SRV
  },
  synthesize: async () => {
    const { environments, environment } = given();
    const [written] = synthesize(environments, { outdir: join(tmpdir(), "games") });
    console.log(written?.environment); // games
  },
  toolOf: async () => {
    const tool = toolOf({ TERRAFORM_BINARY_NAME: "tofu" });
    console.log(tool.name); // OpenTofu
  },
};
