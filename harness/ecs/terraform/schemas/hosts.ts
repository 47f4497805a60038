import { z } from "zod";
import { block, blocks, count, ecsName, noEffect, resource, text } from "../fields.ts";

/** All capacity providers use the same group of hosts, so weights and bases have no effect. */
export const capacityProviderStrategy = blocks(
  z.strictObject({
    capacity_provider: text.refine(
      (name) => !/^FARGATE(_SPOT)?$/.test(name),
      "the local ECS runs EC2 tasks only",
    ),
    weight: noEffect,
    base: noEffect,
  }),
);

/** The hosts and their cluster. */
export const hostSchemas = {
  aws_ecs_cluster: resource({
    name: ecsName,
    setting: noEffect,
    configuration: noEffect,
    service_connect_defaults: block(z.strictObject({ namespace: text })),
  }),
  aws_ecs_cluster_capacity_providers: resource({
    cluster_name: text,
    capacity_providers: z.array(text).default([]),
    default_capacity_provider_strategy: capacityProviderStrategy,
  }),
  aws_ecs_capacity_provider: resource({
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
  }),
  aws_autoscaling_group: resource({
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
  }),
  aws_launch_template: resource({
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
  }),
} as const;
