import type { Environment } from "./environment-schema.ts";
import { defaultFileSystem, isRestored } from "./file-system-schema.ts";
import { type BackupConfig, defaultBackup } from "./operation-schema.ts";
import { serviceOf } from "./redis-kinds.ts";

/**
 * The backup settings of an environment. By default, backups are on for a protected environment whose file system
 * was created or restored by it.
 */
export function backupOf(environment: Environment): BackupConfig | undefined {
  const { backup, fileSystem = defaultFileSystem, protected: isProtected } = environment;
  if (serviceOf(environment) === undefined || backup === false) return undefined;
  const isOwn = !("id" in fileSystem) || isRestored(fileSystem);
  return backup ?? (isProtected && isOwn ? defaultBackup : undefined);
}

/**
 * Suffix of the name of the task that copies Redis' data for the backup. The names of an environment's
 * tasks and services must not end with it.
 */
export const backupCopy = "copy-redis";
