import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { findRedisServer } from "../../../harness/ecs/programs/find-redis.ts";
import { redisMetrics } from "../../../stacks/redis/redis-metrics.ts";
import { type LocalContainer, until, volume } from "../support/local-container.ts";
import { container, devWith, variablesOf } from "../support/template.ts";

// Runs the synthesized command and health check with a real Redis.
const redis = container(devWith({ redis: { metrics: true } }), "redis");
const command = redis.command ?? [];
const variables = variablesOf(redis);
const [, healthCheck = ""] = redis.healthCheck?.command ?? [];

beforeAll(async () => {
  await findRedisServer();
}, 360_000);

interface Report {
  readonly _aws: { readonly Timestamp: number; readonly CloudWatchMetrics: readonly unknown[] };
  readonly [metric: string]: unknown;
}

/** The reports in the container's log, oldest first. */
const reports = ({ log }: LocalContainer): Report[] =>
  log()
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Report);

async function checked(server: LocalContainer): Promise<Report> {
  const before = reports(server).length;
  expect(await server.shell(healthCheck)).toBe(0);
  await until(() => reports(server).length > before);
  const report = reports(server).at(-1);
  if (report === undefined) throw new Error("it was there");
  return report;
}

describe("the metrics of Redis", () => {
  it("are off by default", async () => {
    await using data = await volume();
    const server = await data.run(command);
    await until(server.isReady);
    expect(await server.shell(healthCheck)).toBe(0);
    expect(reports(server)).toEqual([]);
  });

  it("are one log line per health check, in CloudWatch's embedded metric format", async () => {
    await using data = await volume();
    const server = await data.run(command, { variables });
    await until(server.isReady);
    const earliest = Date.now() - 1_000;
    const { _aws, ...values } = await checked(server);
    expect(_aws.Timestamp).toBeGreaterThanOrEqual(earliest);
    expect(_aws.Timestamp).toBeLessThanOrEqual(Date.now());
    expect(_aws.CloudWatchMetrics).toEqual([
      {
        Namespace: "Redis",
        Dimensions: [["ServiceName"]],
        Metrics: Object.values(redisMetrics).map(({ name, unit }) => ({ Name: name, Unit: unit })),
      },
    ]);
    expect(values).toMatchObject({ ServiceName: "dev-redis", AppendFailed: 0 });
    // Every declared metric has a value.
    const names = Object.values(redisMetrics).map(({ name }) => name);
    expect(Object.keys(values)).toEqual(["ServiceName", ...names]);
    expect(names.map((name) => typeof values[name])).toEqual(names.map(() => "number"));
  });

  it("count since the last report, and from zero after a restart", async () => {
    await using data = await volume();
    const server = await data.run(command, { variables });
    await until(server.isReady);
    await checked(server);
    const keys = Array.from({ length: 60 }, (_, key) => `SET key:${key} ${"x".repeat(1_000)}`);
    await server.send("CONFIG SET maxmemory-policy allkeys-lru", ...keys);
    const busy = await checked(server);
    expect(busy["Commands"]).toBeGreaterThan(60);
    expect(busy["Commands"]).toBeLessThan(100);
    expect(busy["Evictions"]).toBe(0);
    expect(busy["MemoryUsed"]).toBeLessThan(50);

    // Less than any version of Redis uses without data, so that all keys are evicted.
    await server.send("CONFIG SET maxmemory 1");
    const full = await checked(server);
    expect(full["Evictions"]).toBe(60);
    expect(full["Commands"]).toBeLessThan(20);

    await server.send("CONFIG RESETSTAT");
    const restarted = await checked(server);
    expect(restarted["Evictions"]).toBe(0);
    expect(restarted["Commands"]).toBeLessThan(20);
    expect(restarted["Commands"]).toBeGreaterThanOrEqual(0);
  });

  it("report that the append-only file cannot be written", async () => {
    await using data = await volume();
    // The reply of a server with a full disk; a scenario in `harness` fills a disk.
    const failing = `case "$*" in *"info all"*) printf 'used_memory:1\\r\\naof_last_write_status:err\\r\\n'; exit;; esac`;
    const server = await data.run(command, { variables, before: { "redis-cli": failing } });
    await until(server.isReady);
    expect(await checked(server)).toMatchObject({ AppendFailed: 1, MemoryUsed: 0 });
  });

  it("do not fail the health check if INFO fails", async () => {
    await using data = await volume();
    const silent = `case "$*" in *"info all"*) exit 1;; esac`;
    const server = await data.run(command, { variables, before: { "redis-cli": silent } });
    await until(server.isReady);
    expect(await server.shell(healthCheck)).toBe(0);
    expect(reports(server)).toEqual([]);
    const version = readFileSync(join(data.path, ".server-version"), "utf8");
    expect(version).toMatch(/^\w+ \d+ \d+\n$/);
  });
});
