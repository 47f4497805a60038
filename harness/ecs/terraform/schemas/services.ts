import { z } from "zod";
import {
  block,
  blocks,
  clusterReference,
  count,
  ecsName,
  flag,
  noEffect,
  resource,
  seconds,
  text,
} from "../fields.ts";
import { capacityProviderStrategy } from "./hosts.ts";

const efsVolume = z.strictObject({
  file_system_id: text,
  root_directory: text.optional(),
  transit_encryption: noEffect,
  transit_encryption_port: noEffect,
  authorization_config: block(z.strictObject({ access_point_id: text.optional(), iam: noEffect })),
});

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ServiceConnectConfiguration.html */
const serviceConnect = z.strictObject({
  enabled: flag,
  namespace: text.optional(),
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

/** A volume of Docker on a host: of one task, or shared by all tasks of the host. */
const dockerVolume = z.strictObject({
  scope: z.enum(["task", "shared"]).default("task"),
  autoprovision: noEffect,
  driver: noEffect,
  driver_opts: noEffect,
  labels: noEffect,
});

/** Task definitions and services. */
export const serviceSchemas = {
  aws_ecs_task_definition: resource({
    family: ecsName,
    container_definitions: z.string(),
    network_mode: z
      .enum(["bridge", "host", "awsvpc"], "the local ECS runs bridge, host and awsvpc mode")
      .default("bridge"),
    requires_compatibilities: z
      .array(z.enum(["EC2"], "the local ECS runs EC2 tasks only"))
      .default([]),
    memory: count.optional(),
    volume: blocks(
      z.strictObject({
        name: text,
        efs_volume_configuration: block(efsVolume),
        host_path: text.optional(),
        docker_volume_configuration: block(dockerVolume),
        // A volume that ECS creates is a folder of the task.
        configure_at_launch: noEffect,
      }),
    ),
    placement_constraints: blocks(z.never()),
    cpu: noEffect,
    execution_role_arn: noEffect,
    task_role_arn: noEffect,
    runtime_platform: block(
      z.strictObject({
        operating_system_family: z
          .enum(["LINUX"], "the local ECS runs Linux containers only")
          .optional(),
        cpu_architecture: noEffect,
      }),
    ),
    skip_destroy: noEffect,
    track_latest: noEffect,
    enable_fault_injection: noEffect,
  }),
  // Of any AWS service: only the number of ECS tasks is read.
  aws_appautoscaling_target: resource({
    resource_id: text,
    min_capacity: count,
    max_capacity: noEffect,
    scalable_dimension: noEffect,
    service_namespace: noEffect,
    role_arn: noEffect,
    suspended_state: noEffect,
  }),
  aws_ecs_service: resource({
    name: ecsName,
    // The API's default: the account's cluster with that name.
    cluster: clusterReference.default("default"),
    task_definition: text,
    // The provider sends 0 if it is left out.
    desired_count: count.default(0),
    launch_type: z.enum(["EC2"], "the local ECS runs EC2 tasks only").optional(),
    capacity_provider_strategy: capacityProviderStrategy,
    scheduling_strategy: z.enum(["REPLICA"]).default("REPLICA"),
    deployment_minimum_healthy_percent: count.default(100),
    deployment_maximum_percent: count.default(200),
    deployment_circuit_breaker: block(z.strictObject({ enable: flag, rollback: flag })),
    deployment_controller: block(
      z.strictObject({ type: z.enum(["ECS", "CODE_DEPLOY", "EXTERNAL"]).default("ECS") }),
    ).transform((given) => given ?? { type: "ECS" as const }),
    deployment_configuration: block(
      z.strictObject({
        strategy: z.enum(["ROLLING", "BLUE_GREEN", "LINEAR", "CANARY"]).default("ROLLING"),
        bake_time_in_minutes: count.default(0),
        lifecycle_hook: noEffect,
        linear_configuration: noEffect,
        canary_configuration: noEffect,
      }),
    ),
    health_check_grace_period_seconds: seconds.default(0),
    load_balancer: blocks(
      z.strictObject({
        target_group_arn: text,
        container_name: text,
        container_port: count,
        advanced_configuration: block(
          z.strictObject({
            alternate_target_group_arn: text,
            production_listener_rule: text,
            test_listener_rule: text.optional(),
            role_arn: noEffect,
          }),
        ),
      }),
    ),
    service_registries: block(
      z.strictObject({
        registry_arn: text,
        container_name: text.optional(),
        container_port: count.optional(),
        port: count.optional(),
      }),
    ),
    service_connect_configuration: block(serviceConnect),
    network_configuration: noEffect,
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
} as const;
