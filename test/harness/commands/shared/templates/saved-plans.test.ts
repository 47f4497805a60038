import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { changesBetween, readTemplate } from "../../../../../harness/ecs/index.ts";
import { localOptions } from "../../../../../harness/commands/local/options.ts";
import { localSettings } from "../../../../../harness/commands/shared/templates/local-settings.ts";
import { content, definition, firstPlan, service } from "../../../ecs/terraform/saved/fixture.ts";

const PLANS = join(import.meta.dirname, "../../../../support/plans");
const folder = mkdtempSync(join(tmpdir(), "saved-plans-"));
afterAll(() => rmSync(folder, { recursive: true }));

const recorded = (name: string): string => join(PLANS, `${name}.json`);
const APP = ["--image", "game-api=node server.js"];
// The images that this machine's engine has change nothing here.
const settings = (...args: string[]) =>
  localSettings(localOptions(["--engine", "none", "--plan", ...args]));

function written(plan: unknown): string {
  const file = join(folder, "plan.json");
  writeFileSync(file, JSON.stringify(plan));
  return file;
}

const data = (type: string, values: object) => ({
  address: `data.${type}.x`,
  mode: "data",
  type,
  name: "x",
  values,
});

describe("a plan of npm run local", () => {
  it("shows its services and every command that it runs", async () => {
    const { summary, next } = await settings(recorded("handwritten-split-release.plan"), ...APP);
    expect(summary).toBe(`From the plan:
  dev-app: 2 tasks, bridge
    api (111111111111.dkr.ecr.ap-northeast-1.amazonaws.com/game-api:1.4.2)
      runs   node server.js
      with   ENV=dev PORT=8080 REDIS_SRV=dev-redis.dev-ecs
  dev-redis: 1 task, bridge, found as dev-redis.dev-ecs (SRV)
    redis (redis:7.2-bookworm)
      runs   docker-entrypoint.sh redis-server --appendonly yes --dir /data
      check  /bin/sh -c "redis-cli ping || exit 1"
then deployed:
  dev-app: 2 tasks, bridge
    api (111111111111.dkr.ecr.ap-northeast-1.amazonaws.com/game-api:1.4.3)
      runs   node server.js
      with   ENV=dev PORT=8080 REDIS_SRV=dev-redis.dev-ecs
  not played: aws_efs_mount_target, aws_security_group, aws_subnet, aws_vpc`);
    expect(next).toHaveLength(1);
  });

  it("shows a command on one line without hidden parts", async () => {
    const command = ["sh", "-c", "true\r\u001b[2K\nrm -r x"];
    const plan = firstPlan(definition("web", { command, image: "w\u001b[2J" }), service("web"));
    const { summary = "" } = await settings(written(plan));
    expect(summary).toContain(String.raw`runs   sh -c "true\r\u001b[2K\nrm -r x"`);
    expect(summary).toContain(" (w\uFFFD[2J)");
  });

  it("shows what can make a harmless command run other code: folder, variables, names of secrets", async () => {
    const plan = firstPlan(
      definition("web", {
        command: ["./start"],
        workingDirectory: "/srv/elsewhere",
        environment: [{ name: "NODE_OPTIONS", value: "--import data:text/javascript,x" }],
        secrets: [{ name: "LD_PRELOAD", valueFrom: "arn:aws:ssm:eu-central-1:1:parameter/x" }],
      }),
      service("web"),
    );
    const { summary } = await settings(written(plan), "--parameter", "/x=y");
    expect(summary).toContain(`      runs   ./start
      in     /srv/elsewhere
      with   "NODE_OPTIONS=--import data:text/javascript,x"
      secret LD_PRELOAD`);
  });

  it("refuses a program that no container would run", async () => {
    const plan = firstPlan(definition("web", { entryPoint: ["sh"] }), service("web"));
    const asked = settings(written(plan), "--image", "app=node cli.js");
    await expect(asked).rejects.toThrow(
      "option --image app: web/app has an entryPoint of its own, which replaces the image's; use --container web/app=COMMAND",
    );
  });

  it("changes single containers, counts, and leaves out what the user says", async () => {
    const plan = firstPlan(
      definition("web", { command: ["nothing-here"] }),
      service("web"),
      definition("jobs", { command: ["jobs"] }),
      service("jobs"),
    );
    const changes = ["--container", "web/app=node server.js", "--count", "web=3"];
    const { plan: adjusted, summary } = await settings(
      written(plan),
      ...changes,
      "--without",
      "jobs",
    );
    expect(adjusted.services.map(({ name, desiredCount }) => [name, desiredCount])).toEqual([
      ["web", 3],
    ]);
    expect(summary).toMatch(/runs +node server.js$/);
  });

  it.each([
    [
      ["--container", "web/worker=x"],
      "option --container web/worker: not in the plan; allowed: web/app",
    ],
    [["--without", "jobs"], "option --without jobs: not in the plan; allowed: web, web/app"],
    [["--count", "jobs=1"], "option --count jobs: not in the plan; allowed: web"],
    [
      ["--without", "web/app"],
      "its task has no other essential container; leave the service out: --without web",
    ],
  ])("refuses %j", async (words, message) => {
    const plan = firstPlan(definition("web", { command: ["x"] }), service("web"));
    await expect(settings(written(plan), ...words)).rejects.toThrow(message);
  });

  it("uses parameters and namespaces that the plan has read", async () => {
    const secrets = [{ name: "KEY", valueFrom: "arn:aws:ssm:eu-central-1:1:parameter/app/key" }];
    const plan = firstPlan(definition("web", { secrets }), service("web"), {
      address: "aws_service_discovery_service.web",
      values: {
        name: "web",
        dns_config: [{ namespace_id: "ns-1", dns_records: [{ type: "SRV", ttl: 5 }] }],
      },
    });
    plan.prior_state = {
      values: {
        root_module: {
          resources: [
            data("aws_ssm_parameter", { name: "/app/key", value: "opened" }),
            data("aws_service_discovery_dns_namespace", { id: "ns-1", name: "dev-ecs" }),
          ],
        },
      },
    };
    const file = written(plan);
    const { local, plan: played } = await settings(file, "--app", "true");
    expect(local).toMatchObject({
      parameters: { "/app/key": "opened" },
      namespaces: { "ns-1": "dev-ecs" },
    });
    expect([...played.discovery.values()][0]?.name).toBe("web.dev-ecs");
    const own = await settings(file, "--app", "true", "--parameter", "/app/key=mine");
    expect(own.local.parameters).toEqual({ "/app/key": "mine" });
  });

  it("names the option for an unknown reference", async () => {
    const groups = ["a", "b"].map((index) => ({
      address: `aws_service_discovery_service.${index}`,
      values: {
        name: index,
        dns_config: [{ namespace_id: "ns-1", dns_records: [{ type: "SRV", ttl: 5 }] }],
      },
    }));
    const plain = service("web", {
      service_registries: [{ container_name: "app", container_port: 80 }],
    });
    const unknown = { ...plain.unknown, service_registries: [{ registry_arn: true }] };
    const plan = firstPlan(definition("web"), { ...plain, unknown }, ...groups);
    await expect(settings(written(plan), "--app", "true")).rejects.toThrow(
      "one with --resolve aws_ecs_service.web.service_registries.registry_arn=ADDRESS",
    );
  });
});

