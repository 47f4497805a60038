import { z } from "zod";
import { block, blocks, count, flag, noEffect, number, resource, text } from "./fields.ts";

/** The resource types that the local ECS models, each with every argument it accepts. */

export const ecsCluster = resource({
  name: text,
  setting: noEffect,
  configuration: noEffect,
  service_connect_defaults: noEffect,
});

export const ecsClusterCapacityProviders = resource({
  cluster_name: text,
  capacity_providers: z.array(text).default([]),
  default_capacity_provider_strategy: noEffect,
});

export const ecsCapacityProvider = resource({
  name: text,
  cluster: noEffect,
  auto_scaling_group_provider: block(
    z.strictObject({
      auto_scaling_group_arn: text,
      managed_scaling: noEffect,
      managed_termination_protection: noEffect,
      managed_draining: noEffect,
    }),
  ),
});

export const autoscalingGroup = resource({
  min_size: count,
  max_size: count,
  desired_capacity: count.optional(),
  launch_template: block(
    z.strictObject({ id: text.optional(), name: text.optional(), version: noEffect }),
  ),
  name: noEffect,
  name_prefix: noEffect,
  vpc_zone_identifier: noEffect,
  availability_zones: noEffect,
  protect_from_scale_in: noEffect,
  health_check_type: noEffect,
  health_check_grace_period: noEffect,
  default_cooldown: noEffect,
  default_instance_warmup: noEffect,
  force_delete: noEffect,
  force_delete_warm_pool: noEffect,
  instance_refresh: noEffect,
  instance_maintenance_policy: noEffect,
  max_instance_lifetime: noEffect,
  metrics_granularity: noEffect,
  enabled_metrics: noEffect,
  tag: noEffect,
  termination_policies: noEffect,
  suspended_processes: noEffect,
  capacity_rebalance: noEffect,
  service_linked_role_arn: noEffect,
  wait_for_capacity_timeout: noEffect,
  availability_zone_distribution: noEffect,
});

export const launchTemplate = resource({
  instance_type: text,
  user_data: text.optional(),
  name: noEffect,
  name_prefix: noEffect,
  description: noEffect,
  image_id: noEffect,
  iam_instance_profile: noEffect,
  vpc_security_group_ids: noEffect,
  network_interfaces: noEffect,
  metadata_options: noEffect,
  monitoring: noEffect,
  block_device_mappings: noEffect,
  ebs_optimized: noEffect,
  update_default_version: noEffect,
  tag_specifications: noEffect,
  key_name: noEffect,
  credit_specification: noEffect,
  disable_api_termination: noEffect,
  maintenance_options: noEffect,
  private_dns_name_options: noEffect,
});

const efsVolume = z.strictObject({
  file_system_id: text,
  root_directory: text.optional(),
  transit_encryption: noEffect,
  transit_encryption_port: noEffect,
  authorization_config: block(z.strictObject({ access_point_id: text.optional(), iam: noEffect })),
});

export const ecsTaskDefinition = resource({
  family: text,
  container_definitions: z.string(),
  network_mode: z.enum(["bridge"], "the local ECS runs bridge mode only").default("bridge"),
  requires_compatibilities: z
    .array(z.enum(["EC2"], "the local ECS runs EC2 tasks only"))
    .default([]),
  memory: number.optional(),
  volume: blocks(
    z.strictObject({
      name: text,
      efs_volume_configuration: block(efsVolume),
      configure_at_launch: z.literal(false).optional(),
    }),
  ),
  placement_constraints: noEffect,
  cpu: noEffect,
  execution_role_arn: noEffect,
  task_role_arn: noEffect,
  runtime_platform: noEffect,
  skip_destroy: noEffect,
  track_latest: noEffect,
  enable_fault_injection: noEffect,
});

