type Values = Readonly<Record<string, unknown>>;

/** Whether a value refers to a resource that is replaced. */
export type RefersToNew = (value: unknown) => boolean;

/** Whether a change of an argument needs a new resource. */
type Forces = (before: Values, after: Values, refersToNew: RefersToNew) => boolean;

const always: Forces = () => true;
const each = (...names: readonly string[]): Readonly<Record<string, Forces>> =>
  Object.fromEntries(names.map((name) => [name, always]));

/** `ForceNew` in the provider's schemas: https://github.com/hashicorp/terraform-provider-aws */
const FORCES_NEW: Readonly<Record<string, Readonly<Record<string, Forces>>>> = {
  aws_ecs_cluster: each("name"),
  aws_ecs_cluster_capacity_providers: each("cluster_name"),
  aws_ecs_capacity_provider: each("name", "cluster"),
  aws_ecs_service: {
    ...each("name", "cluster", "launch_type", "iam_role", "scheduling_strategy"),
    // A change between a launch type and a strategy. For another strategy see `refused-change.ts`.
    capacity_provider_strategy: (before, after) => hasStrategy(before) !== hasStrategy(after),
  },
  aws_ecs_task_definition: each(
    "family",
    "container_definitions",
    "network_mode",
    "requires_compatibilities",
    "memory",
    "volume",
    "placement_constraints",
    "cpu",
    "execution_role_arn",
    "task_role_arn",
    "runtime_platform",
    "enable_fault_injection",
  ),
  aws_service_discovery_http_namespace: each("name", "description"),
  aws_service_discovery_private_dns_namespace: each("name", "vpc"),
  aws_service_discovery_service: {
    ...each("name", "namespace_id", "type", "health_check_custom_config"),
    dns_config: (before, after, refersToNew) =>
      refersToNew(after["dns_config"]) || withoutTtl(before) !== withoutTtl(after),
  },
  aws_efs_file_system: each(
    "creation_token",
    "encrypted",
    "kms_key_id",
    "performance_mode",
    "availability_zone_name",
  ),
  aws_efs_access_point: each("file_system_id", "root_directory", "posix_user"),
  aws_secretsmanager_secret: each("name", "name_prefix"),
  aws_secretsmanager_secret_version: each("secret_id", "secret_string", "secret_string_wo_version"),
  terraform_data: each("triggers_replace"),
};

const hasStrategy = (values: Values): boolean =>
  [values["capacity_provider_strategy"] ?? []].flat().length > 0;

/**
 * The settings that force a new service. A TTL changes in place; a namespace, a routing policy or a record type
 * does not.
 */
const withoutTtl = (values: Values): unknown =>
  JSON.stringify(values["dns_config"], (key, value: unknown) => (key === "ttl" ? null : value));

/** Whether this file knows which arguments of a type force a new resource. */
export const isForcingKnown = (type: string): boolean => Object.hasOwn(FORCES_NEW, type);

/** Of the arguments that differ, those that need a new resource. */
export function forcingNew(
  type: string,
  before: Values,
  after: Values,
  names: readonly string[],
  refersToNew: RefersToNew,
): string[] {
  const forces = isForcingKnown(type) ? FORCES_NEW[type] : undefined;
  return names.filter(
    (name) => forces && Object.hasOwn(forces, name) && forces[name]?.(before, after, refersToNew),
  );
}
