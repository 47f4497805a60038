import { describe, expect, it } from "vitest";
import { differences } from "../support/differences.ts";
import { refusedLines } from "../support/refusal.ts";
import {
  all,
  type ContainerDefinition,
  container,
  devWith,
  existingParts,
  minimalEnvironment,
  one,
  type Template,
} from "../support/template.ts";

const { app } = minimalEnvironment;
const nightly = { command: ["node", "nightly.js"], schedule: "cron(0 3 * * ? *)" };
const migrate = { command: ["node", "migrate.js"], memory: 512, cpu: 64 };

function containerOf(template: Template, task: string): ContainerDefinition {
  const definition = one(template, "aws_ecs_task_definition", `tasks_${task}_task_definition`);
  const [first] = JSON.parse(String(definition["container_definitions"])) as ContainerDefinition[];
  if (first === undefined) throw new Error(`${task} has no container`);
  return first;
}

function command(template: Template, name: string): unknown {
  return (template.json["output"] as Record<string, { value: unknown }>)[name]?.value;
}

describe("a task of the app", () => {
  const healthCheck = { command: "node healthy.js" };
  const own = { environment: { LEVEL: "info" }, secrets: { KEY: "/key" }, healthCheck };
  const template = devWith({ app: { ...app, ...own }, tasks: { migrate } });

  it("has the app's image, variables, secrets and roles, and its own command and size", () => {
    const [task, service] = [containerOf(template, "migrate"), container(template, "app")];
    expect(task).toMatchObject({
      name: "migrate",
      image: service.image,
      command: ["node", "migrate.js"],
      memory: 512,
      cpu: 64,
      secrets: service.secrets,
    });
    expect(task.environment).toEqual(service.environment.filter(({ name }) => name !== "PORT"));
    const [own_, others] = ["tasks_migrate", "app"].map((each) =>
      one(template, "aws_ecs_task_definition", `${each}_task_definition`),
    );
    for (const role of ["execution_role_arn", "task_role_arn"]) {
      expect(own_?.[role]).toBe(others?.[role]);
    }
  });

  it("does not change the resources of the app and of Redis", () => {
    const changed = differences(devWith({ app: { ...app, ...own } }), template);
    expect(changed.filter((address) => !/\.tasks_/.test(address))).toEqual([]);
  });

  it("has an output with the command that starts it", () => {
    expect(command(template, "run_migrate")).toBe(
      "aws ecs run-task --region eu-west-1 --cluster dev --task-definition dev-migrate " +
        "--capacity-provider-strategy capacityProvider=${aws_ecs_capacity_provider.cluster_capacity_provider.name},weight=1",
    );
    const existing = devWith({
      ...existingParts,
      app: { ...app, networkMode: "awsvpc" },
      tasks: { migrate },
    });
    expect(command(existing, "run_migrate")).toBe(
      "aws ecs run-task --region eu-west-1 --cluster games --task-definition dev-migrate " +
        "--launch-type EC2 --network-configuration 'awsvpcConfiguration={subnets=[subnet-0a,subnet-0b]," +
        "securityGroups=[${aws_security_group.app_network_security_group.id}],assignPublicIp=DISABLED}'",
    );
    expect(all(template, "aws_scheduler_schedule")).toEqual([]);
    expect(all(template, "aws_sqs_queue")).toEqual([]);
  });
});

describe("a task on a schedule", () => {
  it("has its own network interface in awsvpc mode", () => {
    const own = devWith({ app: { ...app, networkMode: "awsvpc" }, tasks: { nightly } });
    expect(one(own, "aws_scheduler_schedule")).toMatchObject({
      target: {
        ecs_parameters: {
          network_configuration: {
            security_groups: ["${aws_security_group.app_network_security_group.id}"],
            assign_public_ip: false,
          },
        },
      },
    });
  });
});

describe("a task is refused", () => {
  const bad: [what: string, tasks: object, line: string][] = [
    ["without a command", { nightly: {} }, "dev.tasks.nightly.command:"],
    [
      "with an invalid schedule",
      { nightly: { ...nightly, schedule: "daily" } },
      "dev.tasks.nightly.schedule:",
    ],
    [
      "with the rate of 1 minutes",
      { nightly: { ...nightly, schedule: "rate(1 minutes)" } },
      "dev.tasks.nightly.schedule: got",
    ],
    [
      "with five cron fields",
      { nightly: { ...nightly, schedule: "cron(0 3 * * *)" } },
      "dev.tasks.nightly.schedule: got",
    ],
    ["with the name of the app", { app: migrate }, "dev.tasks.app: invalid name; allowed: "],
    [
      "with the name of another environment's Redis",
      { "eu-redis": migrate },
      "dev.tasks.eu-redis: invalid name; allowed: ",
    ],
  ];

  it.each(bad)("%s", (_, tasks, line) => {
    expect(refusedLines({ tasks })).toEqual([expect.stringContaining(line)]);
  });
});
