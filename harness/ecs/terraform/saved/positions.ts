import type { ModelledType } from "../schemas.ts";

/** The resource type that an argument refers to, and the attribute. */
export interface Position {
  readonly type: ModelledType;
  readonly attribute: string;
}

type Row = readonly [path: string, type: ModelledType, attribute: "arn" | "id" | "name"];

const POSITIONS: Readonly<Partial<Record<ModelledType, readonly Row[]>>> = {
  aws_ecs_service: [
    ["cluster", "aws_ecs_cluster", "arn"],
    ["task_definition", "aws_ecs_task_definition", "arn"],
    ["load_balancer.target_group_arn", "aws_lb_target_group", "arn"],
    [
      "load_balancer.advanced_configuration.alternate_target_group_arn",
      "aws_lb_target_group",
      "arn",
    ],
    [
      "load_balancer.advanced_configuration.production_listener_rule",
      "aws_lb_listener_rule",
      "arn",
    ],
    ["load_balancer.advanced_configuration.production_listener_rule", "aws_lb_listener", "arn"],
    ["load_balancer.advanced_configuration.test_listener_rule", "aws_lb_listener_rule", "arn"],
    ["load_balancer.advanced_configuration.test_listener_rule", "aws_lb_listener", "arn"],
    ["service_registries.registry_arn", "aws_service_discovery_service", "arn"],
    ["service_connect_configuration.namespace", "aws_service_discovery_http_namespace", "arn"],
    [
      "service_connect_configuration.namespace",
      "aws_service_discovery_private_dns_namespace",
      "arn",
    ],
  ],
  aws_ecs_cluster: [
    ["service_connect_defaults.namespace", "aws_service_discovery_http_namespace", "arn"],
    ["service_connect_defaults.namespace", "aws_service_discovery_private_dns_namespace", "arn"],
  ],
  // Targets of other services are left out.
  aws_appautoscaling_target: [["resource_id", "aws_ecs_service", "name"]],
  aws_ecs_task_definition: [
    ["volume.efs_volume_configuration.file_system_id", "aws_efs_file_system", "id"],
    [
      "volume.efs_volume_configuration.authorization_config.access_point_id",
      "aws_efs_access_point",
      "id",
    ],
  ],
  aws_ecs_capacity_provider: [
    ["auto_scaling_group_provider.auto_scaling_group_arn", "aws_autoscaling_group", "arn"],
  ],
  aws_autoscaling_group: [
    ["launch_template.id", "aws_launch_template", "id"],
    ["launch_template.name", "aws_launch_template", "name"],
    ["launch_configuration", "aws_launch_configuration", "name"],
    [
      "mixed_instances_policy.launch_template.launch_template_specification.launch_template_id",
      "aws_launch_template",
      "id",
    ],
    [
      "mixed_instances_policy.launch_template.launch_template_specification.launch_template_name",
      "aws_launch_template",
      "name",
    ],
  ],
  aws_service_discovery_service: [
    ["namespace_id", "aws_service_discovery_private_dns_namespace", "id"],
    ["namespace_id", "aws_service_discovery_http_namespace", "id"],
    ["dns_config.namespace_id", "aws_service_discovery_private_dns_namespace", "id"],
  ],
  aws_efs_access_point: [["file_system_id", "aws_efs_file_system", "id"]],
  aws_secretsmanager_secret_version: [["secret_id", "aws_secretsmanager_secret", "id"]],
  aws_lb_listener: [
    ["load_balancer_arn", "aws_lb", "arn"],
    ["default_action.target_group_arn", "aws_lb_target_group", "arn"],
    ["default_action.forward.target_group.arn", "aws_lb_target_group", "arn"],
  ],
  aws_lb_listener_rule: [
    ["listener_arn", "aws_lb_listener", "arn"],
    ["action.target_group_arn", "aws_lb_target_group", "arn"],
    ["action.forward.target_group.arn", "aws_lb_target_group", "arn"],
  ],
};

/** The path of a value: names of arguments, and indices of lists. */
export type ValuePath = readonly (string | number)[];

/** The names in a path, without indices. */
export const namesOf = (path: ValuePath): string =>
  path.filter((step) => typeof step === "string").join(".");

/** The types that an argument can refer to; none if it refers to none. */
export function positionsOf(type: string, path: ValuePath): readonly Position[] {
  const names = namesOf(path);
  const found = POSITIONS[type as ModelledType]?.filter(([each]) => each === names) ?? [];
  return found.map(([, referred, attribute]) => ({ type: referred, attribute }));
}

/** Whether a block of a type contains references. */
export const hasPositions = (type: string, block: string): boolean =>
  POSITIONS[type as ModelledType]?.some(([each]) => each.startsWith(`${block}.`)) === true;
