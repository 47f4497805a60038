import type { Plan } from "../../stacks/gate/plan.ts";
import { asBody, at, type Body, Template } from "../../stacks/rules/template.ts";

// What Terraform needs where MiniStack 1.5.33 emulates the AWS API.

/** Arguments that the emulator does not return: Terraform would set them again. */
const LOST: Readonly<Record<string, string>> = {
  aws_ecs_service: "ordered_placement_strategy availability_zone_rebalancing",
  aws_ecs_capacity_provider: "auto_scaling_group_provider[0].managed_draining",
  aws_vpc_endpoint: "private_dns_enabled security_group_ids",
  aws_flow_log: "iam_role_arn max_aggregation_interval tags tags_all",
};

/** Arguments that the emulator needs and AWS does not. */
const ADDED: Readonly<Record<string, (body: Body) => Body>> = {
  aws_ecs_service: (body) => ({
    // No task runs, so a service never becomes steady.
    wait_for_steady_state: false,
    // The provider crashes on the empty one that the emulator returns otherwise.
    network_configuration: body["network_configuration"] ?? { subnets: ["subnet-00000000"] },
  }),
  // The emulator made a group's default rule before Terraform, without description and tags: make another one.
  aws_vpc_security_group_egress_rule: ({ cidr_ipv4 }) =>
    cidr_ipv4 === "0.0.0.0/0" ? { cidr_ipv4: "0.0.0.0/1" } : {},
  // The emulator does not read it in dns_config.
  aws_service_discovery_service: (body) => ({ namespace_id: at(body, "dns_config.namespace_id") }),
};

/** The module with what the emulator needs. */
export function forEmulator(module: Body): Body {
  const resource: Record<string, Record<string, Body>> = {};
  for (const { address, type, body } of new Template(module).resources) {
    const [, id = ""] = address.split(".");
    const lost = LOST[type];
    const ignored = [at(body, "lifecycle.ignore_changes") ?? [], lost?.split(" ") ?? []];
    const lifecycle = { ...asBody(body["lifecycle"]), ignore_changes: ignored.flat() };
    const changed = { ...ADDED[type]?.(body), ...(lost !== undefined && { lifecycle }) };
    (resource[type] ??= {})[id] = { ...body, ...changed };
  }
  return { ...module, resource };
}

/** A plan without updates of alarms, of which the emulator returns little more than the threshold. */
export function withoutAlarms(plan: Plan): Plan {
  const changes = plan.resource_changes.filter(
    ({ type, change }) => type !== "aws_cloudwatch_metric_alarm" || change.actions[0] !== "update",
  );
  // The planned values have the updates too.
  return { ...plan, planned_values: {}, resource_changes: changes };
}
