import { describe, expect, it } from "vitest";
import { environments } from "../../../environments.ts";
import type { EnvironmentsInput } from "../../../stacks/config/environment-schema.ts";
import { isAlive } from "../../support/processes.ts";
import { changing, recorded } from "./support/plans.ts";
import { run } from "./support/run.ts";

// Runs against a stub of Terraform that returns recorded plans of the real provider, and a stub of the AWS CLI. The
// workflow runs the real Terraform against a real emulator. No account of AWS was used.

const timeout = 60_000;
const PLAN = ["terraform plan -out=rehearsal.plan", "terraform show -json rehearsal.plan"];
const APPLY = "terraform apply rehearsal.plan";
const DESTROY = ["terraform destroy -auto-approve", "terraform state list"];

const withStg = (fields: object): EnvironmentsInput => ({
  ...environments,
  stg: { ...environments.stg, ...fields },
});

describe("in an emulator", { timeout }, () => {
  const all = withStg({
    protected: true,
    app: {
      ...environments.stg.app,
      loadBalancer: { ...environments.stg.app.loadBalancer, plainHttp: true },
    },
    state: { kind: "s3", bucket: "111111111111-terraform-states" },
  });

  it("each step passes, and the page lists the steps that need running tasks", async () => {
    const { hasPassed, said, calls, page, files } = await run({});
    expect(hasPassed, said).toBe(true);
    expect(calls).toEqual([
      "aws sts get-caller-identity",
      "aws ecs describe-clusters --clusters stg",
      "aws ssm put-parameter --name /stg/app/image --value registry.example/app:1.0.0 --type String --overwrite",
      "terraform init",
      "terraform version",
      ...PLAN,
      APPLY,
      "terraform state list",
      ...PLAN,
      ...PLAN,
      APPLY,
      ...DESTROY,
    ]);
    expect(page).toMatch(
      /^# Rehearsal of stg in http:\/\/127.0.0.1:\d+, \d{4}-\d\d-\d\dT[\d:]+ UTC\n/,
    );
    expect(page).toMatch(/\| ✓ +\| app release +\| /);
    expect(page).toMatch(
      /\| – +\| host lost +\| +\| not here: no task runs in an emulator +\| +\|/,
    );
    expect(page).toContain("Nothing is left.");
    expect(files).toHaveLength(1);
  });

  it("a protected environment is destroyed too, without its protection", async () => {
    const { hasPassed, said, calls } = await run({}, { all });
    expect(hasPassed, said).toBe(true);
    expect(calls.slice(-2)).toEqual(DESTROY);
  });

  it("a first step that fails is on the page, and nothing is destroyed", async () => {
    const fails = { "put-parameter": "AccessDenied" };
    const { hasPassed, calls, page, files } = await run({ fails });
    expect(hasPassed).toBe(false);
    expect(calls.filter((line) => line.startsWith("terraform "))).toEqual([]);
    expect(page).toContain("```text\nAccessDenied\n```");
    expect(page).toContain("Nothing is left.");
    expect(files).toHaveLength(1);
  });

  it("a second plan with a change fails, and the release after it too", async () => {
    const percent = { deployment_maximum_percent: 150 };
    const service = "aws_ecs_service.redis_service";
    const { hasPassed, said, calls } = await run({
      plans: [
        recorded("first"),
        changing(recorded("second"), service, percent),
        changing(recorded("release"), service, percent),
      ],
    });
    expect(hasPassed).toBe(false);
    expect(said).toContain("✗ second plan      1 resources would change again");
    expect(said).toContain("✗ app release      does not change exactly the app's own resources");
    const why = "deployment_maximum_percent\n        not the app's resource, but one of Redis\n";
    expect(said.split(`✗ ${service} update: ${why}`)).toHaveLength(3);
    expect(calls.filter((line) => line === APPLY)).toHaveLength(1);
    expect(calls.slice(-2)).toEqual(DESTROY);
  });

  it("resources that remain are listed with the command that removes them", async () => {
    const left = ["aws_efs_file_system.storage_efs"];
    const { hasPassed, said, page, files } = await run({ left });
    expect(hasPassed).toBe(false);
    expect(said).toContain(`✗ destroy          1 resources remain\n    ${left[0]}\n`);
    expect(page).toMatch(
      /\*\*This is left. Remove it:\*\*\n\n- `terraform -chdir=\S+\/stg-\S+ destroy`/,
    );
    // Terraform's state stays.
    expect(files).toHaveLength(2);
  });
});