export const ecsService = resource({
  name: text,
  cluster: text,
  task_definition: text,
  desired_count: count.default(1),
  launch_type: z.enum(["EC2"], "the local ECS runs EC2 tasks only").optional(),
  capacity_provider_strategy: noEffect,
  scheduling_strategy: z.enum(["REPLICA"]).optional(),
  deployment_minimum_healthy_percent: number.default(100),
  deployment_maximum_percent: number.default(200),
  deployment_circuit_breaker: block(z.strictObject({ enable: flag, rollback: flag })),
  deployment_controller: block(z.strictObject({ type: z.enum(["ECS"]).default("ECS") })),
  deployment_configuration: block(z.strictObject({ strategy: z.enum(["ROLLING"]).optional() })),
  health_check_grace_period_seconds: number.default(0),
  load_balancer: blocks(
    z.strictObject({ target_group_arn: text, container_name: text, container_port: count }),
  ),
  service_registries: block(
    z.strictObject({
      registry_arn: text,
      container_name: text,
      container_port: count,
    }),
  ),
  ordered_placement_strategy: blocks(
    z.strictObject({ type: z.enum(["spread", "binpack", "random"]), field: text.optional() }),
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
  alarms: noEffect,
});

export const privateDnsNamespace = resource({ name: text, vpc: noEffect, description: noEffect });

export const serviceDiscoveryService = resource({
  name: text,
  namespace_id: text.optional(),
  dns_config: block(
    z.strictObject({
      namespace_id: text,
      routing_policy: z.enum(["MULTIVALUE", "WEIGHTED"]).default("MULTIVALUE"),
      dns_records: blocks(z.strictObject({ type: z.enum(["SRV", "A"]), ttl: count })),
    }),
  ),
  health_check_custom_config: block(z.strictObject({ failure_threshold: noEffect })),
  type: z.enum(["DNS_HTTP"]).optional(),
  description: noEffect,
  force_destroy: noEffect,
});

export const efsFileSystem = resource({
  creation_token: noEffect,
  encrypted: noEffect,
  kms_key_id: noEffect,
  performance_mode: noEffect,
  throughput_mode: noEffect,
  provisioned_throughput_in_mibps: noEffect,
  lifecycle_policy: noEffect,
  availability_zone_name: noEffect,
  protection: noEffect,
});

export const efsAccessPoint = resource({
  file_system_id: text,
  root_directory: block(z.strictObject({ path: text.default("/"), creation_info: noEffect })),
  posix_user: noEffect,
});

export const loadBalancer = resource({
  name: text.optional(),
  name_prefix: text.optional(),
  load_balancer_type: z.enum(["application"]).default("application"),
  idle_timeout: number.default(60),
  internal: noEffect,
  security_groups: noEffect,
  subnets: noEffect,
  subnet_mapping: noEffect,
  access_logs: noEffect,
  connection_logs: noEffect,
  client_keep_alive: noEffect,
  desync_mitigation_mode: noEffect,
  drop_invalid_header_fields: noEffect,
  enable_cross_zone_load_balancing: noEffect,
  enable_deletion_protection: noEffect,
  enable_http2: noEffect,
  enable_tls_version_and_cipher_suite_headers: noEffect,
  enable_waf_fail_open: noEffect,
  enable_xff_client_port: noEffect,
  enable_zonal_shift: noEffect,
  ip_address_type: noEffect,
  preserve_host_header: noEffect,
  xff_header_processing_mode: noEffect,
});

const redirect = z.strictObject({
  status_code: z.enum(["HTTP_301", "HTTP_302"]),
  host: text.default("#{host}"),
  path: text.default("/#{path}"),
  port: text.default("#{port}"),
  protocol: text.default("#{protocol}"),
  query: text.default("#{query}"),
});

export const loadBalancerListener = resource({
  load_balancer_arn: text,
  port: count,
  protocol: z.enum(["HTTP", "HTTPS"]).default("HTTP"),
  certificate_arn: noEffect,
  ssl_policy: noEffect,
  default_action: block(
    z.discriminatedUnion("type", [
      z.strictObject({ type: z.literal("forward"), target_group_arn: text, order: noEffect }),
      z.strictObject({ type: z.literal("redirect"), redirect: block(redirect), order: noEffect }),
      z.strictObject({
        type: z.literal("fixed-response"),
        order: noEffect,
        fixed_response: block(
          z.strictObject({
            content_type: text,
            message_body: text.default(""),
            status_code: number.default(200),
          }),
        ),
      }),
    ]),
  ),
});

export const targetGroup = resource({
  name: text.optional(),
  name_prefix: text.optional(),
  port: count,
  protocol: z.enum(["HTTP"]).default("HTTP"),
  protocol_version: z.enum(["HTTP1"]).default("HTTP1"),
  target_type: z
    .enum(["instance"], "the local ECS registers bridge-mode tasks")
    .default("instance"),
  deregistration_delay: number.default(300),
  load_balancing_algorithm_type: z.enum(["round_robin"]).default("round_robin"),
  health_check: block(
    z.strictObject({
      enabled: flag.default(true),
      healthy_threshold: count.default(5),
      unhealthy_threshold: count.default(2),
      interval: number.default(30),
      timeout: number.default(5),
      matcher: text.default("200"),
      path: text.default("/"),
      port: z.enum(["traffic-port"]).default("traffic-port"),
      protocol: z.enum(["HTTP"]).default("HTTP"),
    }),
  ),
  vpc_id: noEffect,
  stickiness: block(z.strictObject({ enabled: z.literal(false), type: noEffect })),
  slow_start: z.union([z.literal(0), z.literal("0")]).optional(),
  load_balancing_cross_zone_enabled: noEffect,
  ip_address_type: noEffect,
});

export const secret = resource({
  name: text.optional(),
  name_prefix: text.optional(),
  description: noEffect,
  kms_key_id: noEffect,
  policy: noEffect,
  recovery_window_in_days: noEffect,
  force_overwrite_replica_secret: noEffect,
  replica: noEffect,
});

export const secretVersion = resource({
  secret_id: text,
  secret_string: text.optional(),
  secret_string_wo: text.optional(),
  secret_string_wo_version: noEffect,
  version_stages: noEffect,
});

/** Every modelled type with its schema. */
export const SCHEMAS = {
  aws_ecs_cluster: ecsCluster,
  aws_ecs_cluster_capacity_providers: ecsClusterCapacityProviders,
  aws_ecs_capacity_provider: ecsCapacityProvider,
  aws_autoscaling_group: autoscalingGroup,
  aws_launch_template: launchTemplate,
  aws_ecs_task_definition: ecsTaskDefinition,
  aws_ecs_service: ecsService,
  aws_service_discovery_private_dns_namespace: privateDnsNamespace,
  aws_service_discovery_service: serviceDiscoveryService,
  aws_efs_file_system: efsFileSystem,
  aws_efs_access_point: efsAccessPoint,
  aws_lb: loadBalancer,
  aws_lb_listener: loadBalancerListener,
  aws_lb_target_group: targetGroup,
  aws_secretsmanager_secret: secret,
  aws_secretsmanager_secret_version: secretVersion,
} as const;

export type ModelledType = keyof typeof SCHEMAS;

/** Whether a resource type is one that the local ECS models. */
export const isModelled = (type: string): type is ModelledType => Object.hasOwn(SCHEMAS, type);
