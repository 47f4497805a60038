import { discoverySchemas } from "./schemas/discovery.ts";
import { hostSchemas } from "./schemas/hosts.ts";
import { loadBalancerSchemas } from "./schemas/load-balancers.ts";
import { serviceSchemas } from "./schemas/services.ts";
import { storageSchemas } from "./schemas/storage.ts";

/** The modelled resource types with the arguments that they accept. */
export const SCHEMAS = {
  ...hostSchemas,
  ...serviceSchemas,
  ...discoverySchemas,
  ...storageSchemas,
  ...loadBalancerSchemas,
} as const;

export type ModelledType = keyof typeof SCHEMAS;

/** Whether a resource type is modelled. */
export const isModelled = (type: string): type is ModelledType => Object.hasOwn(SCHEMAS, type);