const secret = (value?: string) => ({
  address: "aws_secretsmanager_secret_version.key",
  values: { secret_id: "x", ...(value !== undefined && { secret_string: value }) },
  unknown: { secret_string: value === undefined },
});

const secretIn = (module: unknown): unknown =>
  (module as { blocks: Map<string, { arguments: object }> }).blocks.get(
    "aws_secretsmanager_secret_version.key",
  )?.arguments;

const changed = (type: string, change: (values: Record<string, unknown>) => void) => {
  const plan = content("handwritten-split-release.plan");
  for (const each of plan.resource_changes) {
    if (each.type !== type) continue;
    each.change.actions = ["update"];
    each.change.after = { ...each.change.after };
    change(each.change.after);
  }
  return settings(written(plan), ...APP);
};

describe("a release that changes hosts too", () => {
  it("is deployed on running hosts, which keep the launch template they started with", async () => {
    const { first, next } = await changed("aws_launch_template", (values) => {
      values["instance_type"] = "m7g.8xlarge";
    });
    const [running, planned] = [first.module, next[0]].map((module) =>
      module?.blocks.get("aws_launch_template.hosts"),
    );
    expect(running).toBeDefined();
    expect(planned).toBe(running);
  });

  it("starts in its final state if the change has a local effect, and says so", async () => {
    const { next, summary } = await changed("aws_autoscaling_group", (values) => {
      values["max_size"] = 9;
    });
    expect(next).toEqual([]);
    expect(summary).toContain("game-api:1.4.3");
    expect(summary).toContain(
      "aws_autoscaling_group.hosts (update): cannot change while tasks run, so the result of the plan starts directly",
    );
  });

  it("is refused before the start if no service is left", async () => {
    const plan = content("handwritten-split-release.plan");
    for (const { change } of plan.resource_changes) {
      change.actions = ["delete"];
      change.after = null;
    }
    await expect(settings(written(plan), ...APP)).rejects.toThrow(
      /^error: option --plan: aws_autoscaling_group\.hosts \(delete\), .*: cannot change while the local ECS runs; give a state, or a plan that changes only task definitions and services$/,
    );
  });
});

