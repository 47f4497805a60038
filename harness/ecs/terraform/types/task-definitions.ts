import { z } from "zod";
import {
  block,
  blocks,
  computed,
  count,
  ecsName,
  inMetadata,
  noEffect,
  presence,
  refersTo,
  resource,
  text,
} from "./fields.ts";
import { always, ANY_CHANGE, type ResourceTypes } from "./resource-type.ts";

const efsVolume = z.strictObject({
  file_system_id: refersTo("aws_efs_file_system.id"),
  root_directory: text.optional(),
  transit_encryption: noEffect,
  transit_encryption_port: noEffect,
  authorization_config: block(
    z.strictObject({
      access_point_id: refersTo("aws_efs_access_point.id").optional(),
      iam: noEffect,
    }),
  ),
});

/** A volume of Docker on a host: of one task, or shared by all tasks of the host. */
const dockerVolume = z.strictObject({
  scope: z.enum(["task", "shared"]).default("task"),
  autoprovision: noEffect,
  driver: noEffect,
  driver_opts: noEffect,
  labels: noEffect,
});

/** Task definitions. */
export const taskDefinitions = {
  aws_ecs_task_definition: {
    schema: resource({
      family: ecsName,
      container_definitions: z.string(),
      network_mode: computed(
        z
          .enum(["bridge", "host", "awsvpc"], "the local ECS runs bridge, host and awsvpc mode")
          .default("bridge"),
      ),
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
      cpu: inMetadata(text.optional()),
      execution_role_arn: presence,
      task_role_arn: text.optional(),
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
    notPlayed: {
      ephemeral_storage: "the size of local files is not limited",
      ipc_mode: "each container is on its own",
      pid_mode: "each container has its own processes",
      placement_constraints: "all local hosts are alike",
    },
    replacedBy: always(
      "family",
      "container_definitions",
      "network_mode",
      "requires_compatibilities",
      "memory",
      "volume",
      "placement_constraints",
      "cpu",
      "execution_role_arn",
      "task_role_arn",
      "runtime_platform",
      "enable_fault_injection",
    ),
    changeable: ANY_CHANGE,
  },
} as const satisfies ResourceTypes;
