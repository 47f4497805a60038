import { z } from "zod";
import { block, count, noEffect, resource, text } from "../fields.ts";

/** The number of a user or a group. */
const id = count.pipe(z.number().max(4_294_967_295));

/** https://docs.aws.amazon.com/efs/latest/ug/API_CreationInfo.html */
const creationInfo = z.strictObject({
  owner_uid: id,
  owner_gid: id,
  permissions: text.pipe(z.string().regex(/^[0-7]{3,4}$/, "expected octal permissions, 0755")),
});

/** Data that exist longer than a task: file systems and secrets. */
export const storageSchemas = {
  aws_efs_file_system: resource({
    creation_token: noEffect,
    encrypted: noEffect,
    kms_key_id: noEffect,
    performance_mode: noEffect,
    throughput_mode: noEffect,
    provisioned_throughput_in_mibps: noEffect,
    lifecycle_policy: noEffect,
    availability_zone_name: noEffect,
    protection: noEffect,
  }),
  aws_efs_access_point: resource({
    file_system_id: text,
    root_directory: block(
      z.strictObject({ path: text.default("/"), creation_info: block(creationInfo) }),
    ),
    posix_user: block(z.strictObject({ uid: id, gid: id, secondary_gids: noEffect })),
  }),
  aws_secretsmanager_secret: resource({
    name: text.optional(),
    name_prefix: text.optional(),
    description: noEffect,
    kms_key_id: noEffect,
    policy: noEffect,
    recovery_window_in_days: noEffect,
    force_overwrite_replica_secret: noEffect,
    replica: noEffect,
  }),
  aws_secretsmanager_secret_version: resource({
    secret_id: text,
    secret_string: text.optional(),
    secret_string_wo: text.optional(),
    secret_string_wo_version: noEffect,
    version_stages: z.array(text).optional(),
  }),
} as const;
