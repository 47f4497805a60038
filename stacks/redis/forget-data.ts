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

/**
 * Addresses of a vault and its lock. A vault with backups cannot be destroyed, and neither can a lock of compliance:
 * each deploy would end with an error. A lock of governance would end without one.
 */
const vault = (id: string) => [
  `aws_backup_vault.operation_backup_${id}`,
  `aws_backup_vault_lock_configuration.operation_backup_${id}_lock`,
];

/** Addresses of the backups, and of what guards and restores them. */
const backups = [
  ...vault("vault"),
  // AWS Backup deletes expired backups with the role that made them, and restores with it
  // (https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-iam.html).
  "aws_iam_role.operation_backup_role",
  "aws_iam_role_policy_attachment.operation_backup_role_backup",
  "aws_iam_role_policy_attachment.operation_backup_role_restore",
];

/** Addresses of the copies that are in a vault of the stack. */
const copies = vault("copy_vault");

/**
 * In a protected environment: makes Terraform forget the data that are no longer used, instead of destroying them.
 * Redis may no longer run as a service, a restored file system may be in the place of the created one, and backups or
 * their copies may be switched off. `prevent_destroy` ends with the block that it is written in
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
  const isService = serviceOf(environment) !== undefined;
  const backup = backupOf(environment);
  const copiesHere = backup?.copy !== undefined && !("vaultArn" in backup.copy);
  return [
    ...(isService && !isRestored(environment.fileSystem) ? [] : created),
    ...(isService ? [] : ways),
    ...(backup === undefined ? backups : []),
    ...(copiesHere ? [] : copies),
  ];
}
