import type { Environment } from "./environment-schema.ts";
import { defaultFileSystem, isRestored } from "./file-system-schema.ts";
import { type BackupConfig, defaultBackup } from "./operation-schema.ts";
import { serviceOf } from "./redis-kinds.ts";

/**
 * The backups of an environment: as configured, or else those of a protected file system that is the
 * environment's own, created or restored.
 */
export function backupOf(environment: Environment): BackupConfig | undefined {
  const { backup, fileSystem = defaultFileSystem, protected: isProtected } = environment;
  if (serviceOf(environment) === undefined || backup === false) return undefined;
  const isOwn = !("id" in fileSystem) || isRestored(fileSystem);
  return backup ?? (isProtected && isOwn ? defaultBackup : undefined);
}

/**
 * Name, after the environment's, of the task that copies Redis' data for the backup. No task or service
 * of an environment may end so.
 */
export const backupCopy = "copy-redis";
