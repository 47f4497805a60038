import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { upgradeOptions } from "../../../harness/commands/upgrade/options.ts";

const workflow = readFileSync(
  join(import.meta.dirname, "../../../examples/pipeline/app-release.yml"),
  "utf8",
);
const [plan = "", apply = ""] = workflow.split(/^ {2}apply:$/m);

describe("the release workflow", () => {
  it("judges the plan of a clean folder before it keeps the plan", () => {
    const steps = ["rm -rf cdktf.out", "npm run synth", "-out=saved.plan", "show -json saved.plan"];
    const order = [...steps, "npm run gate", "npm run upgrade", "actions/upload-artifact"].map(
      (step) => plan.indexOf(step),
    );
    expect(order).not.toContain(-1);
    expect(order).toEqual(order.toSorted((one, other) => one - other));
  });

  it("shows the verdict in the summary of the run", () => {
    expect(plan).toMatch(/npm run gate --silent .* --markdown >> "\$GITHUB_STEP_SUMMARY"\n/);
  });

  it("shows what users notice in the summary, and plays the plan without credentials", () => {
    const [, play = ""] = /- run: >-\n((?: {10}.*\n)+)/.exec(plan) ?? [];
    const [, args = "", file] = /npm run upgrade --silent -- (.*) >> (.*)\n/.exec(play) ?? [];
    expect(file).toBe('"$GITHUB_STEP_SUMMARY"');
    const options = upgradeOptions(args.replace(/\$\{\{.*?\}\}/, "stg").split(" "));
    expect(options).toMatchObject({ name: "stg", isPlayed: true, isMarkdown: true });
    expect(options.plan.yes).toBe(true);
    for (const name of ["ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN"]) {
      expect(play.slice(0, play.indexOf("npm"))).toContain(`-u AWS_${name}`);
    }
  });

  it("applies the saved plan after it was judged, and plans nothing else", () => {
    expect(apply).toContain("needs: plan\n");
    expect(apply).toMatch(/ apply .*saved\.plan\n/);
    expect(apply).not.toMatch(/terraform .* plan /);
  });
});
