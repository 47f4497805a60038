import { readFileSync } from "node:fs";

/**
 * The scripts that the containers of Redis run. They are constant; settings come from environment variables
 * (`redis-settings.ts`). The Terraform module runs the same files, and they are in its folder, because a module must
 * not need files outside it.
 */
export const startScript = script("../../modules/redis/scripts/start.sh");
export const healthScript = script("../../modules/redis/scripts/health.sh");
export const metricsScript = script("../../modules/redis/scripts/metrics.sh");
export const checkFileScript = script("../../modules/redis/scripts/check-file.sh");
export const backupCopyScript = script("../../modules/redis/scripts/backup-copy.sh");

export const redisPort = 6379;
/** The folder in the scripts. */
export const dataDirectory = "/data";

/** The user of the official Debian images. It owns the data folder. */
export const redisUser = { uid: 999, gid: 999 };

/**
 * In seconds. An old Redis is killed before a new one stops waiting for the lock (`flock -w` in `start.sh`), and health
 * checks of the new one count only after that wait.
 */
export const redisTimes = { stopTimeout: 120, startPeriod: 300 } as const;

/** Enough for Redis' default of 10 000 clients and its own files. */
export const redisOpenFiles = 65_536;

function script(file: string): string {
  return readFileSync(new URL(file, import.meta.url), "utf8");
}
