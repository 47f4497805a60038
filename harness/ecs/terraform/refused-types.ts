/**
 * Types that affect what runs or who can reach it, and that the local ECS does not model. A plan with one is
 * refused. Other types that are not modelled do not affect tasks.
 */
export const REFUSED: readonly (readonly [type: string, reason: string])[] = [
  ["aws_ecs_task_set", "tasks of an external deployment controller"],
  ["aws_lb_target_group_attachment", "only tasks are targets"],
  ["aws_elb", "only application load balancers are modelled"],
  ["aws_service_discovery_public_dns_namespace", "only private namespaces are modelled"],
  ["aws_service_discovery_instance", "only tasks are instances"],
];

/** Why a plan with a resource of this type is refused; undefined if it is not. */
export const whyRefused = (type: string): string | undefined =>
  REFUSED.find(([each]) => each === type)?.[1];
