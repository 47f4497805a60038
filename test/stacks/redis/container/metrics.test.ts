import { beforeAll, describe, expect, it } from "vitest";
import { findRedisServer } from "../../../../harness/ecs/programs/find-redis.ts";
import { redisMetrics } from "../../../../stacks/redis/redis-metrics.ts";
import { type LocalContainer, type Volume, until, volume } from "../../support/local-container.ts";
import { container, devWith, variablesOf } from "../../support/template.ts";

// Runs the synthesized commands with a real Redis.
const template = devWith({ redis: { metrics: true } });
const command = container(template, "redis").command ?? [];
const metrics = container(template, "redis", "metrics");

beforeAll(async () => {
  await findRedisServer();
}, 360_000);

interface Report {
  readonly _aws: { readonly Timestamp: number; readonly CloudWatchMetrics: readonly unknown[] };
  readonly [metric: string]: unknown;
}

/** The container of the metrics, which reports every 0.2 s instead of every minute. */
async function reporter(
  data: Volume,
  server: LocalContainer,
  before: Readonly<Record<string, string>> = {},
): Promise<LocalContainer> {
  const sleep = "PATH=${PATH#*:}; sleep 0.2; exit";
  return data.run(metrics.command ?? [], {
    variables: variablesOf(metrics),
    before: { sleep, ...before },
    port: server.port,
  });
}

/** The reports in the container's log, oldest first. */
const reports = ({ log }: LocalContainer): Report[] =>
  log()
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Report);

/** The sum of a metric over all reports. */
const sumOf = (reporting: LocalContainer, metric: string): number =>
  reports(reporting).reduce((sum, report) => sum + Number(report[metric]), 0);

async function started(data: Volume): Promise<LocalContainer> {
  const server = await data.run(command);
  await until(server.isReady);
  return server;
}

describe("the metrics of Redis", () => {
  it("are off by default", () => {
    expect(() => container(devWith(), "redis", "metrics")).toThrow("no container metrics");
  });

  it("are a log line a minute, in CloudWatch's embedded metric format", async () => {
    await using data = await volume();
    const server = await started(data);
    const earliest = Date.now() - 1_000;
    const reporting = await reporter(data, server);
    await until(() => reports(reporting).length > 0);
    const [report] = reports(reporting);
    const { _aws, ...values } = report ?? { _aws: { Timestamp: 0, CloudWatchMetrics: [] } };
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

  it("count since the last line, and from zero after a restart", async () => {
    await using data = await volume();
    const server = await started(data);
    const reporting = await reporter(data, server);
    await until(() => reports(reporting).length > 0);
    const keys = Array.from({ length: 60 }, (_, key) => `SET key:${key} ${"x".repeat(1_000)}`);
    await server.send("CONFIG SET maxmemory-policy allkeys-lru", ...keys);
    // Less than any version of Redis uses without data, so that all keys are evicted.
    await server.send("CONFIG SET maxmemory 1");
    await until(() => sumOf(reporting, "Evictions") === 60);
    expect(sumOf(reporting, "Commands")).toBeGreaterThan(60);

    await server.send("CONFIG RESETSTAT");
    const before = reports(reporting).length;
    await until(() => reports(reporting).length > before + 2);
    for (const report of reports(reporting).slice(before + 1)) {
      expect(report["Evictions"]).toBe(0);
      expect(report["Commands"]).toBeGreaterThanOrEqual(0);
      expect(report["Commands"]).toBeLessThan(20);
    }
  });

  it("compare the memory of the process with maxmemory", async () => {
    await using data = await volume();
    const server = await started(data);
    const reply = `printf 'used_memory:30\\r\\nused_memory_rss:120\\r\\nmaxmemory:100\\r\\n'; exit`;
    const reporting = await reporter(data, server, { "redis-cli": reply });
    await until(() => reports(reporting).length > 0);
    expect(reports(reporting)[0]).toMatchObject({ MemoryUsed: 30, MemoryResident: 120 });
  });

  it("report that the append-only file cannot be written", async () => {
    await using data = await volume();
    const server = await started(data);
    // The reply of a server with a full disk; a scenario in `harness` fills a disk.
    const failing = `printf 'used_memory:1\\r\\naof_last_write_status:err\\r\\n'; exit`;
    const reporting = await reporter(data, server, { "redis-cli": failing });
    await until(() => reports(reporting).length > 0);
    expect(reports(reporting)[0]).toMatchObject({ AppendFailed: 1, MemoryUsed: 0 });
  });

  it("report that the server loads its data", async () => {
    await using data = await volume();
    const server = await started(data);
    const loading = `printf 'used_memory:1\\r\\nloading:1\\r\\n'; exit`;
    const reporting = await reporter(data, server, { "redis-cli": loading });
    await until(() => reports(reporting).length > 0);
    expect(reports(reporting)[0]).toMatchObject({ Loading: 1, AppendFailed: 0 });
  });

  it("wait for a server that is away", async () => {
    await using data = await volume();
    const server = await started(data);
    const reporting = await reporter(data, server);
    await until(() => reports(reporting).length > 0);
    server.process.kill("SIGKILL");
    await server.exited;
    const before = reports(reporting).length;
    await until(() => reporting.log().split("Could not connect").length > 2);
    expect(reports(reporting).length).toBeLessThanOrEqual(before + 1);
    expect(reporting.process.exitCode).toBeNull();
  });
});
