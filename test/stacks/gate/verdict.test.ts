import { describe, expect, it } from "vitest";
import { isRelease } from "../../../stacks/gate/verdict.ts";
import { APP, container, create, find, judged, SERVICE, verdictOf } from "./support/plans.ts";

describe("the gate", () => {
  it("passes a release of the app, and reports changes and drift", () => {
    const { exit, said } = judged(() => {});
    expect(exit).toBe(0);
    const lines = said.split("\n").filter((line) => !/not in the plan|plan has no/.test(line));
    expect(lines).toEqual([
      `✓ ${SERVICE}                  update: task_definition`,
      `✓ ${APP}  replace: container_definitions.app.image`,
      expect.stringMatching(/^reported only: changed outside of Terraform: aws_/),
      "stg: only a release of the app",
    ]);
  });

  it("passes a plan of older stacks if nothing happens to what differs, and reports it", () => {
    const { exit, said } = judged((draft) => {
      create(draft, "aws_iam_role.old", {}, "no-op");
      find(draft, "aws_iam_role.old").change.before = {};
      const { aws } = draft.configuration.provider_config;
      Object.assign(aws ?? {}, { version_constraint: "5.46.0" });
      delete aws?.expressions?.["default_tags"];
      delete draft.configuration.provider_config["random"];
    });
    const lines = said.split("\n");
    expect(lines).toContain(
      "reported only: unchanged, but not in the environment: aws_iam_role.old",
    );
    expect(lines).toContainEqual(
      expect.stringMatching(/^reported only: in the environment, but not in the plan: aws_/),
    );
    expect(lines).toContain("reported only: provider aws: the plan has no default_tags");
    expect(lines).toContainEqual(
      expect.stringMatching(/^reported only: provider aws: version 5\.46\.0, in the environment /),
    );
    expect(lines).toContain("reported only: provider random: is not in the plan");
    expect(exit).toBe(0);
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
