import { describe, expect, it } from "vitest";
import { environments } from "../../../environments.ts";
import { argumentsOf } from "../../../stacks/gate/configuration.ts";
import { otherEnvironments } from "../support/other-environments.ts";
import {
  APP,
  atRevision5,
  change,
  container,
  containersOf,
  create,
  type Draft,
  ECS,
  everywhere,
  type Fields,
  find,
  type Forge,
  judged,
  keep,
  read,
  replace,
  runs,
  SERVICE,
  synthesized,
  was,
} from "./support/plans.ts";

// Plans that the gate must pass.

const DIGEST = `111111111111.dkr.ecr.eu-central-1.amazonaws.com/app@sha256:${"a".repeat(64)}`;

const images = (draft: Draft, image: string): void => {
  read(draft, image);
  container(draft, { image });
};

/** What a release leaves that failed after it registered its definition. */
const left = (draft: Draft): void => {
  const own = find(draft, APP);
  const { before } = own.change;
  const gone = { actions: ["delete"], before, after: null, after_unknown: {} };
  draft.resource_changes.push({
    ...own,
    deposed: "ab12cd34",
    action_reason: undefined,
    change: gone,
  });
};

describe("a release passes with", () => {
  it.each<[what: string, forge: Forge]>([
    ["a new image", () => {}],
    ["the digest of an older image", (draft) => images(draft, DIGEST)],
    [
      "the old definition destroyed first, as in older versions",
      (draft) => (change(draft, APP).actions = ["delete", "create"]),
    ],
    [
      "only the next definition, after ECS refused to register one",
      (draft) => {
        Object.assign(change(draft, APP), { actions: ["create"], before: null });
        Reflect.deleteProperty(find(draft, APP), "action_reason");
      },
    ],
    ["the definition that a failed release left", left],
    [
      "the definition that a failed release left, and only the service",
      (draft) => {
        runs(draft, atRevision5(draft));
        left(draft);
        keep(draft, APP);
        read(draft, "registry.example/app:1.0.0");
        was(draft, SERVICE, { task_definition: `${ECS}:task-definition/stg-app:4` });
      },
    ],
    [
      "-replace of the app's definition",
      (draft) => {
        const image = "registry.example/app:1.0.0";
        images(draft, image);
        find(draft, APP)["action_reason"] = "replace_by_request";
        Reflect.deleteProperty(change(draft, APP), "replace_paths");
      },
    ],
    [
      "the number of tasks that someone changed in an incident",
      (draft) => was(draft, SERVICE, { desired_count: 6 }),
    ],
    [
      "nothing but that number",
      (draft) => {
        read(draft, "registry.example/app:1.0.0");
        keep(draft, APP);
        runs(draft, String(change(draft, SERVICE).before?.["task_definition"]));
        was(draft, SERVICE, { desired_count: 6 });
      },
    ],
    [
      "the newest revision, after ECS went back to an older one",
      (draft) => {
        read(draft, "registry.example/app:1.0.0");
        runs(draft, atRevision5(draft));
        keep(draft, APP);
        was(draft, SERVICE, { task_definition: `${ECS}:task-definition/stg-app:4` });
      },
    ],
    [
      "other values of what a release may change, in the state",
      (draft) => {
        const fields = { cpu: 64, memory: 512, command: ["a"], stopTimeout: 5, environment: [] };
        container(draft, fields, "before");
        was(draft, APP, { tags: {}, tags_all: {} });
      },
    ],
    [
      "fields of a newer Terraform",
      (draft) =>
        Object.assign(draft, { plan_id: "p-1", hints: [{ text: "a", level: 1 }], notes: {} }),
    ],
    [
      "what ECS and a newer provider add",
      (draft) => {
        replace(draft, '"mountPoints":[]', '"mountPoints":[],"volumesFrom":[],"systemControls":[]');
        everywhere(draft, SERVICE, {
          iam_role: "/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
          region: "eu-central-1",
          arn: `${ECS}:service/stg/stg-app`,
          deployment_configuration: [
            { strategy: "ROLLING", bake_time_in_minutes: "0", lifecycle_hook: [] },
          ],
          sigint_rollback: null,
        });
        everywhere(draft, APP, { region: "eu-central-1" });
      },
    ],
    [
      "variables in another order",
      (draft) => {
        const [app = {}] = containersOf(draft);
        container(draft, { environment: (app["environment"] as unknown[]).toReversed() });
      },
    ],
    [
      "an ephemeral resource of the environment that is opened",
      (draft) => {
        create(draft, "ephemeral.random_password.redis", {}, "open");
        draft.configuration.root_module.resources.pop();
      },
    ],
    [
      "the providers of OpenTofu",
      (draft) => {
        const { aws, random } = draft.configuration.provider_config;
        Object.assign(aws ?? {}, { full_name: "registry.opentofu.org/hashicorp/aws" });
        Object.assign(random ?? {}, { full_name: "registry.opentofu.org/hashicorp/random" });
        find(draft, APP)["provider_name"] = "registry.opentofu.org/hashicorp/aws";
      },
    ],
    [
      "a resource of an older version of the stacks that stays",
      (draft) => create(draft, "aws_iam_role_policy_attachment.old", {}, "no-op"),
    ],
  ])("%s", (_, forge) => {
    const { exit, said } = judged(forge);
    expect(said).toMatch(/(^|\n)stg: only a release of the app$/);
    expect(exit).toBe(0);
  });

  it("changes of tasks and schedules, because they use the app's image", () => {
    const { exit, said } = judged(() => {}, "with-tasks");
    expect(said.split("\n")).toEqual([
      `✓ ${SERVICE} update: task_definition`,
      `✓ ${APP} replace: container_definitions.app.image`,
      "✓ aws_ecs_task_definition.tasks_clean_up_task_definition replace: container_definitions.clean-up.image",
      "✓ aws_ecs_task_definition.tasks_migrate_task_definition replace: container_definitions.migrate.image",
      "✓ aws_scheduler_schedule.tasks_clean_up_schedule update: target.0.ecs_parameters.0.task_definition_arn",
      "with-tasks: only a release of the app",
    ]);
    expect(exit).toBe(0);
  });

  it("what autoscaling has set, but no other count", () => {
    const app = { ...environments.stg.app, autoscaling: { min: 2, max: 8, cpu: 60 } };
    const all = { stg: { ...environments.stg, app } };
    expect(
      judged((draft) => everywhere(draft, SERVICE, { desired_count: 5 }), "stg", all).exit,
    ).toBe(0);
    expect(judged((draft) => was(draft, SERVICE, { desired_count: 5 }), "stg", all).exit).toBe(1);
  });

  it("no changes at all", () => {
    const { exit, said } = judged((draft) => {
      for (const { address } of draft.resource_changes) keep(draft, address);
      // Terraform writes this if there is nothing to apply.
      Object.assign(draft, { applyable: false });
    });
    expect([exit, said]).toEqual([0, "stg: no changes"]);
  });

  it("only the references that every environment has can be resolved", () => {
    for (const name of ["own-interface", "host-network", "scaled", "with-services", "external"]) {
      const resources = synthesized(otherEnvironments, name)["resource"] as Record<string, Fields>;
      const bodies = ["aws_ecs_task_definition", "aws_ecs_service", "aws_scheduler_schedule"]
        .flatMap((type) => Object.values(resources[type] ?? {}))
        .map((body) => argumentsOf(body as Fields));
      const text = JSON.stringify(bodies).replaceAll(/\$\{(data\.)?\w+\.\w+\.\w+\}/g, "");
      expect(text).toContain("family");
      expect(text).not.toContain("${");
    }
  });

  it("reports that the number of tasks changes", () => {
    const { said } = judged((draft) => was(draft, SERVICE, { desired_count: 6 }));
    expect(said).toContain(`✓ ${SERVICE} update: desired_count, task_definition`);
  });
});
