import { readFileSync } from "node:fs";

/**
 * The scripts that the containers of Redis run, in `container/`. They are constant; settings come from environment
 * variables (`redis-settings.ts`).
 */
export const startScript = script("start");
export const healthScript = script("health");
export const metricsScript = script("metrics");
export const backupCopyScript = script("backup-copy");

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

function script(name: string): string {
  return readFileSync(new URL(`container/${name}.sh`, import.meta.url), "utf8");
}
