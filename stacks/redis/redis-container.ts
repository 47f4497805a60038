// What runs inside the Redis container. It is plain text, so that a test can run it unchanged.

import { ownFolder } from "./redis-own-folder.ts";
import { versionGuard } from "./redis-version-guard.ts";
import { writerFence } from "./redis-writer-fence.ts";

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

/**
 * The container's command. Its text is constant: what differs comes from the container's environment
 * (`redis-variables.ts`).
 *
 * ECS with a minimum of 0 and a maximum of 100 percent still overlaps two tasks at times
 * (https://github.com/aws/containers-roadmap/issues/959,
 * https://github.com/aws/amazon-ecs-agent/issues/2485), and two servers on one append-only
 * directory lose acknowledged writes. So a server holds an exclusive lock in the directory while it
 * runs: descriptor 9 stays open across `exec`, and the kernel drops the lock with the process. Exit 75
 * is EX_TEMPFAIL: the lock was not free in time, and ECS tries again. It also exits where flock is
 * missing or cannot wait: no server starts without the lock.
 */
export function redisCommand(): string[] {
  const lock = `exec 9<>${dataDirectory}/.writer.lock; flock -w ${redisTimes.lockWait} 9 || exit 75`;
  const script = [
    // Before it waits: notes of a server that ran in the same container would name another process.
    `${ownFolder}; rm -rf "$mine"; mkdir "$mine" || exit 75`,
    lock,
    // An empty password would be one that everybody knows.
    'case $REDIS_PASSWORD:$REDIS_PASSWORD_B in :* | *:) echo "a password is empty" >&2; exit 78;; esac',
    versionGuard(dataDirectory),
    writerFence(dataDirectory),
    server(),
  ];
  return ["sh", "-c", `${script.join("\n")}\n`];
}

/**
 * The last line: the shell becomes the server.
 *
 * Only the image's entrypoint loads the modules that the image ships (Redis 8: Search, JSON, Bloom,
 * TimeSeries), and only when the server is its command: behind `sh -c` it has loaded none
 * (https://github.com/redis/docker-library-redis/blob/release/8.0/debian/docker-entrypoint.sh). Data
 * with their types end a start without them. It runs `exec`, so descriptor 9, standard input and
 * SIGTERM go to the server. An image without `docker-entrypoint.sh` starts its server alone. The images
 * of Valkey also have server and client under the names of Redis.
 *
 * The two passwords come on standard input, so that no process list shows them. `redis-server -` would
 * read it only as the first or the last word, and entrypoints put modules before or behind the options of
 * their user: `--include` may stand anywhere. Later entrypoints take REDIS_PASSWORD themselves and may
 * put it among the arguments, so it is removed; then they warn of a missing password, unless told not
 * to. `requirepass` takes one password only.
 */
function server(): string {
  const entry = "docker-entrypoint.sh";
  const variables = "env -u REDIS_PASSWORD -u REDIS_PASSWORD_B SKIP_PASSWORD_WARNING=1";
  return [
    `entry=${entry}; command -v $entry >/dev/null || entry=`,
    '[ "$SERVER_MODULES" != false ] || entry=',
    `exec ${variables} $entry redis-server ${serverOptions.join(" ")} <<END\n${defaultUser}\nEND`,
  ].join("\n");
}

/** It may do everything, as without a password, and has two: https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/ */
const defaultUser =
  'user default on allkeys allchannels allcommands ">$REDIS_PASSWORD" ">$REDIS_PASSWORD_B"';

const serverOptions = [
  // The image turns protected mode off. With it, a server without a password answers no other host.
  "--include /dev/stdin --protected-mode yes",
  `--dir ${dataDirectory}`,
  '--appendonly yes --appendfsync $SERVER_APPENDFSYNC --save ""',
  "--maxmemory $SERVER_MAXMEMORY --maxmemory-policy $SERVER_MAXMEMORY_POLICY",
  // Several words: without quotes.
  "$SERVER_PARAMETERS",
];
