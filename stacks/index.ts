/**
 * What another CDKTF project can import: whole environments, or single constructs and the rules for
 * their JSON. `docs/own-terraform.md` has an example.
 */
export {
  Cluster,
  type ClusterParts,
  type ClusterProps,
  existingCluster,
} from "./cluster/cluster.ts";
export { ConfigError, type ConfigProblem } from "./config/config-error.ts";
export type { ServiceConfig, ServiceInput } from "./config/services-schema.ts";
export { parseEnvironments } from "./config/parse-environments.ts";
export type {
  Environment,
  EnvironmentInput,
  EnvironmentsInput,
} from "./config/environment-schema.ts";
export { DiscoveredService, type DiscoveredServiceProps } from "./services/discovered-service.ts";
export { discover, Discovery, type DiscoveryProps } from "./discovery/discovery.ts";
export { EnvironmentStack } from "./environment-stack.ts";
export { type Names, namesOf } from "./config/names.ts";
export {
  existingNetwork,
  Network,
  type NetworkParts,
  type NetworkProps,
} from "./network/network.ts";
export { permissionsBoundary } from "./aws/permissions-boundary.ts";
export { parseRedis, parseService } from "./config/parse-part.ts";
export type { RedisParts } from "./redis/redis-parts.ts";
export { makeRedis, type Redis, type RedisProps } from "./redis/make-redis.ts";
export { brokenRules } from "./rules/index.ts";
export { RuleError } from "./rules/rule-error.ts";
export type { ServiceSettings } from "./config/environment-schema.ts";
export { synthesize, type SynthesizedEnvironment, type SynthesizeOptions } from "./synthesize.ts";
export { TaskNetwork, type TaskNetworkProps } from "./ecs/task-network.ts";
