import { describe, expect, it } from "vitest";
import { differences } from "../support/differences.ts";
import { refusedLines } from "../support/refusal.ts";
import { all, container, devWith, onElastiCache, type Template } from "../support/template.ts";

const { state } = onElastiCache;
const alone = devWith({ state });
const copying = devWith({ state, redis: { beside: { kind: "elasticache" } } });
const moved = devWith({ state, redis: { kind: "elasticache", beside: {} } });
const managed = devWith(onElastiCache);

/** The app's variables for Redis. */
function variables(template: Template): Record<string, string> {
  return Object.fromEntries(
    container(template, "app")
      .environment.filter(({ name }) => name.startsWith("REDIS_"))
      .map(({ name, value }) => [name, value]),
  );
}

const srv = "redis+srv://dev-redis.dev-ecs";
const endpoint = expect.stringMatching(/^rediss:\/\/\$\{aws_elasticache_replication_group\./);

describe("a second Redis", () => {
  it("is created without a change of the first one, which the app still uses", () => {
    const changed = differences(alone, copying);
    expect(
      changed.filter((address) => /\.(redis|storage|discovery|password)_/.test(address)),
    ).toEqual([]);
    expect(variables(copying)).toEqual({ REDIS_URL: srv, REDIS_BESIDE_URL: endpoint });
  });

  it("becomes the first one with only a change of the app, and back", () => {
    expect(differences(copying, moved).map((address) => address.split(".")[1])).toEqual(
      expect.arrayContaining(["app_task_definition"]),
    );
    const data = differences(copying, moved).filter((address) =>
      /\.(redis|storage|discovery|password|elasticache)_/.test(address),
    );
    expect(data).toEqual([]);
    expect(variables(moved)).toEqual({ REDIS_URL: endpoint, REDIS_BESIDE_URL: srv });
  });

  it("is removed completely", () => {
    expect(all(managed, "aws_ecs_service").map(([id]) => id)).toEqual(["app_service"]);
    expect(variables(managed)).toEqual({ REDIS_URL: endpoint });
    const changed = differences(moved, managed);
    expect(changed.filter((address) => /\.(elasticache|password)_/.test(address))).toEqual([]);
  });
});

describe("a second Redis is refused", () => {
  it.each([
    ["without a state in S3", { redis: { beside: { kind: "elasticache" } } }, "dev.state:"],
    [
      "of the same kind",
      { state, redis: { beside: { kind: "service" } } },
      "dev.redis.beside.kind:",
    ],
  ])("%s", (_, changes, line) => {
    expect(refusedLines(changes)).toEqual([expect.stringContaining(line)]);
  });
});
