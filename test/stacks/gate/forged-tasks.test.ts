import { describe, expect, it } from "vitest";
import { otherEnvironments } from "../support/other-environments.ts";
import {
  after,
  APP,
  before,
  type Change,
  configured,
  type Draft,
  type Fields,
  find,
  judgedWithTasks,
  REDIS,
} from "./support/plans.ts";

// The release of an environment with tasks, with changes that reach beyond the app and its tasks.

const CLEAN_UP = "aws_ecs_task_definition.tasks_clean_up_task_definition";
const MIGRATE = "aws_ecs_task_definition.tasks_migrate_task_definition";
const SCHEDULE = "aws_scheduler_schedule.tasks_clean_up_schedule";

interface Target {
  arn: string;
  ecs_parameters: object[];
}

function target(state: Record<string, unknown>): Target {
  const [found] = state["target"] as Target[];
  if (!found) throw new Error("the schedule has no target");
  return found;
}

function starts(draft: Draft, family: string): void {
  const arn = `arn:aws:ecs:eu-central-1:333333333333:task-definition/${family}`;
  Object.assign(target(after(draft, SCHEDULE)).ecs_parameters[0] ?? {}, {
    task_definition_arn: arn,
  });
  find(draft, SCHEDULE).change.after_unknown = {};
}

describe("the gate refuses a plan of an environment with tasks for", () => {
  it.each<[what: string, change: Change, reason: RegExp]>([
    [
      "fault injection that is turned on",
      (draft) => {
        Object.assign(find(draft, APP).change.after_unknown, { enable_fault_injection: false });
        after(draft, APP)["enable_fault_injection"] = true;
      },
      /a release does not change enable_fault_injection/,
    ],
    [
      "a network mode that is known only after apply",
      (draft) => Object.assign(find(draft, MIGRATE).change.after_unknown, { network_mode: true }),
      /a release does not change network_mode/,
    ],
    [
      "a volume of a task",
      (draft) => (after(draft, CLEAN_UP)["volume"] = [{ name: "data", host_path: "/" }]),
      /a release does not change volume\.0\.host_path/,
    ],
    [
      "the task definition of Redis in a schedule",
      (draft) => starts(draft, "with-tasks-redis:1"),
      /task_definition_arn is not the revision of with-tasks-clean-up in the plan/,
    ],
    [
      "another task in a schedule",
      (draft) => starts(draft, "with-tasks-migrate:1"),
      /task_definition_arn is not the revision of with-tasks-clean-up in the plan/,
    ],
    [
      "an older revision of the task in a schedule",
      (draft) => {
        Object.assign(find(draft, CLEAN_UP).change, { after: before(draft, CLEAN_UP) });
        starts(draft, "with-tasks-clean-up:0");
      },
      /task_definition_arn is not the revision of with-tasks-clean-up in the plan/,
    ],
    [
      "a schedule in another cluster",
      (draft) => {
        const arn = "arn:aws:ecs:eu-central-1:333333333333:cluster/other";
        for (const state of [before(draft, SCHEDULE), after(draft, SCHEDULE)])
          target(state).arn = arn;
      },
      /runs in the cluster other, not in with-tasks/,
    ],
    [
      // Terraform writes no expressions of a dynamic block into a plan.
      "a task definition from a dynamic block, such as replace(app.arn, ...)",
      (draft) => delete (configured(draft, SCHEDULE)["expressions"] as Fields)["target"],
      /task_definition_arn is not written as in the environment/,
    ],
    [
      "the id of another schedule",
      (draft) => {
        for (const state of [before(draft, SCHEDULE), after(draft, SCHEDULE)])
          state["id"] = "default/with-tasks-copy-redis";
      },
      /its id is not that of with-tasks-clean-up/,
    ],
    [
      "a role of another account in a schedule",
      (draft) => {
        for (const state of [before(draft, SCHEDULE), after(draft, SCHEDULE)])
          Object.assign(target(state), { role_arn: "arn:aws:iam::999999999999:role/admin" });
      },
      /target\.0\.role_arn is of another account or region/,
    ],
    [
      "another number of tasks in a schedule",
      (draft) =>
        Object.assign(target(after(draft, SCHEDULE)).ecs_parameters[0] ?? {}, { task_count: 2 }),
      /a release does not change target\.0\.ecs_parameters\.0\.task_count/,
    ],
    [
      "another schedule expression",
      (draft) => (after(draft, SCHEDULE)["schedule_expression"] = "rate(1 minute)"),
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
        Object.assign(find(draft, REDIS).change, {
          actions: ["delete", "create"],
          after_unknown: { enable_fault_injection: true },
        });
      },
      /redis_task_definition .*\n +not the app's resource/,
    ],
  ])("%s", (_, change, reason) => {
    const { exit, said } = judgedWithTasks(change);
    expect(said).toMatch(reason);
    expect(exit).toBe(1);
  });

  it("tasks that the environment does not have", () => {
    const { tasks: _tasks, ...withoutTasks } = otherEnvironments["with-tasks"];
    const { exit, said } = judgedWithTasks(() => {}, { "with-tasks": withoutTasks });
    expect(exit).toBe(1);
    for (const address of [CLEAN_UP, MIGRATE, SCHEDULE]) {
      expect(said).toContain(`✗ ${address}`);
    }
  });
});
