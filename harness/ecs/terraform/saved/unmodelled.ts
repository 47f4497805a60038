import { type ModelledType, schemaOf } from "../types/index.ts";
import { isUnset } from "./configuration/literals.ts";

/**
 * Attributes that the provider computes, in addition to modelled arguments.
 * https://github.com/hashicorp/terraform-provider-aws, the schemas of 5.100.0
 */
const COMPUTED: ReadonlySet<string> = new Set([
  "arn",
  "arn_suffix",
  "arn_without_revision",
  "availability_zone_id",
  "default_version",
  "dns_name",
  "enforce_security_group_inbound_rules_on_private_link_traffic",
  "file_system_arn",
  "has_secret_string_wo",
  "hosted_zone",
  "http_name",
  "id",
  "latest_version",
  "load_balancer_arns",
  "load_balancing_anomaly_mitigation",
  "name",
  "number_of_mount_targets",
  "owner_id",
  "platform_version",
  "predicted_capacity",
  "revision",
  "size_in_bytes",
  "target_failover",
  "target_group_health",
  "target_health_state",
  "tcp_idle_timeout_seconds",
  "version_id",
  "vpc_id",
  "warm_pool_size",
  "zone_id",
]);

const isComputed = (name: string): boolean =>
  COMPUTED.has(name) || name.startsWith("routing_http_re");

/** Values of arguments that are left out, in addition to {@link isUnset}. */
export const isOff = (value: unknown): boolean =>
  [false, 0, "0", "off"].includes(value as string) || isUnset(value) || isAllOff(value);

const isAllOff = (value: unknown): boolean =>
  typeof value === "object" && value !== null && Object.values(value).every(isOff);

/**
 * Arguments without computed attributes and without unset arguments that are not modelled. Set arguments that
 * are not modelled stay, and are refused later.
 */
export function withoutUnmodelled(
  type: ModelledType,
  values: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const copy = structuredClone(values);
  for (let removed = true; removed;) {
    removed = false;
    const { error } = schemaOf(type).safeParse(copy);
    for (const issue of error?.issues ?? []) {
      if (issue.code !== "unrecognized_keys") continue;
      const block = at(copy, issue.path);
      for (const key of issue.keys) {
        if (!isOff(block[key]) && !(issue.path.length === 0 && isComputed(key))) continue;
        delete block[key];
        removed = true;
      }
    }
  }
  return copy;
}

/** The block at a path. The path and the value may differ in lists of one. */
function at(
  values: Record<string, unknown>,
  path: readonly PropertyKey[],
): Record<string, unknown> {
  let level: unknown = values;
  for (const step of path) {
    const isNumber = typeof step === "number";
    if (Array.isArray(level) && !isNumber) level = level[0];
    if (isNumber && !Array.isArray(level)) continue;
    level = Reflect.get(level as object, step);
  }
  return (Array.isArray(level) ? level[0] : level) as Record<string, unknown>;
}
