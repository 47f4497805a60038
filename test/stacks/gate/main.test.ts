import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const PLANS = "test/support/plans";

/** Runs `npm run gate` without npm. */
function gate(...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", "stacks/gate/main.ts", "environments.ts", ...args],
    { cwd: ROOT, encoding: "utf8", timeout: 60_000 },
  );
  return { code: status, out: stdout, err: stderr };
}

describe("npm run gate", () => {
  it("finds the environment of a plan, and exits with 0 for a release", () => {
    const { code, out, err } = gate(`${PLANS}/stg-release.plan.json`);
    expect([code, err]).toEqual([0, ""]);
    expect(out.split("\n")).toEqual([
      "✓ aws_ecs_service.app_service update: task_definition",
      "✓ aws_ecs_task_definition.app_task_definition replace: container_definitions.app.image",
      "stg: only a release of the app",
      "",
    ]);
  });

  it.each([
    [
      ["stg-release", "--env", "dev"],
      "✗ the plan: is of another environment: it has no dev-app at aws_ecs",
    ],
    [["provisioner"], "app_task_definition: has provisioners, which no release has\n"],
    // Of older stacks.
    [
      ["stg-app-release"],
      "app_service.wait_for_steady_state is not written as in the environment\n",
    ],
    [["dev-first-deploy"], "a release does not create this aws_ecs_service\n"],
    [["with-tasks-release"], "✗ the plan: belongs to none of the environments dev, stg, prod\n"],
  ])("exits with 1 for %j, with the reason", ([plan = "", ...args], reason) => {
    const { code, out, err } = gate(`${PLANS}/${plan}.plan.json`, ...args);
    expect([code, err]).toEqual([1, ""]);
    expect(out).toContain(reason);
  });

  it.each([
    ["stg-release", 0, "### ✓ Passed\n\n```text\n✓ aws_ecs"],
    ["provisioner", 1, "### ✗ Refused\n\n```text\n✗ the plan: "],
    ["with-tasks-release", 1, "### ✗ Refused\n\n```text\n✗ the plan: belongs to none"],
  ])("prints Markdown for %s, with the same exit code", (plan, wanted, title) => {
    const { code, out, err } = gate(`${PLANS}/${plan}.plan.json`, "--markdown");
    expect([code, err]).toEqual([wanted, ""]);
    expect(out.startsWith(title)).toBe(true);
  });

  it.each([
    [[`${PLANS}/stg-release.plan.json`, "--env", "nope"], /unknown environment "nope"/],
    [[], /^error: missing required argument 'plan'/],
    [["none.json"], /^error: ENOENT.* 'none\.json'/],
    [["environments.ts"], /^error: environments\.ts is not a plan \(allowed: JSON with/],
    [["package.json", "--markdown"], /^error: package\.json is not a plan \(/],
    [[`${PLANS}/handwritten-split.state.json`], /is not a plan \(allowed: .*planned_values/],
  ])("exits with 2 and prints one line for the arguments %j", (args, wanted) => {
    const { code, out, err } = gate(...args);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(wanted);
    expect(err.trim().split("\n").length).toBe(1);
  });
});
