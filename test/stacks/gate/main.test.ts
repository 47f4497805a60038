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
    const { code, out, err } = gate(`${PLANS}/stg-app-release.plan.json`);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/\nstg: only a release of the app\n$/);
  });

  it("exits with 1 for a refused plan, with the reason", () => {
    const { code, out, err } = gate(`${PLANS}/stg-app-release.plan.json`, "--env", "dev");
    expect([code, err]).toEqual([1, ""]);
    expect(out).toContain("✗ the plan: not a plan of dev");
  });

  it("exits with 1 for a plan of an unknown environment, and lists the known ones", () => {
    const { code, out, err } = gate(`${PLANS}/with-tasks-app-release.plan.json`);
    expect([code, err]).toEqual([1, ""]);
    expect(out).toContain("✗ the plan: belongs to none of the environments dev, stg, prod\n");
  });

  it.each([
    ["release", "stg-app-release", 0, "### ✓ Passed: `stg: only a release of the app`"],
    ["command that runs", "provisioner", 1, "### ✗ Refused: `stg: not a release"],
    ["plan of another repository", "with-tasks-app-release", 1, "### ✗ Refused: `unknown env"],
  ])("prints Markdown for a %s, with the same exit code", (_, plan, wanted, title) => {
    const { code, out, err } = gate(`${PLANS}/${plan}.plan.json`, "--markdown");
    expect([code, err]).toEqual([wanted, ""]);
    expect(out.startsWith(title)).toBe(true);
  });

  it.each([
    [[`${PLANS}/stg-app-release.plan.json`, "--env", "nope"], /unknown environment "nope"/],
    [[], /^error: missing required argument 'plan'/],
    [["none.json"], /^error: cannot read none\.json/],
    [["environments.ts"], /^error: environments\.ts is not JSON/],
    [["package.json"], /^error: package\.json is not a plan \(/],
    [["package.json", "--markdown"], /^error: package\.json is not a plan \(/],
    [[`${PLANS}/handwritten-split.state.json`], /is not a plan \(planned_values is missing\)/],
  ])("exits with 2 and prints one line for the arguments %j", (args, wanted) => {
    const { code, out, err } = gate(...args);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toMatch(wanted);
    expect(err.trim().split("\n").length).toBe(1);
  });
});
