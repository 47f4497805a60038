import { describe, expect, it } from "vitest";
import { environments } from "../../../../environments.ts";
import { oldSetup } from "../../../../harness/plays/setups/old-setup.ts";
import {
  environmentSetup,
  playedSetup,
} from "../../../../harness/plays/setups/environment-setup.ts";
import { otherEnvironments } from "../../../stacks/support/other-environments.ts";
import { withoutLock } from "../../../../harness/plays/setups/without-lock.ts";

describe("an environment", () => {
  it.each(Object.keys(environments))(
    "%s: a release changes only the app's task definition",
    (name) => {
      const { local, release } = environmentSetup(name, { environments });
      const [before, after] = [local.template, release({ tag: "2.0.0" })].map(blocks);
      const changed = Object.keys(after ?? {}).filter((key) => after?.[key] !== before?.[key]);
      expect(changed).toEqual(["aws_ecs_task_definition.app_task_definition"]);
    },
  );

  it("knows the name of an existing namespace", () => {
    const { dev } = environments;
    const vpcId = "vpc-0123456789abcdef0";
    const network = {
      vpcId,
      privateSubnetIds: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
      publicSubnetIds: ["subnet-0123456789abcdef2", "subnet-0123456789abcdef3"],
    };
    const namespace = { id: "ns-0123", name: "shared-ecs", vpcId };
    const all = { qa: { ...dev, network, namespace } };
    const { local, srvName } = environmentSetup("qa", { environments: all });
    expect(local.namespaces).toEqual({ "ns-0123": "shared-ecs" });
    expect(srvName).toBe("qa-redis.shared-ecs");
  });

  it("is refused if the app's Redis is not on ECS", () => {
    expect(() => playedSetup("external", { environments: otherEnvironments })).toThrow(
      "the app of external does not use a Redis on ECS",
    );
  });

  it("runs the guest book without the command of the app's image", () => {
    const { dev } = environments;
    const all = {
      dev: { ...dev, app: { ...dev.app, command: ["dist/main.js"], entryPoint: ["bun"] } },
    };
    const { local, release } = playedSetup("dev", { environments: all });
    expect(JSON.stringify(local.template)).not.toMatch(/dist\/main\.js|bun/);
    expect(JSON.stringify(release({ tag: "2", command: ["missing"] }))).toContain("missing");
    expect(JSON.stringify(environmentSetup("dev", { environments: all }).local.template)).toMatch(
      /bun.*dist\/main\.js|dist\/main\.js.*bun/,
    );
  });
});

describe("the old setup", () => {
  it("changes only the app's image in a release", () => {
    const released = JSON.stringify(oldSetup().release({ tag: "9.9.9" }));
    expect(released).toContain("app:9.9.9");
    expect(released).not.toContain("app:1.0.0");
    expect(released).toContain("redis:8.0.4");
  });
});

describe("Redis without the lock", () => {
  it("differs only in the lock, its fence and the percentages", () => {
    const [dev, unlocked] = [environmentSetup("dev", { environments }), withoutLock()].map(
      ({ local }) => blocks(local.template),
    );
    const changed = Object.keys(dev ?? {}).filter((key) => dev?.[key] !== unlocked?.[key]);
    expect(changed.toSorted()).toEqual([
      "aws_ecs_service.redis_service",
      "aws_ecs_task_definition.redis_task_definition",
    ]);
    const definition = unlocked?.["aws_ecs_task_definition.redis_task_definition"];
    expect(definition).not.toContain("flock");
    expect(definition).not.toContain("cat /data/.writer.token");
    expect(definition).toContain("redis-server --include");
  });
});

/** The resources of a template as text, by address. */
function blocks(template: unknown): Record<string, string> {
  const { resource } = template as { resource: Record<string, Record<string, unknown>> };
  return Object.fromEntries(
    Object.entries(resource).flatMap(([type, named]) =>
      Object.entries(named).map(([name, block]) => [`${type}.${name}`, JSON.stringify(block)]),
    ),
  );
}
