import { z } from "zod";
import {
  block,
  blocks,
  clusterReference,
  computed,
  count,
  ecsName,
  flag,
  noEffect,
  presence,
  refersTo,
  resource,
  seconds,
  text,
} from "./fields.ts";
import { namespaceArn } from "./discovery.ts";
import { capacityProviderStrategy } from "./hosts.ts";
import { always, ANY_CHANGE, type Arguments, type ResourceTypes } from "./resource-type.ts";

/** Whether an argument has a capacity provider strategy. */
export const hasStrategy = (values: Arguments, name: string): boolean =>
  [values[name] ?? []].flat().length > 0;

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceConnectConfiguration.html */
const serviceConnect = z.strictObject({
  enabled: flag,
  namespace: namespaceArn.optional(),
  service: blocks(
    z.strictObject({
      port_name: text,
      discovery_name: text.optional(),
      client_alias: block(
        z.strictObject({ port: count, dns_name: text.optional(), test_traffic_rules: noEffect }),
      ),
      timeout: block(
        z.strictObject({
          idle_timeout_seconds: count.optional(),
          per_request_timeout_seconds: count.optional(),
        }),
      ),
      ingress_port_override: noEffect,
      tls: noEffect,
    }),
  ),
  log_configuration: noEffect,
  access_log_configuration: noEffect,
});

/** Services, and what sets their number of tasks. */
export const services = {
  // Of any AWS service: only the number of ECS tasks is read. Targets of other services are left out.
  aws_appautoscaling_target: {
    schema: resource({
      resource_id: refersTo("aws_ecs_service.name"),
      min_capacity: count,
      max_capacity: noEffect,
      scalable_dimension: noEffect,
      service_namespace: noEffect,
      role_arn: noEffect,
      suspended_state: noEffect,
    }),
  },
  aws_ecs_service: {
    schema: resource({
      name: ecsName,
      // The API's default: the account's cluster with that name.
      cluster: clusterReference.default("default"),
      task_definition: refersTo("aws_ecs_task_definition.arn"),
      // The provider sends 0 if it is left out.
      desired_count: count.default(0),
      launch_type: computed(z.enum(["EC2"], "the local ECS runs EC2 tasks only").optional()),
      capacity_provider_strategy: capacityProviderStrategy,
      scheduling_strategy: z.enum(["REPLICA"]).default("REPLICA"),
      deployment_minimum_healthy_percent: count.default(100),
      deployment_maximum_percent: count.default(200),
      deployment_circuit_breaker: block(z.strictObject({ enable: flag, rollback: flag })),
      deployment_controller: block(
        z.strictObject({ type: z.enum(["ECS", "CODE_DEPLOY", "EXTERNAL"]).default("ECS") }),
      ).transform((given) => given ?? { type: "ECS" as const }),
      // Deployments roll, whatever their strategy.
      deployment_configuration: block(
        z.strictObject({
          strategy: z.enum(["ROLLING", "BLUE_GREEN", "LINEAR", "CANARY"]).default("ROLLING"),
          bake_time_in_minutes: noEffect,
          lifecycle_hook: noEffect,
          linear_configuration: noEffect,
          canary_configuration: noEffect,
        }),
      ),
      health_check_grace_period_seconds: seconds.default(0),
      load_balancer: blocks(
        z.strictObject({
          target_group_arn: refersTo("aws_lb_target_group.arn"),
          container_name: text,
          container_port: count,
          // Of a blue/green deployment.
          advanced_configuration: block(
            z.strictObject({
              alternate_target_group_arn: noEffect,
              production_listener_rule: noEffect,
              test_listener_rule: noEffect,
              role_arn: noEffect,
            }),
          ),
        }),
      ),
      service_registries: block(
        z.strictObject({
          registry_arn: refersTo("aws_service_discovery_service.arn"),
          container_name: text.optional(),
          container_port: count.optional(),
          port: count.optional(),
        }),
      ),
      service_connect_configuration: block(serviceConnect),
      network_configuration: presence,
      ordered_placement_strategy: blocks(
        z.discriminatedUnion("type", [
          z.strictObject({
            type: z.literal("spread"),
            field: z
              .enum(
                ["attribute:ecs.availability-zone", "instanceId", "host"],
                "the local ECS spreads over hosts; each host is a zone",
              )
              .optional(),
          }),
          z.strictObject({
            type: z.literal("binpack"),
            field: z.enum(["memory"], "the local ECS packs by memory only"),
          }),
          z.strictObject({ type: z.literal("random") }),
        ]),
      ),
      placement_constraints: blocks(z.strictObject({ type: z.enum(["distinctInstance"]) })),
      wait_for_steady_state: flag.default(false),
      force_new_deployment: flag.default(false),
      triggers: noEffect,
      availability_zone_rebalancing: noEffect,
      enable_ecs_managed_tags: noEffect,
      enable_execute_command: noEffect,
      force_delete: noEffect,
      iam_role: noEffect,
      propagate_tags: noEffect,
      sigint_rollback: noEffect,
      alarms: block(
        z.strictObject({ enable: z.literal(false), rollback: flag, alarm_names: noEffect }),
      ),
    }),
    notPlayed: {
      alarms: "no alarm is raised",
      volume_configuration: "a volume that ECS creates is a folder of the task",
      vpc_lattice_configurations: "services are not part of a lattice",
    },
    kept: ["launch_type", "iam_role"],
    replacedBy: {
      ...always("name", "cluster", "launch_type", "iam_role", "scheduling_strategy"),
      // A change between a launch type and a strategy. For another strategy see `refusesChange`.
      capacity_provider_strategy: (before, after) =>
        hasStrategy(before, "capacity_provider_strategy") !==
        hasStrategy(after, "capacity_provider_strategy"),
    },
    // https://github.com/hashicorp/terraform-provider-aws/pull/43533
    refusesChange: (names, after) =>
      names.includes("capacity_provider_strategy") && after["force_new_deployment"] !== true
        ? "force_new_deployment should be true when capacity_provider_strategy is being updated"
        : undefined,
    changeable: ANY_CHANGE,
  },
  aws_ecs_task_set: { refused: "tasks of an external deployment controller" },
} as const satisfies ResourceTypes;
