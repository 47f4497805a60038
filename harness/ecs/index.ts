/** The local ECS for one's own tests: all that a user of it imports. */
export { HarnessError, type HarnessErrorCode } from "./errors.ts";
export type { EcsEvent, EcsEventOf, EcsEvents } from "./events.ts";
export { FAULTS, type FaultName } from "./fault-primitives.ts";
export type { DnsFaultKind } from "./faults/dns-fault.ts";
export type { Faults } from "./faults/faults.ts";
export type { HostLossOptions } from "./faults/lost-host.ts";
export type { Stranger } from "./faults/port-stranger.ts";
export type { Platform } from "./machine/platform.ts";
export type { CloudMapApiFault } from "./faults/switches.ts";
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
