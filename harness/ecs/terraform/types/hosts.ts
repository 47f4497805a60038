import { z } from "zod";
import {
  block,
  blocks,
  computed,
  count,
  ecsName,
  noEffect,
  refersTo,
  resource,
  text,
} from "./fields.ts";
import { namespaceArn } from "./discovery.ts";
import { always, ANY_CHANGE, type ResourceTypes } from "./resource-type.ts";

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

/** A launch template by its id or its name. */
const launchTemplate = z.strictObject({
  id: refersTo("aws_launch_template.id").optional(),
  name: refersTo("aws_launch_template.name").optional(),
  version: noEffect,
});

const DEFAULT_SETTINGS = "the settings of the agent are the defaults";

/** The hosts and their cluster. */
export const hosts = {
  aws_ecs_cluster: {
    schema: resource({
      name: ecsName,
      setting: noEffect,
      configuration: noEffect,
      service_connect_defaults: block(z.strictObject({ namespace: namespaceArn })),
    }),
    replacedBy: always("name"),
    changeable: ANY_CHANGE,
  },
  aws_ecs_cluster_capacity_providers: {
    schema: resource({
      cluster_name: text,
      capacity_providers: z.array(text).default([]),
      default_capacity_provider_strategy: capacityProviderStrategy,
    }),
    replacedBy: always("cluster_name"),
    changeable: ANY_CHANGE,
  },
  aws_ecs_capacity_provider: {
    schema: resource({
      name: text,
      cluster: noEffect,
      auto_scaling_group_provider: block(
        z.strictObject({
          auto_scaling_group_arn: refersTo("aws_autoscaling_group.arn").optional(),
          managed_scaling: noEffect,
          managed_termination_protection: noEffect,
          managed_draining: noEffect,
        }),
      ),
    }),
    ifUnknown: {
      "auto_scaling_group_provider.auto_scaling_group_arn": "its hosts are those of all groups",
    },
    replacedBy: always("name", "cluster"),
    changeable: ANY_CHANGE,
  },
  aws_autoscaling_group: {
    schema: resource({
      min_size: count,
      max_size: count,
      desired_capacity: computed(count.optional()),
      launch_template: block(launchTemplate),
      launch_configuration: refersTo("aws_launch_configuration.name").optional(),
      mixed_instances_policy: block(
        z.strictObject({
          instances_distribution: noEffect,
          launch_template: block(
            z.strictObject({
              launch_template_specification: block(
                z.strictObject({
                  launch_template_id: refersTo("aws_launch_template.id").optional(),
                  launch_template_name: refersTo("aws_launch_template.name").optional(),
                  version: noEffect,
                }),
              ),
              override: blocks(z.looseObject({ instance_type: text.optional() })),
            }),
          ),
        }),
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
      capacity_reservation_specification: noEffect,
      context: noEffect,
      desired_capacity_type: noEffect,
      ignore_failed_scaling_activities: noEffect,
      initial_lifecycle_hook: noEffect,
      load_balancers: noEffect,
      min_elb_capacity: noEffect,
      placement_group: noEffect,
      target_group_arns: noEffect,
      traffic_source: noEffect,
      wait_for_elb_capacity: noEffect,
      warm_pool: noEffect,
    }),
    replacedBy: always("name", "name_prefix"),
  },
  aws_launch_configuration: {
    schema: resource({
      instance_type: text,
      user_data: text.optional(),
      user_data_base64: text.optional(),
      name: noEffect,
      name_prefix: noEffect,
      image_id: noEffect,
      iam_instance_profile: noEffect,
      security_groups: noEffect,
      key_name: noEffect,
      associate_public_ip_address: noEffect,
      ebs_block_device: noEffect,
      ebs_optimized: noEffect,
      enable_monitoring: noEffect,
      ephemeral_block_device: noEffect,
      metadata_options: noEffect,
      placement_tenancy: noEffect,
      root_block_device: noEffect,
      spot_price: noEffect,
    }),
    ifUnknown: { user_data: DEFAULT_SETTINGS, user_data_base64: DEFAULT_SETTINGS },
  },
  aws_launch_template: {
    schema: resource({
      // A group with mixed instances names the types itself.
      instance_type: text.optional(),
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
      capacity_reservation_specification: noEffect,
      cpu_options: noEffect,
      default_version: noEffect,
      disable_api_stop: noEffect,
      enclave_options: noEffect,
      hibernation_options: noEffect,
      instance_initiated_shutdown_behavior: noEffect,
      instance_market_options: noEffect,
      kernel_id: noEffect,
      license_specification: noEffect,
      placement: noEffect,
      ram_disk_id: noEffect,
      security_group_names: noEffect,
    }),
    ifUnknown: { user_data: DEFAULT_SETTINGS },
    replacedBy: always("name", "name_prefix"),
  },
} as const satisfies ResourceTypes;
