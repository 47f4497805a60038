/**
 * Types that decide what runs, or who reaches it, and that the local ECS does not model: a plan with one is refused by
 * its address. All other types that are not modelled have nothing to do with running.
 */
export const REFUSED: readonly (readonly [type: string, reason: string])[] = [
  ["aws_ecs_task_set", "tasks of an external deployment controller"],
  ["aws_lb_target_group_attachment", "targets are tasks alone"],
  ["aws_elb", "load balancers are application load balancers, not classic ones"],
  [
    "aws_service_discovery_http_namespace",
    "services are found by DNS or a link, not by Service Connect",
  ],
  ["aws_service_discovery_public_dns_namespace", "namespaces are private"],
  ["aws_service_discovery_instance", "instances are tasks alone"],
  ["aws_launch_configuration", "hosts come from launch templates"],
];

/** Why a plan with a resource of this type is refused; undefined where it is not. */
export const whyRefused = (type: string): string | undefined =>
  REFUSED.find(([each]) => each === type)?.[1];
