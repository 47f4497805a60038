/**
 * What another CDKTF project may import: whole environments, or the constructs they are made of, with
 * the rules that their JSON is checked against. `docs/constructs.md` has an example.
 */
export { Cluster, type ClusterParts, existingCluster } from "./cluster.ts";
export { ConfigError, type ConfigProblem } from "./config-error.ts";
export type { ServiceConfig, ServiceInput } from "./config-services.ts";
export {
  type Environment,
  type EnvironmentInput,
  type EnvironmentsInput,
  parseEnvironments,
} from "./config.ts";
export { DiscoveredService, type DiscoveredServiceProps } from "./discovered-service.ts";
export { discover, Discovery } from "./discovery.ts";
export { EnvironmentStack } from "./environment-stack.ts";
export { type Names, namesOf } from "./names.ts";
export { existingNetwork, Network, type NetworkParts } from "./network.ts";
export { parseRedis, parseService } from "./parse-part.ts";
export type { RedisParts } from "./redis-parts.ts";
export { makeRedis, type Redis, type RedisProps } from "./redis.ts";
export { brokenRules } from "./rules/index.ts";
export { RuleError } from "./rules/rule-error.ts";
export type { Surroundings } from "./surroundings.ts";
export { synthesize } from "./synthesize.ts";
export { TaskNetwork, type TaskNetworkProps } from "./task-network.ts";
