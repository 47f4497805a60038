import { describe, expect, it } from "vitest";
import { isRelease } from "../../../stacks/gate/verdict.ts";
import { APP, container, find, judged, SERVICE, verdictOf } from "./support/plans.ts";

describe("the gate", () => {
  it("passes a release of the app, and reports changes and drift", () => {
    const { exit, said } = judged(() => {});
    expect(exit).toBe(0);
    const lines = said.split("\n").filter((line) => !/not in the plan/.test(line));
    expect(lines).toEqual([
      `✓ ${SERVICE}                  update: task_definition`,
      `✓ ${APP}  replace: container_definitions.app.image`,
      expect.stringMatching(/^reported only: changed outside of Terraform: aws_/),
      "stg: only a release of the app",
    ]);
  });

  it("refuses a first deploy, with a reason for each resource", () => {
    const { changes, problems } = verdictOf("dev-first-deploy", "dev");
    expect(problems).toEqual([]);
    expect(changes.length).toBeGreaterThan(20);
    expect(changes.every(({ reasons }) => reasons.length > 0)).toBe(true);
    const app = changes.find(({ address }) => address === SERVICE);
    expect(app?.reasons).toEqual(["a release does not create the app's service"]);
  });

  it("refuses a plan of another environment", () => {
    const verdict = verdictOf("stg-app-release", "dev");
    expect(verdict.problems).toContain(`not a plan of dev: it has no dev-app at ${SERVICE}`);
    expect(isRelease(verdict)).toBe(false);
  });

  it("shows a name of the plan on its own line, with nothing hidden", () => {
    const { exit, said } = judged((draft) => {
      find(draft, SERVICE).address = "x\n\u001b[2Kstg: only a release of the app";
    });
    expect(exit).toBe(1);
    expect(said).toContain("x\uFFFD\uFFFD[2Kstg: only a release of the app");
    expect(said.split("\n").filter((line) => line.startsWith("stg: "))).toHaveLength(1);
  });

  it("prints no values, because they may be secrets", () => {
    const { said } = judged((draft) =>
      container(draft, { environment: [{ name: "TOKEN", value: "hunter22" }] }),
    );
    expect(said).toContain("container_definitions.app.environment.TOKEN.value");
    expect(said).not.toContain("hunter22");
  });
});
