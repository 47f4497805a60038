// The shell script that the Redis container runs. Tests run the same script.

import { ownFolder } from "./redis-own-folder.ts";
import { versionGuard } from "./redis-version-guard.ts";
import { writerFence } from "./redis-writer-fence.ts";

export const redisPort = 6379;
export const dataDirectory = "/data";

/** The user of the official Debian images. It owns the data folder. */
export const redisUser = { uid: 999, gid: 999 };

/**
 * In seconds. They must be ascending: an old Redis is killed before a new one stops waiting for the lock, and health
 * checks of the new one count only after that wait.
 */
export const redisTimes = { stopTimeout: 120, lockWait: 200, startPeriod: 300 } as const;

/** Enough for Redis' default of 10 000 clients and its own files. */
export const redisOpenFiles = 65_536;

/**
 * The container's command. Its text is constant; settings come from environment variables (`redis-settings.ts`).
 *
 * Even with a minimum of 0 and a maximum of 100 percent, ECS sometimes runs two tasks at the same time
 * (https://github.com/aws/containers-roadmap/issues/959,
 * https://github.com/aws/amazon-ecs-agent/issues/2485), and two servers on one append-only
 * directory lose acknowledged writes. So a server holds an exclusive lock on a file in the directory while it
 * runs: descriptor 9 stays open across `exec`, and the kernel releases the lock when the process ends. Exit code 75
 * is EX_TEMPFAIL: the lock was not free in time, and ECS tries again. The script also exits if flock is
 * missing or cannot wait, so no server starts without the lock.
 */
export function redisCommand(): string[] {
  const lock = `exec 9<>${dataDirectory}/.writer.lock; flock -w ${redisTimes.lockWait} 9 || exit 75`;
  const script = [
    // Before waiting for the lock: notes of an earlier server in the same container name another process.
    `${ownFolder}; rm -rf "$mine"; mkdir "$mine" || exit 75`,
    lock,
    // With an empty password, everyone could log in.
    'case $REDIS_PASSWORD:$REDIS_PASSWORD_B in :* | *:) echo "a password is empty" >&2; exit 78;; esac',
    versionGuard(dataDirectory),
    writerFence(dataDirectory),
    server(),
  ];
  return ["sh", "-c", `${script.join("\n")}\n`];
}

/**
 * The last lines: the shell becomes the server.
 *
 * Only the image's entrypoint loads the modules of the image (Redis 8: Search, JSON, Bloom, TimeSeries), and only
 * if its command is the server, not `sh -c`
 * (https://github.com/redis/docker-library-redis/blob/release/8.0/debian/docker-entrypoint.sh). Without the
 * modules, Redis does not start if the data contains their types. The entrypoint uses `exec`, so the server gets
 * descriptor 9, standard input and SIGTERM. In an image without `docker-entrypoint.sh`, the server is started
 * directly. The images of Valkey also have the server and client under the names of Redis.
 *
 * The passwords are passed on standard input, so that no process list shows them. `redis-server -` reads standard
 * input only if `-` is the first or last argument, and entrypoints add modules before or after the options. `--include`
 * works at any position. Later entrypoints read REDIS_PASSWORD and may add it to the arguments, so it is removed from
 * the environment; SKIP_PASSWORD_WARNING then turns off their warning. `requirepass` supports only one password.
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

/** The default user with all permissions and two passwords: https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/ */
const defaultUser =
  'user default on allkeys allchannels allcommands ">$REDIS_PASSWORD" ">$REDIS_PASSWORD_B"';

const serverOptions = [
  // The image turns protected mode off. With it, a server without a password refuses other hosts.
  "--include /dev/stdin --protected-mode yes",
  `--dir ${dataDirectory}`,
  '--appendonly yes --appendfsync $SERVER_APPENDFSYNC --save ""',
  "--maxmemory $SERVER_MAXMEMORY --maxmemory-policy $SERVER_MAXMEMORY_POLICY",
  // Not quoted, because it contains several words.
  "$SERVER_PARAMETERS",
];
