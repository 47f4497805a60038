import { describe, expect, it } from "vitest";
import { differences } from "../support/differences.ts";
import { refusedLines } from "../support/refusal.ts";
import { all, container, devWith, onElastiCache, type Template } from "../support/template.ts";

const { state } = onElastiCache;
const alone = devWith({ state });
const copying = devWith({ state, redis: { beside: { kind: "elasticache" } } });
const moved = devWith({ state, redis: { kind: "elasticache", beside: {} } });
const managed = devWith(onElastiCache);

/** The app's variables about Redis. */
function variables(template: Template): Record<string, string> {
  return Object.fromEntries(
    container(template, "app")
      .environment.filter(({ name }) => name.startsWith("REDIS_"))
      .map(({ name, value }) => [name, value]),
  );
}

const srv = "redis+srv://dev-redis.dev-ecs";
const endpoint = expect.stringMatching(/^rediss:\/\/\$\{aws_elasticache_replication_group\./);

describe("a Redis beside the other", () => {
  it("is made without a change to the one there is, and the app goes on with that", () => {
    const changed = differences(alone, copying);
    expect(
      changed.filter((address) => /\.(redis|storage|discovery|password)_/.test(address)),
    ).toEqual([]);
    expect(variables(copying)).toEqual({ REDIS_URL: srv, REDIS_BESIDE_URL: endpoint });
  });

  it("has the same password, so that a task can reach both", () => {
    expect(container(copying, "app").secrets).toEqual(container(alone, "app").secrets);
    expect(all(copying, "aws_secretsmanager_secret")).toHaveLength(2);
  });

  it("takes over by a change of the app alone, and gives back in the same way", () => {
    expect(differences(copying, moved).map((address) => address.split(".")[1])).toEqual(
      expect.arrayContaining(["app_task_definition"]),
    );
    const data = differences(copying, moved).filter((address) =>
      /\.(redis|storage|discovery|password|elasticache)_/.test(address),
    );
    expect(data).toEqual([]);
    expect(variables(moved)).toEqual({ REDIS_URL: endpoint, REDIS_BESIDE_URL: srv });
  });

  it("leaves nothing behind when it is removed", () => {
    expect(all(managed, "aws_ecs_service").map(([id]) => id)).toEqual(["app_service"]);
    expect(variables(managed)).toEqual({ REDIS_URL: endpoint });
    const changed = differences(moved, managed);
    expect(changed.filter((address) => /\.(elasticache|password)_/.test(address))).toEqual([]);
  });
});

describe("a Redis beside the other is refused", () => {
  it.each([
    [
      "without a state that may hold its password",
      { redis: { beside: { kind: "elasticache" } } },
      "dev.state: missing; allowed: with redis.kind elasticache a state in S3",
    ],
    [
      "of the same kind",
      { state, redis: { beside: { kind: "service" } } },
      'dev.redis.beside.kind: got "service"; allowed: one of elasticache',
    ],
    [
      "of a version that the other engine has",
      {
        state,
        redis: { beside: { kind: "elasticache", engine: "redis", engineVersion: "8.0" } },
      },
      'dev.redis.beside.engineVersion: got "8.0"; allowed: a version of redis: 7.0, 7.1',
    ],
    [
      "with a key of another region",
      {
        state,
        redis: {
          beside: {
            kind: "elasticache",
            kmsKeyArn: "arn:aws:kms:us-east-1:123456789012:key/0a",
          },
        },
      },
      "dev.redis.beside.kmsKeyArn: got",
    ],
    [
      "with a password of its own",
      { state, redis: { beside: { kind: "elasticache", passwordVersion: 2 } } },
      "dev.redis.beside.passwordVersion: unknown; allowed: fields kind, engine",
    ],
  ])("%s", (_, changes, line) => {
    const [first, ...more] = refusedLines(changes);
    expect(more).toEqual([]);
    expect(first).toContain(line);
  });
});
