import { describe, expect, it } from "vitest";
import { ofData } from "../../../harness/upgrade/redis-data.ts";

const redis = (image: string) => ({
  service: "aws_ecs_service.redis",
  definition: "aws_ecs_task_definition.redis",
  name: "dev-redis",
  image,
  folder: "fs-1/redis",
});

const saidOf = (was: string, is: string): string[] =>
  [...ofData(redis(was), redis(is))].map(({ effect, what }) => `${effect}: ${what}`);

describe("another image of Redis", () => {
  it.each([
    ["redis:8.0.1", "redis:7.4.1", 1],
    ["redis:8.4", "redis:8.2", 1],
    ["redis:8.2.1", "redis:8.2.0", 0],
    ["redis:8.2", "redis:8.10", 0],
    ["redis:7.4-bookworm", "redis:8.0-bookworm", 0],
    ["redis:8.0.1", "valkey:8.1.1", 1],
    ["public.ecr.aws/valkey/valkey:8.1", "redis:8.4", 1],
    ["valkey:8.1", "valkey:9.0", 0],
    ["example.com/cache:8.0", "example.com/cache:7.2", 1],
  ])("%s, then %s: whether the server may not read the data", (was, is, count) => {
    const said = saidOf(was, is);
    expect(said.filter((each) => each.startsWith("does not start"))).toHaveLength(count);
  });

  it("of a later major version says that only a backup is a way back", () => {
    expect(saidOf("redis:7.4.1", "redis:8.0.1")).toEqual([
      expect.stringMatching(/^restarts: Redis 8.0 .* only a backup/),
    ]);
  });

  it("without a version says nothing", () => {
    const [old, next] = ["8", "7"].map((digit) => `example.com/redis@sha256:${digit.repeat(64)}`);
    expect(saidOf(old ?? "", next ?? "")).toEqual([]);
  });
});
