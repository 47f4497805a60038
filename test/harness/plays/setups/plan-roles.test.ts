import { describe, expect, it } from "vitest";
import { repositoryOf } from "../../../../harness/ecs/index.ts";
import {
  isChecked,
  portOf,
  type Roles,
  rolesOf,
} from "../../../../harness/plays/setups/plan-roles.ts";
import {
  definition,
  firstPlan,
  type Planned,
  recorded,
  service,
  templatesOf,
} from "../../ecs/terraform/saved/fixture.ts";

const isRedis = (image: string): boolean => repositoryOf(image) === "redis";

async function rolesIn(
  source: string | object,
  given: Readonly<Record<string, string>> = {},
): Promise<Roles> {
  const { first } = await templatesOf(source);
  return rolesOf(first.plan, { isRedis, given });
}

const names = ({ app, redis }: Roles): string[] =>
  [app, redis].map(({ service: of, container }) => `${of.name}/${container.name}`);

const redis = (name: string): Planned[] => [
  definition(name, { name: "redis", image: "redis:7", portMappings: [{ containerPort: 6379 }] }),
  service(name),
];
const app = (name: string, changed: object = {}): Planned[] => [
  definition(name, changed),
  service(name),
];

describe("the roles of a plan", () => {
  it.each([
    ["handwritten-together.plan", ["dev-app/api", "dev-app/redis"]],
    ["handwritten-split.plan", ["dev-app/api", "dev-redis/redis"]],
    ["handwritten-split.state", ["dev-app/api", "dev-redis/redis"]],
  ])("%s: are found by image and published port", async (name, expected) => {
    const roles = await rolesIn(recorded(name));
    expect(names(roles)).toEqual(expected);
    expect(portOf(roles.app)).toBe(8_080);
  });

  it("prefer an app behind a load balancer, with the balancer's health check", async () => {
    const { first } = await templatesOf(recorded("stg-app-release.plan"));
    const found = rolesOf(first.plan, { isRedis: (image) => image.includes("/redis:") });
    expect(names(found)).toEqual(["stg-app/app", "stg-redis/redis"]);
    expect(isChecked(first.plan, found.app)).toBe(true);
    const plain = await templatesOf(firstPlan(...app("web"), ...redis("cache")));
    expect(isChecked(plain.first.plan, rolesOf(plain.first.plan, { isRedis }).app)).toBe(false);
  });

  it("can be given by service, container or both", async () => {
    const plan = firstPlan(...app("web"), ...app("worker"), ...redis("cache"));
    await expect(rolesIn(plan)).rejects.toThrow("web/app, worker/app");
    expect(names(await rolesIn(plan, { app: "worker" }))).toEqual(["worker/app", "cache/redis"]);
    expect(names(await rolesIn(plan, { app: "web/app" }))[0]).toBe("web/app");
    await expect(rolesIn(plan, { app: "app" })).rejects.toThrow("which of web/app, worker/app");
    await expect(rolesIn(plan, { app: "x" })).rejects.toThrow('--role app: "x"');
    await expect(rolesIn(plan, { db: "x" })).rejects.toThrow("unknown role db");
  });

  it.each<[string, readonly Planned[], string]>([
    ["no Redis", app("web"), "no service runs an image of Redis or Valkey"],
    ["two Redis", [...app("web"), ...redis("a"), ...redis("b")], "which of a/redis, b/redis is"],
    [
      "an app without a port",
      [...app("web", { portMappings: [] }), ...redis("cache")],
      "no service except Redis has a load balancer or a published port",
    ],
    [
      "a Redis without a port",
      [
        ...app("web"),
        definition("cache", { name: "redis", image: "redis:7", portMappings: [] }),
        service("cache"),
      ],
      "cache/redis publishes no port",
    ],
    [
      "a Redis that does not run",
      [
        ...app("web"),
        definition("cache", { image: "redis:7" }),
        service("cache", { desired_count: 0 }),
      ],
      "no service runs an image of Redis",
    ],
  ])("are not found with %s, in one sentence", async (_what, resources, says) => {
    await expect(rolesIn(firstPlan(...resources))).rejects.toThrow(says);
  });
});