describe("in an account", { timeout }, () => {
  const all = withStg({ backup: {} });

  it("does to Redis what the pages say, and removes all", async () => {
    const { hasPassed, said, calls, page, files } = await run({}, { all, account: true });
    expect(hasPassed, said).toBe(true);
    expect(calls.slice(0, 2)).toEqual([
      "aws sts get-caller-identity",
      "aws ecs describe-clusters --clusters stg",
    ]);
    const reads = /^(?:aws \S+ (?:describe|filter|list)|terraform (?:output|show|state))/;
    const doing = calls
      .filter((line) => !reads.test(line))
      .map((line) => {
        const script = / --overrides .*\["sh","-c","(.*)"\]\}\]\}$/;
        return line.replace(script, " … $1").replace(/(?<=rehearsal-)\d+/, "<time>");
      });
    expect(doing).toMatchSnapshot();
    expect(page).toContain("loaded from append only file: 41.5 seconds");
    expect(page).toMatch(/\| ✓ +\| Redis moved +\| /);
    expect(page).toMatch(/from i-1, which was drained, to i-2 +\| 0 of \d+ requests failed; /);
    expect(page).toContain("Nothing is left.");
    expect(files).toHaveLength(1);
  });

  it("a step that an environment has no part for is listed", async () => {
    const { hasPassed, said } = await run({}, { account: true });
    expect(hasPassed, said).toBe(true);
    expect(said).toContain("– backup restored  not here: it has no backup");
  });

  it("a failed backup is reported, and all is destroyed", async () => {
    const { hasPassed, said, calls } = await run({ backup: "FAILED" }, { all, account: true });
    expect(hasPassed).toBe(false);
    expect(said).toContain(
      "✗ backup restored  aws backup describe-backup-job --backup-job-id backup-1: failed",
    );
    expect(calls).toContain("terraform destroy -auto-approve");
    expect(said).toMatch(/stg: failed: backup restored$/);
  });

  it("a wait that has no end ends, and all is destroyed", async () => {
    const { hasPassed, said, calls } = await run({}, { account: true, status: 503, minute: 240 });
    expect(hasPassed).toBe(false);
    expect(said).toMatch(/✗ app reached +no 20 successes in a row within 3.6 s: (?:status|too)/);
    expect(calls).toContain("terraform destroy -auto-approve");
  });

  it("an interrupt removes what was made, in the order that AWS needs", async () => {
    const interruptedIn = "ssm send-command";
    const { said, calls, pids, page } = await run(
      { hangs: "send-command" },
      { all, account: true, interruptedIn },
    );
    expect(said).toContain("✗ backup restored  interrupted by SIGINT");
    expect(said).toMatch(/rejected: Error: interrupted by SIGINT$/);
    const after = calls.slice(calls.findIndex((line) => line.includes(interruptedIn)) + 1);
    expect(after).toEqual([
      "aws ecs update-service --cluster stg --service stg-redis --desired-count 0",
      "aws ecs wait services-stable --cluster stg --services stg-redis",
      "aws efs delete-mount-target --mount-target-id fsmt-subnet-2",
      "aws efs delete-mount-target --mount-target-id fsmt-subnet-1",
      "aws ec2 delete-security-group --group-id sg-0a1b2c3d",
      ...DESTROY,
      "aws efs delete-file-system --file-system-id fs-0e4f5a6b",
      expect.stringContaining("describe-log-groups"),
      "aws logs delete-log-group --log-group-name /aws/ecs/containerinsights/stg/performance",
      ...["app", "copy-redis", "redis"].flatMap((family) => [
        expect.stringContaining("list-task-definitions"),
        `aws ecs deregister-task-definition --task-definition stg-${family}:1`,
      ]),
    ]);
    expect(page).toContain("Nothing is left.");
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it("what cannot be removed is listed with its command", async () => {
    const fails = { "delete-security-group": "DependencyViolation", destroy: "ExpiredToken" };
    const { hasPassed, said } = await run({ fails }, { all, account: true, minute: 240 });
    expect(hasPassed).toBe(false);
    expect(said).toContain("left: aws ec2 delete-security-group --group-id sg-0a1b2c3d\n");
    expect(said).toMatch(/left: terraform -chdir=\S+\/stg-\S+ destroy\n/);
  });

  it.each([
    [
      "another account",
      { account: "333333333333" },
      {},
      /credentials of account 333333333333; allowed: 111111111111$/,
    ],
    [
      "a deployed environment",
      { clusters: [{ status: "ACTIVE" }] },
      {},
      /has a cluster stg; allowed: /,
    ],
    ["no confirmation", {}, { confirms: false }, /not confirmed: nothing was created$/],
  ])("%s ends it before anything is created", async (_title, answers, choices, reason) => {
    const { hasPassed, said, calls, files } = await run(answers, { ...choices, account: true });
    expect(hasPassed).toBe(false);
    expect(said).toMatch(reason);
    expect(calls.filter((line) => !/^aws (?:sts get|ecs describe)-/.test(line))).toEqual([]);
    expect(files).toEqual([]);
  });
});
