// The public API: other folders and tests import only this file.
export { readTemplate, type Template, type TemplateSource } from "./terraform/template.ts";
export { changesBetween } from "./terraform/template-changes.ts";
export { addressesIn } from "./terraform/expression/symbol.ts";
export {
  type Evaluated,
  evaluate,
  type EvaluationOptions,
} from "./terraform/evaluation/evaluate.ts";
export { warningsFor } from "./terraform/warnings/index.ts";
export { readSavedPlan, type SavedPlan, withChanges } from "./terraform/saved/saved-plan.ts";
export { planSupport } from "./terraform/saved/plan-support.ts";
export { HarnessError, type HarnessErrorCode, type Hint } from "./base/errors.ts";
export { now, type EcsEvent, type EcsEventOf, type EcsEvents } from "./base/events.ts";
export {
  CLOUD_MAP_API_FAULTS,
  type CloudMapApiFault,
  DNS_FAULTS,
  type DnsFaultKind,
  type FaultEntry,
  FAULTS,
  type FaultName,
  type Takes,
} from "./base/fault-primitives.ts";
export type { Faults } from "./faults/fault-injection.ts";
export type { HostLossOptions } from "./faults/lost-host.ts";
export type { PortProtocol } from "./faults/port-server.ts";
export { checkStart } from "./check-start.ts";
export { startLocalEcs, type LocalEcs } from "./local-ecs.ts";
export type { LocalEcsOptions } from "./local-ecs-options.ts";
export { checkSystem, type Platform } from "./machine/platform.ts";
export type {
  ContainerState,
  DeploymentState,
  HostState,
  HostStatus,
  LoadBalancerState,
  ServiceState,
  TargetState,
  TaskState,
} from "./base/state.ts";
export {
  findImage,
  isEndOf,
  nameIn,
  repositoryOf,
  type LocalImage,
  type LocalImages,
} from "./tasks/image.ts";
export { Engine, type EngineName, isImageReference } from "./images/engine.ts";
export { engineImage } from "./images/engine-image.ts";
export type { ExportProgress } from "./images/image-cache.ts";
export { whyNoImages, whyNoNetworks } from "./machine/check-images.ts";
export { whyNotHere } from "./tasks/container-program.ts";
export { redisImage, type RedisImageOptions } from "./tasks/redis-image.ts";
export type { Plan, SecretReference } from "./terraform/plan/plan.ts";
