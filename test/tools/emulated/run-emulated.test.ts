import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { environments } from "../../../environments.ts";
import type { EnvironmentsInput } from "../../../stacks/config/environment-schema.ts";
import { runEmulated } from "../../../tools/emulated/run-emulated.ts";
import { emulatedSettings } from "../../../tools/emulated/settings.ts";
import { SetupError } from "../../../tools/emulated/setup-error.ts";
import { synthesize } from "../../../stacks/synthesize.ts";
import { isAlive } from "../../support/processes.ts";
import { changing, recorded, withoutDataSources } from "./support/plans.ts";
import { type Run, run } from "./support/run.ts";
import { type Call, emulator, STUB, stub } from "./support/stub.ts";

// Runs against a stub of Terraform that returns recorded plans of the real provider. The workflow runs the real
// Terraform against a real emulator.

const PLACEMENT = { ordered_placement_strategy: [{ field: "memory", type: "binpack" }] };

const commands = (calls: readonly Call[]): string[] =>
  calls.map(({ args }) => args.filter((arg) => !/^-(input|no-color)/.test(arg)).join(" "));

const PLAN = ["plan -out=emulated.plan", "show -json emulated.plan"];
const DEPLOY = ["init", "version -json", ...PLAN, "apply emulated.plan", "state list"];
/** The last `state list` is for the report at the end. */
const DESTROY = ["destroy -auto-approve", "state list", "state list"];

/** The SHA-256 of the root module that synthesis writes. */
function synthesized(all: EnvironmentsInput): string {
  const outdir = mkdtempSync(join(tmpdir(), "synthesized-"));
  onTestFinished(() => rmSync(outdir, { recursive: true }));
  const [written] = synthesize(all, { outdir, only: ["stg"] });
  return createHash("sha256")
    .update(readFileSync(written?.path ?? ""))
    .digest("hex");
}

