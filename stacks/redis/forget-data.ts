import type { TerraformStack } from "cdktf";
import type { Environment } from "../config/environment-schema.ts";
import { isRestored } from "../config/file-system-schema.ts";
import { serviceOf } from "../config/redis-kinds.ts";

/** Addresses of a created file system, its policy and its replica. */
const created = [
  // Without its policy, EFS allows every client that reaches a mount target.
  "aws_efs_file_system.storage_efs",
  "aws_efs_file_system_policy.storage_policy",
  "aws_efs_replication_configuration.storage_replica",
];

/** Addresses of resources for access, which also exist with a restored file system. */
const access = [
  "aws_efs_access_point.storage_access_point",
  "aws_efs_file_system_policy.storage_restored_policy",
];

/**
 * Addresses of a vault and its lock. A vault with backups and a compliance lock cannot be destroyed, so each deploy
 * would fail. A governance lock would be removed without an error.
 */
const vault = (id: string) => [
  `aws_backup_vault.operation_backup_${id}`,
  `aws_backup_vault_lock_configuration.operation_backup_${id}_lock`,
];

/** Addresses of the backup vault, its lock and its role. */
const backups = [
  ...vault("vault"),
  // AWS Backup uses the role that made a backup to delete it after it expires, and to restore it
  // (https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-iam.html).
  "aws_iam_role.operation_backup_role",
  "aws_iam_role_policy_attachment.operation_backup_role_backup",
  "aws_iam_role_policy_attachment.operation_backup_role_restore",
];

/** Addresses of the stack's vault for copies. */
const copies = vault("copy_vault");

/**
 * In a protected environment, removes unused data from the state instead of destroying it. Data becomes unused when
 * Redis no longer runs as a service, when a restored file system replaces the created one, or when `backup: false` or
 * `backup.copy: false` ends backups or copies. `prevent_destroy` does not help, because it is removed together with its
 * resource block (https://developer.hashicorp.com/terraform/language/resources/syntax#removing-resources). If the
 * state has no such resources, nothing happens.
 */
export function forgetRedisData(stack: TerraformStack, environment: Environment): void {
  const addresses = environment.protected ? forgotten(environment) : [];
  if (addresses.length === 0) return;
  stack.addOverride(
    "removed",
    addresses.map((from) => ({ from, lifecycle: { destroy: false } })),
  );
}

function forgotten(environment: Environment): readonly string[] {
  const { backup, fileSystem } = environment;
  if (serviceOf(environment) === undefined) return [...created, ...access, ...backups, ...copies];
  return [
    ...(isRestored(fileSystem) ? created : []),
    ...(backup === false ? [...backups, ...copies] : []),
    ...(backup && backup.copy === false ? copies : []),
  ];
}
