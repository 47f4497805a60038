import { describe, expect, it } from "vitest";
import { redisRules } from "../../../stacks/rules/redis-rules.ts";
import { type Break, type Draft, foundBy, testBreaks, testKept } from "../support/broken.ts";

const service = "aws_ecs_service.redis_service";
const app = "aws_ecs_service.app_service";
const definition = "aws_ecs_task_definition.redis_task_definition";
const container = `${definition}.container_definitions.0`;

type Json = Record<string, unknown>;

/** Changes the container of Redis. */
const inRedis =
  (changes: Json): Break[2] =>
  (draft) =>
    draft.container("redis", (redis) => Object.assign(redis, changes));

/** Removes a secret from a container. */
const withoutSecret =
  (program: string, secret: string): Break[2] =>
  (draft) =>
    draft.container(program, (each) => {
      each["secrets"] = (each["secrets"] as Json[]).filter(({ name }) => name !== secret);
    });

/** Removes a resource from the dependencies of the app. */
function appWithout({ resource }: Draft, part: string): void {
  const needs = resource(app)["depends_on"] as string[];
  resource(app)["depends_on"] = needs.filter((each) => each !== part);
}

/** How often a rule is broken by a Redis container with only these fields. */
function countOf(rule: string, redis: Json): number {
  const container_definitions = JSON.stringify([{ command: ["redis-server"], ...redis }]);
  return foundBy(redisRules, rule, {
    aws_ecs_task_definition: { redis: { container_definitions } },
  }).length;
}

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
    // Without exec, the shell has the lock and gets the signals.
    ["writer-lock", `${container}.command`, ({ command }) => command("exec env", "env")],
    ["writer-ends", `${container}.command`, ({ command }) => command('echo "$HOSTNAME"', "echo")],
    [
      "writer-ends",
      `${container}.healthCheck.command`,
      ({ healthCheck }) => healthCheck("cli shutdown nosave", ""),
    ],
    [
      "times-in-order",
      `${container}.stopTimeout`,
      ({ command }) => command("-w 200", "-w 300"),
      {},
      "stopTimeout 120, lock wait 300, startPeriod 300",
    ],
    ["lockable-image", `${container}.image`, inRedis({ image: "redis:8-alpine" })],
    [
      "healthy-while-loading",
      `${container}.healthCheck.command`,
      ({ healthCheck }) => healthCheck("cli ping", "cli -e ping"),
    ],
    ...[
      ["$SERVER_APPENDFSYNC", "no"],
      ["--appendonly yes", "--appendonly no"],
      ['--save ""', '--save "900 1"'],
    ].map(([from = "", to = ""]): Break => [
      "durable-writes",
      `${container}.command`,
      ({ command }) => command(from, to),
    ]),
    [
      "password-required",
      `${container}.command`,
      ({ command }) => command("user default on", "user default off"),
    ],
    ...[
      ["385mb", "385 of 512 MiB"],
      ["1gb", "1024 of 512 MiB"],
      // 0 means no limit.
      ["0", "NaN of 512 MiB"],
    ].map(([maxmemory = "", got]): Break => [
      "memory-for-fork",
      `${container}.command`,
      ({ command }) => command(/\$SERVER_MAXMEMORY\b/, maxmemory),
      {},
      got,
    ]),
    ...[[], [{ name: "nproc", softLimit: 65_536 }], [{ name: "nofile", softLimit: 10_032 }]].map(
      (ulimits): Break => ["files-for-clients", `${container}.ulimits`, inRedis({ ulimits })],
    ),
    ...["999:1000", "1000:999"].map((user): Break => [
      "data-owner",
      `${container}.user`,
      inRedis({ user }),
    ]),
    ["password-required", `${container}.secrets`, withoutSecret("redis", "REDIS_PASSWORD")],
    ["app-after-redis", `${app}.depends_on`, (draft) => appWithout(draft, service)],
  ]);

  testKept([
    [
      "one file more than required",
      inRedis({
        ulimits: [
          { name: "nproc", softLimit: 64 },
          { name: "nofile", softLimit: 10_033 },
        ],
      }),
    ],
  ]);

  describe.each([
    ["/bin/sh", "exec 9<>/data/.writer.lock; flock -w 5 9 || exit 75\nexec valkey-server", 0],
    [
      "sh",
      "exec 9<>/d/.writer.lock; date; flock -w 60 9 || { date && exit 75; }; exec redis-server",
      0,
    ],
    ["sh", "exec 9<>/data/.writer.lock; flock 9 || exit 75\nexec redis-server", 1],
    ["sh", "exec 9<>/data/.writer.lock; flock -w 60 9 || date; exit 75\nexec redis-server", 1],
    ["sh", "exec 9<>/data/.writer.lock; flock -w 60 9 || exit 1\nexec redis-server", 1],
    ["sh", "exec 9<>/data/.writer.lock; flock -w 60 9 || exit 75\nexec env\nredis-server", 1],
    ["/usr/bin/sh", "exec 9<>/data/.writer.lock; flock -w 60 9 || exit 75; exec redis-server", 1],
  ])("writer-lock", (shell, script, count) => {
    it(`is broken ${count} times by ${shell} with ${JSON.stringify(script)}`, () => {
      expect(countOf("writer-lock", { command: [shell, "-c", script] })).toBe(count);
    });
  });

  it.each([
    [120, 121, 122, 0],
    [120, 200, 300, 0],
    [119, 200, 300, 1],
    [200, 200, 300, 1],
    [120, 300, 300, 1],
    [120, 200, 301, 1],
    [120, undefined, 300, 1],
  ])(
    "times-in-order with a stop of %s, a lock of %s and a start of %s",
    (stop, wait, start, count) => {
      const lock = wait === undefined ? "" : `flock -w ${wait} 9; `;
      const redis = {
        command: ["sh", "-c", `${lock}redis-server`],
        stopTimeout: stop,
        healthCheck: { startPeriod: start },
      };
      expect(countOf("times-in-order", redis)).toBe(count);
    },
  );

  it.each([
    ["redis:8.0.4", 0],
    ["localhost:5000/redis:8", 0],
    [`redis@sha256:${"0".repeat(64)}`, 0],
    ["${var.image}", 0],
    ["redis", 1],
    ["localhost:5000/redis", 1],
    ["redis:latest", 1],
    ["redis:8-ALPINE", 1],
    ["example.com/redis-on-busybox:8", 1],
    ["${var.name}-alpine", 1],
  ])("lockable-image with %s", (image, count) => {
    expect(countOf("lockable-image", { image })).toBe(count);
  });

  it("app-after-redis is broken by an app that depends on only one of two", () => {
    const needs = JSON.stringify([{ secrets: [{ name: "REDIS_PASSWORD" }] }]);
    const redis = JSON.stringify([{ command: ["redis-server"] }]);
    const found = foundBy(redisRules, "app-after-redis", {
      aws_ecs_task_definition: {
        app: { container_definitions: needs },
        redis: { container_definitions: redis },
      },
      aws_ecs_service: {
        app: { task_definition: "aws_ecs_task_definition.app", depends_on: [service] },
        redis_service: { task_definition: "aws_ecs_task_definition.redis" },
        other_service: { task_definition: "aws_ecs_task_definition.redis" },
      },
    });
    expect(found).toEqual([
      { address: "aws_ecs_service.app", field: "depends_on", got: [service] },
    ]);
  });

  it.each([
    [["CMD-SHELL", "redis-cli ping | grep -e PONG -e LOADING"], 0],
    [["CMD-SHELL", "redis-cli ping >answer\ngrep -e PONG -e LOADING answer"], 0],
    [["CMD-SHELL", "redis-cli ping | grep PONG"], 1],
    [["CMD-SHELL", "redis-cli ping | grep LOADING"], 1],
    [["CMD-SHELL", "redis-cli -p 6379 -e ping | grep -E 'PONG|LOADING'"], 1],
    // Separate words, as ECS passes them.
    [["CMD", "redis-cli", "-e", "ping", "PONG", "LOADING"], 1],
  ])("healthy-while-loading with %j", (command, count) => {
    expect(countOf("healthy-while-loading", { healthCheck: { command } })).toBe(count);
  });
});
