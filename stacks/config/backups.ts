import type { Environment } from "./environment-schema.ts";
import { defaultFileSystem } from "./file-system-schema.ts";
import { type BackupConfig, defaultBackup } from "./operation-schema.ts";
import { serviceOf } from "./redis-kinds.ts";

/** The backups of an environment: as configured, or else of a created file system if protected. */
export function backupOf(environment: Environment): BackupConfig | undefined {
  const { backup, fileSystem = defaultFileSystem, protected: isProtected } = environment;
  if (serviceOf(environment) === undefined) return undefined;
  if (backup === undefined) return isProtected && !("id" in fileSystem) ? defaultBackup : undefined;
  return backup === false ? undefined : backup;
}

/**
 * Name, after the environment's, of the task that copies Redis' data for the backup. No task or service
 * of an environment may end so.
 */
export const backupCopy = "copy-redis";
