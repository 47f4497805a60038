import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { environments } from "../../../environments.ts";
import type { EnvironmentsInput } from "../../../stacks/config/environment-schema.ts";
import { parseEnvironments } from "../../../stacks/config/parse-environments.ts";
import { planIn, type Plan } from "../../../stacks/gate/plan.ts";
import { report } from "../../../stacks/gate/report.ts";
import { isRelease, judge } from "../../../stacks/gate/verdict.ts";
import { otherEnvironments } from "../support/other-environments.ts";

// Plans that were recorded with the real provider, and changed copies of them. From the plan with tasks, the known
// differences of the emulated AWS and most unchanged resources were removed.

const APP = "aws_ecs_task_definition.app_task_definition";
const SERVICE = "aws_ecs_service.app_service";

interface Draft {
  [field: string]: unknown;
  resource_changes: DraftChange[];
}

interface DraftChange {
  address: string;
  mode?: string;
  type?: string;
  change: {
    actions: string[];
    before: Record<string, unknown> | null;
    after: Record<string, unknown> | null;
    after_unknown: Record<string, unknown>;
    importing?: object;
  };
  previous_address?: string;
}

function recorded(name: string): Draft {
  const file = new URL(`../../support/plans/${name}.plan.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as Draft;
}

function find({ resource_changes: changes }: Draft, address: string): DraftChange {
  const found = changes.find((each) => each.address === address);
  if (!found) throw new Error(`the plan has no ${address}`);
  return found;
}

function environment(name: string, all: EnvironmentsInput = environments) {
  const found = parseEnvironments(all).find((each) => each.name === name);
  if (!found) throw new Error(`no environment ${name}`);
  return found;
}

const plan = (draft: Draft): Plan => planIn(draft, "plan.json");

/** The verdict of a release of stg after a change of its plan. */
function judged(change: (draft: Draft) => void): { passes: boolean; said: string } {
  const draft = recorded("stg-app-release");
  change(draft);
  const verdict = judge(plan(draft), environment("stg"));
  return { passes: isRelease(verdict), said: report(verdict, "stg") };
}

/** The same for an environment with tasks. Its plan is from a newer provider. */
function judgedWithTasks(
  change: (draft: Draft) => void,
  all: EnvironmentsInput = otherEnvironments,
): { passes: boolean; said: string } {
  const draft = recorded("with-tasks-app-release");
  change(draft);
  const verdict = judge(plan(draft), environment("with-tasks", all));
  return { passes: isRelease(verdict), said: report(verdict, "with-tasks") };
}

/** The state of a resource after the plan. */
function stateAfter(draft: Draft, address: string): Record<string, unknown> {
  const { change } = find(draft, address);
  if (change.after === null) throw new Error(`${address} would be gone`);
  return change.after;
}

/** Changes the first container of the app's task definition. */
function container(draft: Draft, change: (container: Record<string, unknown>) => void): void {
  const { after } = find(draft, APP).change;
  if (!after) throw new Error("it has a state");
  const containers = JSON.parse(String(after["container_definitions"])) as Record<
    string,
    unknown
  >[];
  for (const each of containers) change(each);
  after["container_definitions"] = JSON.stringify(containers);
}

/** Adds a change to an unchanged resource. */
function update(draft: Draft, address: string, changes: Record<string, unknown>): void {
  const { change } = find(draft, address);
  change.actions = ["update"];
  change.after = { ...change.before, ...changes };
}

/** The verdict of a plan in which the app's service uses a known task definition. */
function withTaskDefinition(revision: string) {
  return judged((draft) => {
    delete find(draft, SERVICE).change.after_unknown["task_definition"];
    stateAfter(draft, SERVICE)["task_definition"] =
      `arn:aws:ecs:eu-central-1:000000000000:task-definition/${revision}`;
  });
}

describe("the gate", () => {
  it("passes a release of the app, and reports changes and drift", () => {
    const { passes, said } = judged(() => {});
    expect(passes).toBe(true);
    expect(said.split("\n")).toEqual([
      `✓ ${SERVICE}                  update: task_definition`,
      `✓ ${APP}  replace: container_definitions.app.image`,
      expect.stringMatching(/^changed outside of Terraform \(reported only\): aws_/),
      "stg: only a release of the app",
    ]);
  });

  it("passes a plan without changes", () => {
    const { passes, said } = judged((draft) => {
      for (const { change } of draft.resource_changes) {
        change.actions = ["no-op"];
        change.after = change.before;
        change.after_unknown = {};
      }
      draft["resource_drift"] = [];
    });
    expect([passes, said]).toEqual([true, "stg: no changes"]);
  });

  it("ignores ephemeral resources, which OpenTofu 1.11 lists", () => {
    const { passes } = judged((draft) => {
      draft.resource_changes.push({
        address: "ephemeral.random_password.redis",
        mode: "ephemeral",
        type: "random_password",
        change: { actions: ["open"], before: null, after: null, after_unknown: {} },
      });
    });
    expect(passes).toBe(true);
  });

  it("passes a rollback to a revision of the app, but not to another task definition", () => {
    expect(withTaskDefinition("stg-app:7").passes).toBe(true);
    for (const other of ["stg-redis:3", "other-stg-app:1", "stg-app-2:1"]) {
      const { passes, said } = withTaskDefinition(other);
      expect(passes).toBe(false);
      expect(said).toContain("task_definition refers to a task definition that is not the app's");
    }
  });

  it.each([
    ["image", "other:1"],
    ["command", ["node", "other.js"]],
    ["environment", [{ name: "PORT", value: "3000" }]],
    ["secrets", []],
    ["memory", 512],
  ])("passes a change of the container's %s", (field, value) => {
    expect(judged((draft) => container(draft, (app) => (app[field] = value))).passes).toBe(true);
  });

  it.each([
    [
      "portMappings",
      [{ containerPort: 4000, hostPort: 0, protocol: "tcp" }],
      "portMappings.0.containerPort",
    ],
    ["privileged", true, "privileged"],
    ["user", "0", "user"],
    ["readonlyRootFilesystem", true, "readonlyRootFilesystem"],
    [
      "mountPoints",
      [{ sourceVolume: "data", containerPath: "/data" }],
      "mountPoints.0.containerPath",
    ],
  ])("stops at %s of its container: it reaches beyond the app", (field, value, path) => {
    const { passes, said } = judged((draft) => container(draft, (app) => (app[field] = value)));
    expect(passes).toBe(false);
    expect(said).toContain(`a release does not change container_definitions.app.${path}`);
  });

  it("ignores the order of variables and ECS's defaults", () => {
    const { said } = judged((draft) =>
      container(draft, (app) => {
        app["environment"] = (app["environment"] as unknown[]).toReversed();
        app["portMappings"] = [{ containerPort: 3000 }];
        app["essential"] = undefined;
        app["volumesFrom"] = [];
      }),
    );
    expect(said).toContain(`✓ ${APP}  replace: container_definitions.app.image\n`);
  });

  it("stops at another container beside the app", () => {
    const { passes, said } = judged((draft) => {
      const state = stateAfter(draft, APP);
      const containers = JSON.parse(String(state["container_definitions"])) as object[];
      const [app = {}] = containers;
      state["container_definitions"] = JSON.stringify([
        app,
        { ...app, name: "spy", privileged: true },
      ]);
    });
    expect(passes).toBe(false);
    expect(said).toContain("container_definitions.spy.privileged");
  });

  it.each<[what: string, change: (draft: Draft) => void, said: RegExp]>([
    [
      "Redis replaced",
      (draft) =>
        (find(draft, "aws_ecs_task_definition.redis_task_definition").change.actions = [
          "delete",
          "create",
        ]),
      /✗ aws_ecs_task_definition\.redis_task_definition +replace.*\n +not the app's resource/,
    ],
    [
      "Redis changed",
      (draft) => update(draft, "aws_ecs_service.redis_service", { desired_count: 2 }),
      /✗ aws_ecs_service\.redis_service +update: desired_count\n +not the app's resource/,
    ],
    [
      "Redis destroyed",
      (draft) => {
        const { change } = find(draft, "aws_ecs_service.redis_service");
        Object.assign(change, { actions: ["delete"], after: null });
      },
      /✗ aws_ecs_service\.redis_service +delete\n +not the app's resource/,
    ],
    [
      "a new security group rule",
      (draft) =>
        draft.resource_changes.push({
          address: "aws_vpc_security_group_ingress_rule.open",
          mode: "managed",
          type: "aws_vpc_security_group_ingress_rule",
          change: {
            actions: ["create"],
            before: null,
            after: { cidr_ipv4: "0.0.0.0/0" },
            after_unknown: {},
          },
        }),
      /✗ aws_vpc_security_group_ingress_rule\.open +create\n +not the app's resource/,
    ],
    [
      "another number of tasks",
      (draft) => (stateAfter(draft, SERVICE)["desired_count"] = 9),
      /✗ aws_ecs_service\.app_service .*\n +a release does not change desired_count/,
    ],
    [
      "another network of the tasks",
      (draft) =>
        (stateAfter(draft, SERVICE)["network_configuration"] = [{ subnets: ["subnet-1"] }]),
      /a release does not change network_configuration\.0\.subnets/,
    ],
    [
      "another role of the tasks",
      (draft) => (stateAfter(draft, APP)["task_role_arn"] = "arn:aws:iam::000000000000:role/admin"),
      /a release does not change task_role_arn/,
    ],
    [
      "containers that are known only after apply",
      (draft) => {
        const { change } = find(draft, APP);
        delete stateAfter(draft, APP)["container_definitions"];
        change.after_unknown["container_definitions"] = true;
      },
      /a release does not change container_definitions/,
    ],
    [
      "tags that are known only after apply",
      (draft) => {
        delete stateAfter(draft, APP)["tags"];
        find(draft, APP).change.after_unknown["tags"] = true;
      },
      /tags is known only after apply/,
    ],
    [
      "a count that is known only after apply",
      (draft) => (find(draft, SERVICE).change.after_unknown["desired_count"] = true),
      /a release does not change desired_count/,
    ],
    [
      "a service that is replaced",
      (draft) => (find(draft, SERVICE).change.actions = ["create", "delete"]),
      /a release does not replace the app's service/,
    ],
    [
      "a resource that Terraform forgets",
      (draft) => (find(draft, "aws_efs_file_system.storage_efs").change.actions = ["forget"]),
      /✗ aws_efs_file_system\.storage_efs +forget\n +not the app's resource/,
    ],
    [
      "the app's task definition, forgotten and created again",
      (draft) => (find(draft, APP).change.actions = ["create", "forget"]),
      /a release does not forget the task definitions of the app and its tasks/,
    ],
    [
      "an import",
      (draft) => (find(draft, SERVICE).change.importing = { id: "stg/stg-app" }),
      /a release does not import the app's service/,
    ],
    [
      "a move",
      (draft) => (find(draft, SERVICE).previous_address = "aws_ecs_service.other"),
      /a release does not move the app's service/,
    ],
    [
      "changes that are deferred",
      (draft) => (draft["deferred_changes"] = [{}]),
      /✗ the plan: defers 1 changes/,
    ],
    ["an incomplete plan", (draft) => (draft["complete"] = false), /✗ the plan: incomplete/],
    [
      "a plan that failed",
      (draft) => (draft["errored"] = true),
      /✗ the plan: planning ended with an error/,
    ],
    [
      "actions of providers",
      (draft) => (draft["action_invocations"] = [{}]),
      /✗ the plan: invokes 1 actions/,
    ],
  ])("fails for %s", (_, change, wanted) => {
    const { passes, said } = judged(change);
    expect(said).toMatch(wanted);
    expect(said).toMatch(
      /\nstg: not a release of the app; \d+ of \d+ changes are not allowed in one$/,
    );
    expect(passes).toBe(false);
  });

  it("fails for a first deploy, with a reason for each resource", () => {
    const first = recorded("dev-first-deploy");
    const { changes } = judge(plan(first), environment("dev"));
    expect(changes).toHaveLength(first.resource_changes.length);
    expect(changes.every(({ reasons }) => reasons.length > 0)).toBe(true);
    const app = changes.find(({ address }) => address === SERVICE);
    expect(app?.reasons).toEqual(["a release creates no resources"]);
  });

  it("stops at a plan of another environment", () => {
    const verdict = judge(plan(recorded("stg-app-release")), environment("dev"));
    expect(verdict.problems).toEqual([
      "not a plan of dev: it has the services stg-app, stg-redis, but not dev-app",
    ]);
    expect(isRelease(verdict)).toBe(false);
  });

  it("shows a name of the plan on its own line, with nothing hidden", () => {
    const { passes, said } = judged((draft) => {
      find(draft, SERVICE).address = "x\n\u001b[2Kstg: only a release of the app";
    });
    expect(passes).toBe(true);
    expect(said).toContain("x\uFFFD\uFFFD[2Kstg: only a release of the app");
    expect(said.split("\n").filter((line) => line.startsWith("stg: "))).toHaveLength(1);
  });

  it("prints no values, because they may be secrets", () => {
    const { said } = judged((draft) =>
      container(draft, (app) => (app["environment"] = [{ name: "TOKEN", value: "hunter22" }])),
    );
    expect(said).toContain("container_definitions.app.environment.TOKEN.value");
    expect(said).not.toContain("hunter22");
  });
});

describe("the gate for an environment with tasks", () => {
  const CLEAN_UP = "aws_ecs_task_definition.tasks_clean_up_task_definition";
  const MIGRATE = "aws_ecs_task_definition.tasks_migrate_task_definition";
  const SCHEDULE = "aws_scheduler_schedule.tasks_clean_up_schedule";

  it("passes changes of their task definitions and schedules, because they use the app's image", () => {
    const { passes, said } = judgedWithTasks(() => {});
    expect(said.replaceAll(/ +/g, " ").split("\n")).toEqual([
      `✓ ${SERVICE} update: task_definition`,
      `✓ ${APP} replace: container_definitions.app.image`,
      `✓ ${CLEAN_UP} replace: container_definitions.clean-up.image`,
      `✓ ${MIGRATE} replace: container_definitions.migrate.image`,
      `✓ ${SCHEDULE} update: target.0.ecs_parameters.0.task_definition_arn`,
      "with-tasks: only a release of the app",
    ]);
    expect(passes).toBe(true);
  });

  it("fails if the environment does not have these tasks", () => {
    const { tasks: _tasks, ...withoutTasks } = otherEnvironments["with-tasks"];
    const { passes, said } = judgedWithTasks(() => {}, { "with-tasks": withoutTasks });
    expect(passes).toBe(false);
    for (const address of [CLEAN_UP, MIGRATE, SCHEDULE]) {
      expect(said).toMatch(
        new RegExp(`✗ ${address.replace(".", "\\.")} .*\n +not the app's resource`),
      );
    }
  });

  it.each<[what: string, change: (draft: Draft) => void, said: RegExp]>([
    [
      "fault injection that is turned on",
      (draft) => {
        delete find(draft, APP).change.after_unknown["enable_fault_injection"];
        stateAfter(draft, APP)["enable_fault_injection"] = true;
      },
      /a release does not change enable_fault_injection/,
    ],
    [
      "a network mode that is known only after apply",
      (draft) => (find(draft, MIGRATE).change.after_unknown["network_mode"] = true),
      /a release does not change network_mode/,
    ],
    [
      "a volume of a task",
      (draft) => (stateAfter(draft, CLEAN_UP)["volume"] = [{ name: "data", host_path: "/" }]),
      /a release does not change volume\.0\.host_path/,
    ],
    [
      "another task definition in a schedule",
      (draft) => {
        const [target] = stateAfter(draft, SCHEDULE)["target"] as { ecs_parameters: object[] }[];
        const arn = "arn:aws:ecs:eu-central-1:000000000000:task-definition/with-tasks-redis:1";
        Object.assign(target?.ecs_parameters[0] ?? {}, { task_definition_arn: arn });
        delete find(draft, SCHEDULE).change.after_unknown["target"];
      },
      /task_definition_arn refers to a task definition that is not the app's/,
    ],
    [
      "another number of tasks in a schedule",
      (draft) => {
        const [target] = stateAfter(draft, SCHEDULE)["target"] as { ecs_parameters: object[] }[];
        Object.assign(target?.ecs_parameters[0] ?? {}, { task_count: 2 });
      },
      /a release does not change target\.0\.ecs_parameters\.0\.task_count/,
    ],
    [
      "another schedule expression",
      (draft) => (stateAfter(draft, SCHEDULE)["schedule_expression"] = "rate(1 minute)"),
      /a release does not change schedule_expression/,
    ],
    [
      "a schedule that is replaced",
      (draft) => (find(draft, SCHEDULE).change.actions = ["delete", "create"]),
      /a release does not replace the schedules of the app's tasks/,
    ],
    [
      "a new revision of Redis",
      (draft) => {
        const { change } = find(draft, "aws_ecs_task_definition.redis_task_definition");
        change.actions = ["delete", "create"];
        change.after_unknown = { enable_fault_injection: true };
      },
      /redis_task_definition .*\n +not the app's resource/,
    ],
  ])("fails for %s", (_, change, wanted) => {
    const { passes, said } = judgedWithTasks(change);
    expect(said).toMatch(wanted);
    expect(passes).toBe(false);
  });
});
