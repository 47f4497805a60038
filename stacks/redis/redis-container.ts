// What runs inside the Redis container. It is plain text, so that a test can run it unchanged.

import { dataPercent } from "../config/redis-fields.ts";
import { versionGuard } from "./redis-version-guard.ts";

export const redisPort = 6379;
export const dataDirectory = "/data";

/** The user of the official Debian images; it owns the folder of the data. */
export const redisUser = { uid: 999, gid: 999 };

/**
 * Seconds, in ascending order: an old Redis is killed before a new one gives up waiting for its lock,
 * and the new one is not called unhealthy while it may still wait.
 */
export const redisTimes = { stopTimeout: 120, lockWait: 200, startPeriod: 300 } as const;

/** Redis accepts up to 10 000 clients by default, and needs further files. */
export const redisOpenFiles = 65_536;

export interface RedisServerProps {
  /** Memory of the container in MiB. */
  readonly memory: number;
  readonly maxmemoryPolicy: string;
  readonly appendfsync: string;
  /** Parameters of redis.conf, from name to value. */
  readonly parameters: Readonly<Record<string, string>>;
  /** The version that data may be upgraded to. */
  readonly majorVersion: number;
}

/**
 * The container's command.
 *
 * ECS with a minimum of 0 and a maximum of 100 percent still overlaps two tasks at times
 * (https://github.com/aws/containers-roadmap/issues/959,
 * https://github.com/aws/amazon-ecs-agent/issues/2485), and two servers on one append-only
 * directory lose acknowledged writes. So a server holds an exclusive lock in the directory while it
 * runs: descriptor 9 stays open across `exec`, and the kernel drops the lock with the process. Exit 75
 * is EX_TEMPFAIL: the lock was not free in time, and ECS tries again. It also exits where flock is
 * missing or cannot wait: no server starts without the lock.
 *
 * The password is read from standard input (`-`), so that no process list shows it. The images of
 * Valkey also have server and client under the names of Redis.
 */
export function redisCommand(props: RedisServerProps): string[] {
  const lock = `exec 9<>${dataDirectory}/.writer.lock; flock -w ${redisTimes.lockWait} 9 || exit 75`;
  const guard = versionGuard(dataDirectory, props.majorVersion);
  const server = ["redis-server -", ...serverOptions(props)].join(" ");
  const script = `${lock}\n${guard}\nexec ${server} <<END\nrequirepass "$REDIS_PASSWORD"\nEND\n`;
  return ["sh", "-c", script];
}

function serverOptions({ memory, maxmemoryPolicy, appendfsync, parameters }: RedisServerProps) {
  return [
    `--dir ${dataDirectory}`,
    `--appendonly yes --appendfsync ${appendfsync} --save ""`,
    `--maxmemory ${Math.floor((memory * dataPercent) / 100)}mb --maxmemory-policy ${maxmemoryPolicy}`,
    ...Object.entries(parameters).map(([name, value]) => `--${name} ${value}`),
  ];
}

/**
 * Healthy is a server that answers, even if only that it is still loading. `redis-cli ping` alone exits
 * 0 with a wrong password, and `redis-cli -e ping` exits 1 while loading, which would kill a Redis
 * with much data. Clients find out whether it is ready. The password comes from REDISCLI_AUTH.
 */
export const redisHealthCheck = 'redis-cli ping 2>/dev/null | grep -qE "^(PONG|LOADING)"';
