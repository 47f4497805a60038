import { describe, expect, it } from "vitest";
import { redisUrlOf, passwordOf, srvNameOf } from "../../../../harness/plays/setups/plan-redis.ts";
import { planGuestBook } from "../../../../harness/plays/setups/plan-guest-book.ts";
import { rolesOf } from "../../../../harness/plays/setups/plan-roles.ts";
import {
  definition,
  firstPlan,
  type Planned,
  recorded,
  service,
  templatesOf,
} from "../../ecs/terraform/saved/fixture.ts";

const isRedis = (image: string): boolean => /^redis:|\/redis:/.test(image);

async function read(source: string | object) {
  const { first } = await templatesOf(source);
  return { plan: first.plan, roles: rolesOf(first.plan, { isRedis }) };
}

const app = (...environment: readonly object[]): Planned[] => [
  definition("web", { environment }),
  service("web"),
];

const redis = (changed: object = {}, values: object = {}): Planned[] => [
  definition(
    "cache",
    { name: "redis", image: "redis:7", portMappings: [{ containerPort: 6379 }], ...changed },
    values,
  ),
  service("cache"),
];

describe("Redis of a plan", () => {
  it("is found by a link, an endpoint of Service Connect or SRV records", async () => {
    const together = await read(recorded("handwritten-together.plan"));
    expect(redisUrlOf(together.plan, together.roles)).toBe("redis://redis:6379");
    expect(srvNameOf(together.plan, together.roles)).toBeUndefined();
    const behindProxy = await read(recorded("corpus/redis-service-connect/plan"));
    expect(redisUrlOf(behindProxy.plan, behindProxy.roles)).toBe("redis://redis:6379");
    const split = await read(recorded("handwritten-split.plan"));
    expect(redisUrlOf(split.plan, split.roles)).toBe("redis+srv://dev-redis.dev-ecs");
    expect(srvNameOf(split.plan, split.roles)).toBe("dev-redis.dev-ecs");
  });

  it.each<[string, object, unknown]>([
    ["none", { command: ["redis-server"] }, undefined],
    ["its command", { command: ["redis-server", "--requirepass", "open"] }, { text: "open" }],
    [
      "a variable in its command",
      {
        command: ["sh", "-c", 'exec redis-server --requirepass "$KEY"'],
        environment: [{ name: "KEY", value: "x" }],
      },
      { text: "x" },
    ],
    [
      "a variable of the client",
      { environment: [{ name: "REDISCLI_AUTH", value: "y" }] },
      { text: "y" },
    ],
    [
      "a secret, or one key of it",
      {
        secrets: [
          {
            name: "REDIS_PASSWORD",
            valueFrom: "arn:aws:secretsmanager:r:1:secret:key-AbCdEf:password::",
          },
        ],
      },
      expect.objectContaining({ name: "REDIS_PASSWORD", key: "password" }),
    ],
  ])("has its password from %s", async (_where, changed, expected) => {
    const { roles } = await read(firstPlan(...app(), ...redis(changed)));
    expect(passwordOf(roles.redis.container)).toEqual(expected);
  });
});

describe("the guest book in place of a plan's app", () => {
  it("ends without Redis if both are in one task", async () => {
    const together = await read(recorded("handwritten-together.plan"));
    const { workingDirectory } = planGuestBook(together.plan, together.roles);
    expect(workingDirectory).toMatch(/before\/$/);
  });

  it.each<[string, readonly Planned[], string]>([
    ["no name", [...app(), ...redis()], "cache has no name in Cloud Map, no endpoint"],
    [
      "a password that the app does not get",
      [
        ...app({ name: "REDIS_URL", value: "redis://x" }),
        ...redis({ command: ["redis-server", "--requirepass", "open"] }),
      ],
      "REDIS_PASSWORD",
    ],
  ])("is refused with %s", async (_what, resources, says) => {
    const { plan, roles } = await read(firstPlan(...resources));
    expect(() => planGuestBook(plan, roles)).toThrow(says);
  });
});