describe("a plan after another one", () => {
  const split = recorded("handwritten-split.plan");
  const release = recorded("handwritten-split-release.plan");

  it.each([[split], [recorded("handwritten-split.state")]])(
    "%s: is deployed after it",
    async (first) => {
      const { local, next } = await settings(first, "--then", release, ...APP);
      const known = { parameters: {}, drawn: new Map<string, string>() };
      const present = await readTemplate(local.template, known);
      const changes = changesBetween(present, await readTemplate(next[0] ?? {}, known, present));
      const updated = changes.map(({ address, action }) => `${address} ${action}`);
      expect(updated.toSorted()).toEqual([
        'module.service["app"].aws_ecs_service.this update',
        'module.service["app"].aws_ecs_task_definition.this replace',
      ]);
    },
  );

  it("is refused if its prior state differs", async () => {
    const together = recorded("handwritten-together.plan");
    await expect(settings(together, "--then", release, ...APP)).rejects.toThrow(
      /^error: option --then: .*module\.service\["redis"\]/,
    );
  });

  it("keeps the generated secrets of the first", async () => {
    const own = { address: "aws_secretsmanager_secret.key", values: { id: "x", name: "key" } };
    const first = firstPlan(definition("web"), service("web"), own, secret());
    const second = firstPlan(definition("web"), service("web"), own, secret("known by then"));
    for (const change of second.resource_changes) {
      change.change.before = { ...change.change.after };
      change.change.actions = ["no-op"];
      change.change.after_unknown = {};
      for (const values of [change.change.before, change.change.after]) {
        if (change.type === "aws_ecs_task_definition") values.arn = "arn:td";
        if (change.type === "aws_ecs_service") values.task_definition = "arn:td";
      }
    }
    second.resource_changes[1].change.after.desired_count = 2;
    const one = written(first);
    const two = join(folder, "then.json");
    writeFileSync(two, JSON.stringify(second));
    const { first: begin, next } = await settings(one, "--then", two, "--app", "true");
    expect(secretIn(next[0])).toEqual(secretIn(begin.module));
    expect(secretIn(next[0])).toMatchObject({
      secret_string: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });
});
