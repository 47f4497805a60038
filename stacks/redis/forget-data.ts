import type { TerraformStack } from "cdktf";
import type { Environment } from "../config/environment-schema.ts";
import { serviceOf } from "../config/redis-kinds.ts";

/** What holds data of a service of Redis, or backups of it, by its address. */
const addresses = [
  "aws_efs_file_system.storage_efs",
  "aws_efs_access_point.storage_access_point",
  "aws_backup_vault.operation_backup_vault",
];

/**
 * Lets a protected environment whose Redis is elsewhere now forget the data of the service that it
 * was, instead of destroying them: `prevent_destroy` ends with the block that it is written in
 * (https://developer.hashicorp.com/terraform/language/resources/syntax#removing-resources). Where
 * there was no such service it does nothing.
 */
export function leaveDataBehind(stack: TerraformStack, environment: Environment): void {
  if (!environment.protected || serviceOf(environment) !== undefined) return;
  stack.addOverride(
    "removed",
    addresses.map((from) => ({ from, lifecycle: { destroy: false } })),
  );
}
