import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { evaluatedFolder } from "../../ecs/terraform/evaluation/support/recorded.ts";
import { checkPlan } from "../../../../harness/commands/local/check-plan.ts";
import { localOptions } from "../../../../harness/commands/local/options.ts";

const MAIN = path.join(import.meta.dirname, "../../../../harness/commands/local/main.ts");

/** Programs of this machine alone. */
const OPTIONS = ["--engine", "none", "--image", "game-api=sleep 600"];

it("--check says what of a folder comes up, and which hosts only AWS knows", async () => {
  using fleet = evaluatedFolder("fleet");
  const report = await checkPlan(localOptions(["--terraform", fleet.folder, ...OPTIONS]));
  expect(report).toMatchObject({ comesUp: true, refused: [] });
  expect(report.services.map(({ name, tasks }) => [name, tasks])).toEqual([
    ["api", 2],
    ["redis", 1],
  ]);
  expect(report.notes).toContain(
    "aws_db_instance.guests.address: only AWS knows it, so containers get address.aws-db-instance-guests.invalid, which does not exist; give one with --value",
  );
});

it("--check says what fails in AWS", async () => {
  using guarded = evaluatedFolder("guarded");
  const args = localOptions(["--terraform", guarded.folder, ...OPTIONS]);
  const failures = async () =>
    (await checkPlan(args)).notes.filter((note) => note.includes("In AWS"));
  expect(await failures()).toEqual([]);
  const text = readFileSync(guarded.record, "utf8");
  writeFileSync(guarded.record, text.replaceAll(":GetSecretValue", ":DescribeSecret"));
  const reason =
    "In AWS no task starts: ResourceInitializationError: unable to pull secrets or registry auth";
  expect(await failures()).toEqual([
    `aws_ecs_task_definition.app: no policy of aws_iam_role.execution allows secretsmanager:GetSecretValue for REDIS_PASSWORD. ${reason}`,
    expect.stringContaining("for REDISCLI_AUTH, REDIS_PASSWORD, REDIS_PASSWORD_B. "),
  ]);
});

it("apply evaluates the folder again, and deploys only what has changed", async () => {
  using fleet = evaluatedFolder("fleet");
  const first = readFileSync(fleet.record, "utf8");
  const args = ["--terraform", fleet.folder, ...OPTIONS, "--yes", "--speed", "60"];
  const child = spawn(process.execPath, ["--import", "tsx", MAIN, ...args], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
  try {
    const soon = { timeout: 90_000 };
    await expect.poll(() => said, soon).toMatch(/api, port 3000/);
    // As after a change of the variable PORT, and of the number of tasks, which the service ignores.
    const changed = first
      .replaceAll(
        '{\\"name\\":\\"PORT\\",\\"value\\":\\"3000\\"}',
        '{\\"name\\":\\"PORT\\",\\"value\\":\\"3001\\"}',
      )
      .replaceAll('"desired_count": 2', '"desired_count": 5');
    expect(changed).not.toBe(first);
    writeFileSync(fleet.record, changed);
    child.stdin.write("apply\nstable\napply\nstable\nquit\n");
    await once(child, "exit");
    const api = 'module.task["api"].aws_ecs_task_definition.task, aws_ecs_service.api';
    expect(said.match(/^ {2}(?:changed: .*|nothing has changed)$/gm)).toEqual([
      `  changed: ${api}`,
      "  nothing has changed",
    ]);
    expect(child.exitCode).toBe(0);
  } finally {
    child.kill("SIGKILL");
  }
});
