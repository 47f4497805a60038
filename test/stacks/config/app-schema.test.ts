import { describe, expect, it } from "vitest";
import { refusedLines } from "../support/refusal.ts";
import { devWith, minimalEnvironment, one } from "../support/template.ts";

const { app } = minimalEnvironment;
const secretArn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:app/token-a1B2c3";
const statement = { Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::bucket/*"] };

const inRegions = (value: unknown) => ({ StringEquals: { "aws:RequestedRegion": value } });

describe("a field of the app that is refused", () => {
  const bad: [field: string, changes: object, message: string][] = [
    ["image", { image: undefined }, "missing; allowed: an image"],
    ["image", { image: "localhost:5000/app" }, "an image with a tag or digest"],
    ["image.ssmParameter", { image: {} }, "missing; allowed: a parameter"],
    ["port", { port: 70_000 }, "from 1 to 65535"],
    ["desiredCount", { desiredCount: 0 }, "from 1 to 1000"],
    ["command", { command: "node server.js" }, 'got "node server.js"; allowed: a list of words'],
    ["command", { command: [] }, "a list of words"],
    ["entryPoint.0", { entryPoint: [1] }, "got 1; allowed: text in quotes"],
    ["environment.PORT", { environment: { PORT: "1" } }, "none of AWS_REGION"],
    ["environment.A", { environment: { A: 1 } }, "got 1; allowed: text"],
    [
      "environment.A",
      { environment: { A: "${aws_vpc.x.id}" } },
      "allowed: text in quotes, without ${ or %{",
    ],
    ["secrets.REDIS_URL", { secrets: { REDIS_URL: secretArn } }, "none of AWS_REGION"],
    ["secrets.TOKEN", { secrets: { TOKEN: "hunter2" } }, "the full ARN of a Secrets Manager"],
    // Without the six characters that AWS appends, the role's policy would not match.
    [
      "secrets.TOKEN",
      { secrets: { TOKEN: secretArn.replace(/-[^-]+$/, "") } },
      "the full ARN of a Secrets Manager",
    ],
    [
      "secrets.TOKEN",
      { environment: { TOKEN: "plain" }, secrets: { TOKEN: secretArn } },
      "allowed: a variable that environment does not set",
    ],
    ["secretKeyArns.0", { secretKeyArns: ["alias/mine"] }, "the ARN of a KMS key"],
    ["taskPolicy", { taskPolicy: statement }, "a list of statements with Effect, Action"],
    [
      "taskPolicy.0.Action.0",
      { taskPolicy: [{ ...statement, Action: ["*"] }] },
      "an action with service and name",
    ],
    ["taskPolicy.0.Resource", { taskPolicy: [{ Action: ["s3:GetObject"] }] }, "missing; allowed"],
    ["taskPolicy.0.Effect", { taskPolicy: [{ ...statement, Effect: "allow" }] }, "one of Allow"],
    [
      "taskPolicy.0.Condition.Bool",
      { taskPolicy: [{ ...statement, Condition: { Bool: true } }] },
      "got true; allowed: an object from condition key to text",
    ],
    [
      "taskPolicy.0.Condition.StringEquals.aws:RequestedRegion",
      { taskPolicy: [{ ...statement, Condition: inRegions([]) }] },
      "got []; allowed: a list of 1 or more texts",
    ],
    [
      "taskPolicy.0.Condition.StringEquals.aws:RequestedRegion",
      { taskPolicy: [{ ...statement, Condition: inRegions(1) }] },
      "got 1; allowed: text in quotes, or a list of 1 or more texts",
    ],
    ["taskPolicyArns.0", { taskPolicyArns: ["AdministratorAccess"] }, "a policy's ARN"],
    ["healthCheck.command", { healthCheck: {} }, "missing; allowed: a shell command"],
    ["healthCheck.path", { healthCheck: { path: "/" } }, "unknown; allowed: fields command"],
    ["healthCheck.startPeriod", { healthCheck: { command: "true", startPeriod: 301 } }, "to 300"],
    ["stopTimeout", { stopTimeout: 1 }, "from 2 to 3600 (seconds)"],
    ["readonlyRootFilesystem", { readonlyRootFilesystem: "yes" }, "true or false"],
  ];

  it.each(bad)("is %s of %j", (field, changes, message) => {
    expect(refusedLines({ app: { ...app, ...changes } })).toContainEqual(
      expect.stringMatching(new RegExp(`^dev\\.app\\.${field.replaceAll(".", "\\.")}: `)),
    );
    expect(refusedLines({ app: { ...app, ...changes } }).join("\n")).toContain(message);
  });

  it("is the app if it is missing", () => {
    expect(refusedLines({ app: undefined })).toEqual([
      expect.stringMatching(/^dev\.app: missing; allowed: an object with fields image/),
    ]);
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
