import type { TerraformStack } from "cdktf";
import type { Environment } from "../config/environment-schema.ts";
import { serviceOf } from "../config/redis-kinds.ts";

/** Addresses of what holds the data of Redis as a service, or backups of it. */
const addresses = [
  "aws_efs_file_system.storage_efs",
  "aws_efs_access_point.storage_access_point",
  "aws_backup_vault.operation_backup_vault",
];

/**
 * Where Redis of a protected environment no longer runs as a service: makes Terraform forget the data
 * of that service, instead of destroying it. `prevent_destroy` ends with the block that it is written
 * in (https://developer.hashicorp.com/terraform/language/resources/syntax#removing-resources). Where
 * there was no such service, nothing happens.
 */
export function forgetRedisData(stack: TerraformStack, environment: Environment): void {
  if (!environment.protected || serviceOf(environment) !== undefined) return;
  stack.addOverride(
    "removed",
    addresses.map((from) => ({ from, lifecycle: { destroy: false } })),
  );
}
