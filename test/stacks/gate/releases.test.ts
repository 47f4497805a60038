import { describe, expect, it } from "vitest";
import {
  after,
  APP,
  atRevision,
  before,
  type Change,
  container,
  containers,
  create,
  declare,
  type Fields,
  find,
  judged,
  judgedWithTasks,
  runs,
  SERVICE,
  withoutChanges,
} from "./support/plans.ts";

// Plans that the gate must pass.

const PASSWORD =
  "arn:aws:secretsmanager:eu-central-1:111111111111:secret:stg-redis-password-770d89";

const secrets = (...others: Fields[]): Fields => ({
  secrets: [{ name: "REDIS_PASSWORD", valueFrom: PASSWORD }, ...others],
});

describe("a release passes with", () => {
  it.each<[what: string, change: Change]>([
    ["nothing else than a new image", () => {}],
    ["another image", (draft) => container(draft, { image: "other:1" })],
    [
      "another command",
      (draft) => container(draft, { command: ["node", "other.js"], entryPoint: ["tini"] }),
    ],
    [
      "a new variable",
      (draft) =>
        containers(draft, (list) =>
          list.map((app) => ({
            ...app,
            environment: [...(app["environment"] as object[]), { name: "LOG", value: "debug" }],
          })),
        ),
    ],
    [
      "changed and removed variables",
      (draft) => container(draft, { environment: [{ name: "PORT", value: "3001" }] }),
    ],
    [
      "a new key of a secret that it has",
      (draft) => container(draft, secrets({ name: "USER", valueFrom: `${PASSWORD}:user::` })),
    ],
    [
      "another version of its secret",
      (draft) =>
        container(draft, {
          secrets: [{ name: "REDIS_PASSWORD", valueFrom: `${PASSWORD}::AWSPREVIOUS:` }],
        }),
    ],
    ["one secret less", (draft) => container(draft, { secrets: [] })],
    [
      "another health check, CPU shares and time to stop",
      (draft) =>
        container(draft, { healthCheck: { command: ["CMD", "true"] }, cpu: 64, stopTimeout: 10 }),
    ],
    ["another tag", (draft) => (after(draft, APP)["tags"] = { Name: "stg-app", Team: "games" })],
    [
      "the new revision before the old one goes",
      (draft) => (find(draft, APP).change.actions = ["create", "delete"]),
    ],
    [
      "the newest revision, after ECS went back to an older one",
      (draft) => {
        atRevision(draft, 5);
        const { change } = find(draft, APP);
        Object.assign(change, { actions: ["no-op"], after: change.before, after_unknown: {} });
        runs(draft, String(before(draft, SERVICE)["task_definition"]));
        before(draft, SERVICE)["task_definition"] =
          "arn:aws:ecs:eu-central-1:111111111111:task-definition/stg-app:4";
      },
    ],
    [
      "an ephemeral resource of the environment that is opened",
      (draft) => create(draft, "ephemeral.random_password.redis", {}, "open"),
    ],
    [
      "the full names of the providers in the registry of Terraform or OpenTofu",
      (draft) => {
        const { aws, random } = draft.configuration.provider_config;
        Object.assign(aws ?? {}, { full_name: "registry.terraform.io/hashicorp/aws" });
        Object.assign(random ?? {}, { full_name: "registry.opentofu.org/hashicorp/random" });
        find(draft, APP).provider_name = "registry.terraform.io/hashicorp/aws";
      },
    ],
    [
      "outputs that stay",
      (draft) => (draft["output_changes"] = { app_url: { actions: ["no-op"] } }),
    ],
    [
      "resource of an older version of the stacks that stays",
      (draft) => {
        create(draft, "aws_iam_role_policy_attachment.old", {}, "no-op");
        find(draft, "aws_iam_role_policy_attachment.old").change.before = {};
      },
    ],
    [
      "a data source of the environment",
      (draft) => declare(draft, "data.aws_ssm_parameter.app_image"),
    ],
  ])("%s", (_, change) => {
    const { exit, said } = judged(change);
    expect(exit, said).toBe(0);
    expect(said).toMatch(/\nstg: only a release of the app$/);
  });

  it("no changes at all", () => {
    const { exit, said } = judged((draft) => {
      withoutChanges(draft);
      // Terraform writes this if there is nothing to apply.
      Object.assign(draft, { applyable: false });
    });
    expect(exit).toBe(0);
    expect(said).toMatch(/(^|\n)stg: no changes$/);
  });

  it("another order of variables, and defaults of ECS", () => {
    const { said } = judged((draft) =>
      containers(draft, (list) =>
        list.map((app) => ({
          ...app,
          environment: (app["environment"] as unknown[]).toReversed(),
          portMappings: [{ containerPort: 3000 }],
          essential: undefined,
          volumesFrom: [],
        })),
      ),
    );
    expect(said).toContain(`✓ ${APP}  replace: container_definitions.app.image\n`);
  });

  it("changes of tasks and schedules, because they use the app's image", () => {
    const { exit, said } = judgedWithTasks(() => {});
    const lines = said.replaceAll(/ +/g, " ").split("\n");
    expect(lines.filter((line) => !line.startsWith("reported only"))).toEqual([
      `✓ ${SERVICE} update: task_definition`,
      `✓ ${APP} replace: container_definitions.app.image`,
      "✓ aws_ecs_task_definition.tasks_clean_up_task_definition replace: container_definitions.clean-up.image",
      "✓ aws_ecs_task_definition.tasks_migrate_task_definition replace: container_definitions.migrate.image",
      "✓ aws_scheduler_schedule.tasks_clean_up_schedule update: target.0.ecs_parameters.0.task_definition_arn",
      "with-tasks: only a release of the app",
    ]);
    expect(exit).toBe(0);
  });
});
