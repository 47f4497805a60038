/**
 * Types that decide what runs, or who reaches it, and that the local ECS does not model: a plan with one is refused by
 * its address. All other types that are not modelled have nothing to do with running.
 */
export const REFUSED: readonly (readonly [type: string, reason: string])[] = [
  ["aws_ecs_task_set", "tasks of an external deployment controller"],
  ["aws_lb_listener_rule", "requests go by a listener's default action alone"],
  ["aws_lb_target_group_attachment", "targets are tasks alone"],
  ["aws_elb", "load balancers are application load balancers alone"],
  ["aws_service_discovery_http_namespace", "namespaces have DNS records"],
  ["aws_service_discovery_public_dns_namespace", "namespaces are private"],
  ["aws_service_discovery_instance", "instances are tasks alone"],
  ["aws_launch_configuration", "hosts come from launch templates"],
];

/** Whether a plan with a resource of this type is refused. */
export const isRefused = (type: string): boolean => REFUSED.some(([each]) => each === type);
