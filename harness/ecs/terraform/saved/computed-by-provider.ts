import type { ModelledType } from "../schemas.ts";
import { namesOf, type ValuePath } from "./positions.ts";

/**
 * Modelled arguments that the provider computes if they are left out or null: `Optional` and `Computed` in its
 * schemas. References to other resources are left out: they are found (positions.ts).
 * https://github.com/hashicorp/terraform-provider-aws, the schemas of 5.100.0
 */
const OPTIONAL_AND_COMPUTED: Readonly<Partial<Record<ModelledType, readonly string[]>>> = {
  aws_autoscaling_group: ["desired_capacity", "launch_template.version"],
  aws_ecs_service: ["launch_type"],
  aws_ecs_task_definition: ["network_mode", "volume.configure_at_launch"],
  aws_efs_access_point: ["root_directory.path"],
  aws_lb: ["name", "name_prefix"],
  aws_lb_listener: [
    "protocol",
    "default_action.order",
    "default_action.fixed_response.status_code",
  ],
  aws_lb_listener_rule: ["priority", "action.order", "action.fixed_response.status_code"],
  aws_lb_target_group: [
    "name",
    "name_prefix",
    "protocol_version",
    "load_balancing_algorithm_type",
    "health_check.matcher",
    "health_check.path",
    "health_check.timeout",
  ],
  aws_secretsmanager_secret: ["name", "name_prefix"],
  aws_secretsmanager_secret_version: ["version_stages"],
  aws_service_discovery_service: ["type"],
};

/** Whether an argument has a value in AWS although the configuration gives none. */
export const isOptionalAndComputed = (type: ModelledType, path: ValuePath): boolean =>
  OPTIONAL_AND_COMPUTED[type]?.includes(namesOf(path)) === true;

/** Arguments that hosts start without if they are not known: what then is missing, and what happens. */
const DISPENSABLE: ReadonlyMap<string, string> = new Map([
  ["aws_launch_template.user_data", "the settings of the agent are the defaults"],
  ["aws_launch_configuration.user_data", "the settings of the agent are the defaults"],
  ["aws_launch_configuration.user_data_base64", "the settings of the agent are the defaults"],
  [
    "aws_ecs_capacity_provider.auto_scaling_group_provider.auto_scaling_group_arn",
    "its hosts are those of all groups",
  ],
]);

/** What happens without an argument that is not known; undefined if it is required. */
export const withoutIt = (type: ModelledType, path: ValuePath): string | undefined =>
  DISPENSABLE.get(`${type}.${namesOf(path)}`);
