import { describe, expect, it } from "vitest";
import { environments } from "../../../environments.ts";
import type { EnvironmentsInput } from "../../../stacks/config/environment-schema.ts";
import { isAlive } from "../../support/processes.ts";
import { changing, recorded } from "./support/plans.ts";
import { run } from "./support/run.ts";
import { type Call } from "./support/stub.ts";

// Runs against a stub of Terraform that returns recorded plans of the real provider. The workflow runs the real
// Terraform against a real emulator.

const commands = (calls: readonly Call[]): string[] =>
  calls.map(({ args }) => args.filter((arg) => !/^-(input|no-color)/.test(arg)).join(" "));

const PLAN = ["plan -out=emulated.plan", "show -json emulated.plan"];
const DEPLOY = ["init", "version -json", ...PLAN, "apply emulated.plan", "state list"];
/** The last `state list` is for the report at the end. */
const DESTROY = ["destroy -auto-approve", "state list", "state list"];

describe("a protected environment", () => {
  const all: EnvironmentsInput = {
    ...environments,
    stg: {
      ...environments.stg,
      protected: true,
      app: {
        ...environments.stg.app,
        loadBalancer: { ...environments.stg.app.loadBalancer, plainHttp: true },
      },
      state: { kind: "s3", bucket: "111111111111-terraform-states" },
    },
  };

  it("is destroyed after a refused destroy plan and after its protection is removed", async () => {
    const { hasPassed, said, calls } = await run({}, { all });
    expect(hasPassed, said).toBe(true);
    expect(said).toContain(
      "✓ destroy      refused while protected; after deploying protected: false, no resource remains",
    );
    expect(commands(calls).slice(-5)).toEqual(["plan -destroy", "apply -auto-approve", ...DESTROY]);
  });

  it("fails if a destroy plan is not refused", async () => {
    const { hasPassed, said, calls } = await run({ refuses: false }, { all });
    expect(hasPassed).toBe(false);
    expect(said).toContain(
      "✗ destroy      the environment is protected, but the destroy plan was not refused",
    );
    expect(commands(calls)).not.toContain("destroy -auto-approve");
  });
});

describe("a failed step", () => {
  it("reports an unknown difference in the second plan, and ignores it in the release", async () => {
    const service = "aws_ecs_service.app_service";
    const percent = { deployment_maximum_percent: 150 };
    const { hasPassed, said, calls } = await run({
      plans: [
        recorded("first"),
        changing(recorded("second"), service, percent),
        changing(recorded("release"), service, percent),
      ],
    });
    expect(hasPassed).toBe(false);
    expect(said).toContain("✗ second plan  1 changes that are not known differences");
    expect(said).toContain(`    ${service}: update: deployment_maximum_percent`);
    expect(said).toContain("✓ app release  changes exactly 2 resources\n");
    expect(said).toContain("✓ destroy");
    expect(said).toMatch(/stg: failed: second plan$/);
    expect(commands(calls).slice(-3)).toEqual(DESTROY);
  });

  it("does not apply a release that changes Redis, and reports resources that remain after the destroy", async () => {
    const redis = "aws_ecs_service.redis_service";
    const left = ["aws_efs_file_system.storage_efs"];
    const release = changing(recorded("release"), redis, { desired_count: 0 });
    const { hasPassed, said, calls } = await run({
      plans: [recorded("first"), recorded("second"), release],
      left,
    });
    expect(hasPassed).toBe(false);
    expect(said).toContain("✗ app release  does not change exactly the app's own resources");
    expect(said).toContain(`    ${redis}: update: desired_count; not the app's resource`);
    expect(commands(calls)).toEqual([...DEPLOY, ...PLAN, ...PLAN, ...DESTROY]);
    expect(said).toContain(`✗ destroy      1 resources remain\n    ${left[0]}\n`);
    expect(said).toContain("1 resources of stg remain in the emulator: restart it before the next");
    expect(said).toMatch(/stg: failed: app release, destroy$/);
  });
});

describe("an interrupt", () => {
  it("ends Terraform, destroys nothing, and reports remaining resources", async () => {
    const { said, calls } = await run({ hangs: "destroy" }, { interruptedIn: "destroy" });
    expect(said).toMatch(
      /\n\d+ resources of stg remain in the emulator: restart it before the next run\nrejected: Error: interrupted by SIGINT$/,
    );
    expect(calls.filter(({ pid }) => isAlive(pid))).toEqual([]);
  });
});
