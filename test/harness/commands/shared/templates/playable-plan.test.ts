import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { UsageError } from "../../../../../command-line/options.ts";
import {
  checkNeeds,
  playablePlan,
} from "../../../../../harness/commands/shared/templates/playable-plan.ts";
import { needsOf } from "../../../../../harness/plays/scenarios/list.ts";
import { startOptions } from "../../../../../harness/commands/start/options.ts";
import { readTemplate } from "../../../../../harness/ecs/index.ts";
import {
  content,
  definition,
  firstPlan,
  recorded,
  service,
} from "../../../ecs/terraform/saved/fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "playable-plan-"));
afterAll(() => rmSync(folder, { recursive: true }));

function written(plan: unknown): string {
  const file = join(folder, "plan.json");
  writeFileSync(file, JSON.stringify(plan));
  return file;
}

async function playable(name: string, ...args: readonly string[]) {
  const { plan } = startOptions(["--plan", recorded(name), ...args]);
  if (!plan) throw new Error("a plan is needed");
  const { setup, ...rest } = await playablePlan(plan);
  return { ...rest, setup: setup() };
}

/** The last lines of a summary, about the scenario. */
const rolesOf = (summary: string): string => summary.slice(summary.indexOf("\n  app: ") + 1);

describe("a plan as the setup of a scenario", () => {
  it("shows the roles and the users' requests", async () => {
    const { setup, summary } = await playable("handwritten-split.plan");
    expect(rolesOf(summary)).toMatch(
      /^ {2}app: dev-app\/api.*\n.*no health check.*\n.*no circuit breaker.*\n {2}Redis: dev-redis\/redis\n {2}users: .*POST \/guests\/NAME.*\n {2}time: .* 10 times faster .* 4 s/,
    );
    expect(setup).toMatchObject({
      environment: "handwritten-split",
      services: { app: "dev-app", redis: "dev-redis" },
      containers: { app: "api", redis: "redis" },
      srvName: "dev-redis.dev-ecs",
      password: undefined,
      isUnchecked: true,
    });
    expect(setup.path).toBeUndefined();
    const images = Object.values(setup.local.images).map(({ environment }) => environment);
    expect(images).toContainEqual(expect.objectContaining({ HEALTH_PATH: "*" }));
  });

  it("leaves out what cannot start here, unless the scenario needs it", async () => {
    const job = definition("jobs", { command: ["no-such-program"], portMappings: [] });
    const plan = content("handwritten-split.plan");
    const more = firstPlan(job, service("jobs", { cluster: "dev-game" }));
    plan.resource_changes.push(...more.resource_changes);
    plan.configuration.root_module.resources.push(...more.configuration.root_module.resources);
    const { plan: options } = startOptions(["--plan", written(plan)]);
    if (options === undefined) throw new Error("a plan is needed");
    const { setup, summary } = await playablePlan(options);
    expect(summary).toContain(
      'left out: jobs, which cannot start here: exec: "no-such-program": executable file not found',
    );
    const { local } = setup();
    const { services } = await readTemplate(local.template, { ...local, drawn: new Map() }).then(
      (template) => template.plan,
    );
    expect(services.map(({ name }) => name)).toEqual(["dev-app", "dev-redis"]);
    await expect(
      playable("handwritten-split.plan", "--app", "./no-such", "--path", "/"),
    ).rejects.toThrow(
      'dev-app/api cannot start here: exec: "./no-such": stat ./no-such: no such file or directory; give its program with --container dev-app/api=COMMAND',
    );
  });
  it("users of the given app request the health check's path, or --path", async () => {
    const own = await playable("stg-app-release.plan", "--app", "node server.js");
    expect(own.setup.path).toBe("/healthz");
    expect(rolesOf(own.summary)).toMatch(
      /^ {2}app: stg-app\/app\n {2}Redis: stg-redis\/redis\n {2}users: .*GET \/healthz/,
    );
    expect(own.setup.isUnchecked).toBe(false);
    const path = await playable("stg-app-release.plan", "--app", "x", "--path", "/readyz?deep");
    expect(path.setup.path).toBe("/readyz?deep");
    const signs = await playable("stg-app-release.plan", "--app", "x", "--guest-book");
    expect(signs.setup.path).toBeUndefined();
  });
});

describe("checkNeeds", () => {
  it.each([
    ["before", "handwritten-split.plan", /one task.*dev-redis/],
    ["after", "handwritten-together.plan", /separate service.*dev-app/],
    ["rotation", "handwritten-split.plan", /own stacks/],
  ] as const)("refuses the scenario %s for %s", async (scenario, plan, message) => {
    const { setup, ...rest } = await playable(plan);
    const check = (): void =>
      checkNeeds(scenario, needsOf(scenario), { ...rest, setup: () => setup });
    expect(check).toThrow(UsageError);
    expect(check).toThrow(message);
  });
});