describe("a successful run", () => {
  let passed: Run;
  beforeAll(async () => {
    passed = await run({ asks: true });
  });

  it("plans, applies, plans again, releases the app and destroys", () => {
    const { hasPassed, said, calls, asked } = passed;
    expect(hasPassed, said).toBe(true);
    expect(commands(calls)).toEqual([
      ...DEPLOY,
      ...PLAN,
      ...PLAN,
      "apply emulated.plan",
      ...DESTROY,
    ]);
    expect(said).toContain("✓ init         terraform.sh 1.11.4, hashicorp/aws 6.25.0");
    expect(said).toMatch(/✓ plan +creates \d+ resources/);
    expect(said).toMatch(/✓ apply +\d+ resources/);
    expect(said).toContain("✓ second plan  no changes\n");
    expect(said).toContain("✓ app release  changes exactly 2 resources\n");
    expect(said).toContain("✓ destroy      no resource remains\n");
    expect(said).toMatch(/stg: every step passed$/);
    expect(said).not.toContain("remain in the emulator");
    const written = asked.filter(({ target }) => target.startsWith("AmazonSSM."));
    expect(written.map(({ target, body }) => [target, Reflect.get(Object(body), "Value")])).toEqual(
      [
        ["AmazonSSM.PutParameter", "registry.example/app:1.0.0"],
        ["AmazonSSM.PutParameter", "registry.example/app:emulated-release"],
        ["AmazonSSM.DeleteParameter", undefined],
      ],
    );
  });

  it("gives Terraform the synthesized JSON and an override file", () => {
    const { calls } = passed;
    expect(new Set(calls.map(({ module }) => module))).toEqual(
      new Set([synthesized(environments)]),
    );
    expect(calls[0]?.override).toEqual({
      terraform: { backend: { local: { path: "emulated.tfstate" } } },
      resource: {
        aws_ecs_service: {
          app_service: { wait_for_steady_state: false },
          redis_service: { wait_for_steady_state: false },
        },
      },
    });
  });

  it("gives Terraform only the endpoint and credentials of the emulator", () => {
    const { calls } = passed;
    for (const { variables } of calls) {
      const { AWS_ENDPOINT_URL: endpoint, ...others } = variables;
      expect(endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
      expect(others).toEqual({
        AWS_ACCESS_KEY_ID: "111111111111",
        AWS_SECRET_ACCESS_KEY: "emulated",
        AWS_REGION: "eu-central-1",
        AWS_CONFIG_FILE: "/dev/null",
        AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
        AWS_EC2_METADATA_DISABLED: "true",
        TF_IN_AUTOMATION: "1",
        CHECKPOINT_DISABLE: "1",
      });
    }
  });

  it("reports each known difference once, and continues", async () => {
    const services = ["aws_ecs_service.app_service", "aws_ecs_service.redis_service"];
    const ignored = (which: "second" | "release") =>
      services.reduce((plan, service) => changing(plan, service, PLACEMENT), recorded(which));
    const { hasPassed, said } = await run({
      plans: [recorded("first"), ignored("second"), ignored("release")],
    });
    expect(hasPassed, said).toBe(true);
    expect(said).toContain("✓ second plan  no changes except known differences of the emulator");
    expect(said.split("\n").filter((line) => line.includes("ignored: "))).toEqual([
      `    ignored: ${services[0]} and 1 more: ordered_placement_strategy (a service has no placement strategy)`,
    ]);
    expect(said).toContain("✓ app release  changes exactly 2 resources");
  });

  it("releases a literal image by synthesizing again", async () => {
    const app = { ...environments.stg.app, image: "registry.example/app:1.0.0" };
    const all = { ...environments, stg: { ...environments.stg, app } };
    const released = {
      ...all,
      stg: { ...all.stg, app: { ...app, image: "registry.example/app:emulated-release" } },
    };
    const plans = (["first", "second", "release"] as const).map((which) =>
      withoutDataSources(recorded(which)),
    );
    const { hasPassed, said, calls, asked } = await run({ plans }, { all });
    expect(hasPassed, said).toBe(true);
    expect(calls[0]?.module).toBe(synthesized(all));
    expect(calls.at(-1)?.module).toBe(synthesized(released));
    expect(asked.filter(({ target }) => target.startsWith("AmazonSSM."))).toEqual([]);
  });
});

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

  it("is destroyed without the refusal check if the apply failed", async () => {
    const { said, calls } = await run({ fails: { apply: "Error: creating VPC" } }, { all });
    expect(said).toMatch(/stg: failed: apply$/);
    expect(commands(calls).slice(-4)).toEqual(["apply emulated.plan", ...DESTROY]);
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

  it("fails for a release that changes nothing", async () => {
    const { said } = await run({
      plans: [recorded("first"), recorded("second"), recorded("second")],
    });
    expect(said).toContain("✗ app release  does not change exactly the app's own resources");
  });

  it("destroys after a failed apply, and prints Terraform's error", async () => {
    const { hasPassed, said, calls } = await run({ fails: { apply: "Error: creating VPC" } });
    expect(hasPassed).toBe(false);
    expect(said).toContain("✗ apply        apply: exit code 1\n    Error: creating VPC\n");
    expect(commands(calls).slice(-4)).toEqual(["apply emulated.plan", ...DESTROY]);
  });

  it("ends after a failed plan", async () => {
    const { said, calls } = await run({ fails: { plan: "Error: account not allowed" } });
    expect(said).toContain("✗ plan         plan: exit code 1\n    Error: account not allowed\n");
    expect(commands(calls)).not.toContain("destroy -auto-approve");
  });

  it("kills Terraform if it ends neither in time nor after an interrupt", async () => {
    const { said, calls } = await run(
      { hangs: "init", ignoresInterrupts: true },
      { timeout: 1_000 },
    );
    expect(said).toContain("✗ init         init: timed out after 1 s (--timeout)");
    expect(isAlive(calls[0]?.pid ?? 0)).toBe(false);
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

it("prints how to start an emulator if none responds", async () => {
  const { url } = await emulator().then(async (each) => {
    await each[Symbol.asyncDispose]();
    return each;
  });
  using terraform = stub({});
  const variables = {
    ...terraform.variables,
    AWS_ENDPOINT_URL: url.href,
    TERRAFORM_BINARY_NAME: STUB,
  };
  const { signal } = new AbortController();
  const running = runEmulated(emulatedSettings(environments, ["stg"], variables), {
    environments,
    variables,
    signal,
    print: () => {},
  });
  await expect(running).rejects.toThrow(SetupError);
  await expect(running).rejects.toThrow(/no response from http:.*pipx install 'ministack==/);
});
