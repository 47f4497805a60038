import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const workflow = readFileSync(
  join(import.meta.dirname, "../../../examples/pipeline/app-release.yml"),
  "utf8",
);
const [plan = "", apply = ""] = workflow.split(/^ {2}apply:$/m);

describe("the release workflow", () => {
  it("judges the plan of a clean folder before it keeps the plan", () => {
    const steps = ["rm -rf cdktf.out", "npm run synth", "-out=saved.plan", "show -json saved.plan"];
    const order = [...steps, "npm run gate", "actions/upload-artifact"].map((step) =>
      plan.indexOf(step),
    );
    expect(order).not.toContain(-1);
    expect(order).toEqual(order.toSorted((one, other) => one - other));
  });

  it("applies the saved plan after it was judged, and plans nothing else", () => {
    expect(apply).toContain("needs: plan\n");
    expect(apply).toMatch(/ apply .*saved\.plan\n/);
    expect(apply).not.toMatch(/terraform .* plan /);
  });
});
