import { discoverySchemas } from "./schemas/discovery.ts";
import { hostSchemas } from "./schemas/hosts.ts";
import { loadBalancerSchemas } from "./schemas/load-balancers.ts";
import { serviceSchemas } from "./schemas/services.ts";
import { storageSchemas } from "./schemas/storage.ts";

/** The resource types that the local ECS models, each with every argument it accepts. */
export const SCHEMAS = {
  ...hostSchemas,
  ...serviceSchemas,
  ...discoverySchemas,
  ...storageSchemas,
  ...loadBalancerSchemas,
} as const;

export type ModelledType = keyof typeof SCHEMAS;

/** Whether a resource type is one that the local ECS models. */
export const isModelled = (type: string): type is ModelledType => Object.hasOwn(SCHEMAS, type);
