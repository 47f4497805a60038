import type { TerraformStack } from "cdktf";
import { backupOf } from "../config/backups.ts";
import type { Environment } from "../config/environment-schema.ts";
import { isRestored } from "../config/file-system-schema.ts";
import { serviceOf } from "../config/redis-kinds.ts";

/** Addresses of a created file system, and of what guards it and copies it. */
const created = [
  // Without its policy EFS lets in everyone who reaches a mount target.
  "aws_efs_file_system.storage_efs",
  "aws_efs_file_system_policy.storage_policy",
  "aws_efs_replication_configuration.storage_replica",
];

/** Addresses of the ways to any file system, which a service with a restored one has too. */
const ways = [
  "aws_efs_access_point.storage_access_point",
  "aws_efs_file_system_policy.storage_restored_policy",
];

/** Addresses of the backups, and of what guards and restores them. */
const backups = [
  // A vault with backups cannot be destroyed, and neither can a lock of compliance: each deploy would end
  // with an error. A lock of governance would end without one.
  "aws_backup_vault.operation_backup_vault",
  "aws_backup_vault_lock_configuration.operation_backup_vault_lock",
  "aws_backup_vault.operation_backup_copy_vault",
  "aws_backup_vault_lock_configuration.operation_backup_copy_vault_lock",
  // AWS Backup deletes expired backups with the role that made them, and restores with it
  // (https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-iam.html).
  "aws_iam_role.operation_backup_role",
  "aws_iam_role_policy_attachment.operation_backup_role_backup",
  "aws_iam_role_policy_attachment.operation_backup_role_restore",
];

/**
 * Where Redis of a protected environment no longer runs as a service, or a restored file system takes the
 * place of the created one: makes Terraform forget the data that are no longer used, instead of destroying
 * them. `prevent_destroy` ends with the block that it is written in
 * (https://developer.hashicorp.com/terraform/language/resources/syntax#removing-resources). Where there
 * were no such data, nothing happens.
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
  if (serviceOf(environment) === undefined) return [...created, ...ways, ...backups];
  if (!isRestored(environment.fileSystem)) return [];
  return backupOf(environment) === undefined ? [...created, ...backups] : created;
}
