import { describe, expect, it } from "vitest";
import { refusedLines } from "../support/refusal.ts";
import { devWith, minimalEnvironment, one } from "../support/template.ts";

const { app } = minimalEnvironment;
const secretArn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:app/token-a1B2c3";
const statement = { Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::bucket/*"] };

const inRegions = (value: unknown) => ({ StringEquals: { "aws:RequestedRegion": value } });

describe("a field of the app that is refused", () => {
  const bad: [field: string, changes: object][] = [
    ["image", { image: undefined }],
    ["image", { image: "localhost:5000/app" }],
    ["image.ssmParameter", { image: {} }],
    ["port", { port: 70_000 }],
    ["desiredCount", { desiredCount: 0 }],
    ["command", { command: "node server.js" }],
    ["command", { command: [] }],
    ["entryPoint.0", { entryPoint: [1] }],
    ["environment.PORT", { environment: { PORT: "1" } }],
    ["environment.A", { environment: { A: 1 } }],
    ["environment.A", { environment: { A: "${aws_vpc.x.id}" } }],
    ["secrets.REDIS_URL", { secrets: { REDIS_URL: secretArn } }],
    ["secrets.TOKEN", { secrets: { TOKEN: "hunter2" } }],
    // Without the six characters that AWS appends, the role's policy would not match.
    ["secrets.TOKEN", { secrets: { TOKEN: secretArn.replace(/-[^-]+$/, "") } }],
    ["secrets.TOKEN", { environment: { TOKEN: "plain" }, secrets: { TOKEN: secretArn } }],
    ["secretKeyArns.0", { secretKeyArns: ["alias/mine"] }],
    ["taskPolicy", { taskPolicy: statement }],
    ["taskPolicy.0.Action.0", { taskPolicy: [{ ...statement, Action: ["*"] }] }],
    ["taskPolicy.0.Resource", { taskPolicy: [{ Action: ["s3:GetObject"] }] }],
    ["taskPolicy.0.Effect", { taskPolicy: [{ ...statement, Effect: "allow" }] }],
    ["taskPolicy.0.Condition.Bool", { taskPolicy: [{ ...statement, Condition: { Bool: true } }] }],
    [
      "taskPolicy.0.Condition.StringEquals.aws:RequestedRegion",
      { taskPolicy: [{ ...statement, Condition: inRegions([]) }] },
    ],
    [
      "taskPolicy.0.Condition.StringEquals.aws:RequestedRegion",
      { taskPolicy: [{ ...statement, Condition: inRegions(1) }] },
    ],
    ["taskPolicyArns.0", { taskPolicyArns: ["AdministratorAccess"] }],
    ["healthCheck.command", { healthCheck: {} }],
    ["healthCheck.path", { healthCheck: { path: "/" } }],
    ["healthCheck.startPeriod", { healthCheck: { command: "true", startPeriod: 301 } }],
    ["stopTimeout", { stopTimeout: 1 }],
    ["readonlyRootFilesystem", { readonlyRootFilesystem: "yes" }],
  ];

  it.each(bad)("is %s of %j", (field, changes) => {
    expect(refusedLines({ app: { ...app, ...changes } })).toContainEqual(
      expect.stringMatching(new RegExp(`^dev\\.app\\.${field.replaceAll(".", "\\.")}: `)),
    );
  });

  it("is the app if it is missing", () => {
    expect(refusedLines({ app: undefined })).toEqual([expect.stringMatching(/^dev\.app: /)]);
  });
});

it("accepts secrets and parameters, and a key of a secret", () => {
  const secrets = {
    WHOLE: secretArn,
    KEY: `${secretArn}:password::`,
    NAMED: "/dev/app/key",
    PARAMETER: "arn:aws:ssm:us-east-1:999999999999:parameter/shared/key",
  };
  expect(() => devWith({ app: { ...app, secrets } })).not.toThrow();
});

it("accepts a condition with one value and with a list", () => {
  const regions = ["eu-west-1", "eu-west-2"];
  const taskPolicy = ["eu-west-1", regions].map((value) => ({
    ...statement,
    Condition: { StringEquals: { "aws:RequestedRegion": value } },
  }));
  const template = devWith({ app: { ...app, taskPolicy } });
  const policy = String(one(template, "aws_iam_role_policy", "app_roles_task_policy")["policy"]);
  const { Statement } = JSON.parse(policy) as { Statement: { Condition: unknown }[] };
  expect(Statement.slice(-2).map(({ Condition }) => Condition)).toEqual([
    inRegions("eu-west-1"),
    inRegions(regions),
  ]);
});
