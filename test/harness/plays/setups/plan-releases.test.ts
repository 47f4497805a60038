import { expect, it } from "vitest";
import { PlanReleases } from "../../../../harness/plays/setups/plan-releases.ts";
import { rolesOf } from "../../../../harness/plays/setups/plan-roles.ts";
import { recorded, templatesOf } from "../../ecs/terraform/saved/fixture.ts";

const isRedis = (image: string): boolean => image.startsWith("redis:");

it("releases first the plan's change, then other tags of its image; a release with a command is temporary", async () => {
  const { first, next } = await templatesOf(recorded("handwritten-split-release.plan"));
  const { app } = rolesOf(first.plan, { isRedis });
  const releases = new PlanReleases(first.module, next ? [next.module] : [], app);
  const containers = (module: typeof first.module) =>
    JSON.parse(
      String(module.blocks.get(app.service.taskDefinition)?.arguments["container_definitions"]),
    );
  const bad = containers(releases.release({ tag: "9.9.9", command: ["false"] }));
  expect(bad).toMatchObject([
    { image: expect.stringMatching(/\/game-api:9\.9\.9$/), command: ["false"] },
  ]);
  expect(releases.release({ tag: "1.0.1" })).toBe(next?.module);
  const [after] = containers(releases.release({ tag: "1.0.2" }));
  expect(after.image).toMatch(/\/game-api:1\.0\.2$/);
  expect(after.command).toBeUndefined();
});
