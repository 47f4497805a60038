import { describe } from "vitest";
import { redisRules } from "../../../stacks/rules/redis-rules.ts";
import { type Break, testBreaks } from "../support/broken.ts";

const service = "aws_ecs_service.redis_service";
const container = "aws_ecs_task_definition.redis_task_definition.container_definitions.0";

describe("the rules of Redis", () => {
  testBreaks(redisRules, [
    [
      "one-redis-task",
      `${service}.deployment_minimum_healthy_percent`,
      ({ resource }) => (resource(service)["deployment_minimum_healthy_percent"] = 100),
    ],
    [
      "one-redis-task",
      `${service}.desired_count`,
      ({ resource }) => (resource(service)["desired_count"] = 2),
    ],
    [
      "no-redis-rollback",
      `${service}.deployment_circuit_breaker`,
      ({ resource }) =>
        (resource(service)["deployment_circuit_breaker"] = { enable: true, rollback: true }),
    ],
    // Without the exec, the shell holds the lock and gets the signals.
    [
      "writer-lock",
      `${container}.command`,
      ({ command }) => command(/exec ([^\n;]*redis-server)/, "$1"),
    ],
    ["writer-lock", `${container}.command`, ({ command }) => command("9<>/data", "9<>/tmp")],
    ["writer-fence", `${container}.command`, ({ command }) => command('echo "$token"', "echo")],
    [
      "writer-fence",
      `${container}.healthCheck.command`,
      ({ healthCheck }) => healthCheck("kill -9 $pid;", ""),
    ],
    [
      "version-after-answer",
      `${container}.command`,
      ({ command }) => command('>"$mine/version"', ">/data/.server-version"),
    ],
    [
      "version-after-answer",
      `${container}.healthCheck.command`,
      ({ healthCheck }) => healthCheck(/cp "\$mine\/version" .*/, "true"),
    ],
    [
      "times-in-order",
      `${container}.stopTimeout`,
      (draft) => draft.container("redis", (redis) => (redis["stopTimeout"] = 200)),
    ],
    ["times-in-order", `${container}.stopTimeout`, ({ command }) => command("-w 200", "-w 300")],
    [
      "lockable-image",
      `${container}.image`,
      (draft) => draft.container("redis", (redis) => (redis["image"] = "redis:8-alpine")),
    ],
    [
      "lockable-image",
      `${container}.image`,
      (draft) => draft.container("redis", (redis) => (redis["image"] = "redis:latest")),
    ],
    [
      "liveness-bears-loading",
      `${container}.healthCheck.command`,
      ({ healthCheck }) => healthCheck("redis-cli ping", "redis-cli -e ping"),
    ],
    [
      "durable-writes",
      `${container}.command`,
      ({ command }) => command("$SERVER_APPENDFSYNC", "no"),
    ],
    [
      "password-asked",
      `${container}.command`,
      ({ command }) => command("user default on", "user default off"),
    ],
    // With one password there is no rotation without a gap.
    [
      "password-asked",
      `${container}.command`,
      ({ command }) => command(' ">$REDIS_PASSWORD_B"\n', "\n"),
    ],
    // Behind an entrypoint that puts modules in front, this is no first word, and reads nothing.
    [
      "password-asked",
      `${container}.command`,
      ({ command }) => command("--include /dev/stdin", "-"),
    ],
    [
      "password-asked",
      `${container}.secrets`,
      (draft) =>
        draft.container("redis", (redis) => {
          redis["secrets"] = (redis["secrets"] as { name: string }[]).filter(
            ({ name }) => name !== "REDISCLI_AUTH",
          );
        }),
    ],
    ...[
      ["385mb", "385 of 512 MiB"],
      ["1gb", "1024 of 512 MiB"],
      // No limit.
      ["0", "NaN of 512 MiB"],
    ].map(([maxmemory = "", got]): Break => [
      "memory-for-fork",
      `${container}.command`,
      ({ command }) => command(/\$SERVER_MAXMEMORY\b/, maxmemory),
      {},
      got,
    ]),
    [
      "files-for-clients",
      `${container}.ulimits`,
      (draft) => draft.container("redis", (redis) => (redis["ulimits"] = [])),
    ],
    [
      "owns-its-data",
      `${container}.user`,
      (draft) => draft.container("redis", (redis) => (redis["user"] = "999:1000")),
    ],
    [
      "app-after-redis",
      "aws_ecs_service.app_service.depends_on",
      ({ resource }) => {
        const app = resource("aws_ecs_service.app_service");
        app["depends_on"] = (app["depends_on"] as string[]).filter((each) => each !== service);
      },
    ],
  ]);
});
