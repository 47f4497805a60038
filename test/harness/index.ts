/** The local ECS for one's own tests: all that a user of it imports. */
export { HarnessError, type HarnessErrorCode } from "./errors.ts";
export type { EcsEvent, EcsEventOf, EcsEvents } from "./events.ts";
export type { Faults } from "./faults/faults.ts";
export {
  startLocalEcs,
  type LocalEcs,
  type LocalEcsOptions,
  type TemplateSource,
} from "./local-ecs.ts";
export type {
  ContainerState,
  DeploymentState,
  HostState,
  LoadBalancerState,
  ServiceState,
  TaskState,
} from "./state.ts";
export type { LocalImage } from "./tasks/image.ts";
export { redisImage, type RedisImageOptions } from "./tasks/redis-image.ts";
