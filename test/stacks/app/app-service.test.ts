import { describe, expect, it } from "vitest";
import { differences } from "../support/differences.ts";
import {
  all,
  container,
  devWith,
  minimalEnvironment,
  one,
  type Template,
} from "../support/template.ts";

const { app } = minimalEnvironment;
const taskDefinition = "aws_ecs_task_definition";

function policyOf(template: Template, id: string): unknown {
  return JSON.parse(String(one(template, "aws_iam_role_policy", id)["policy"]));
}

describe("the app service", () => {
  it("uses the grace period of the environment", () => {
    const healthCheck = { path: "/healthz", gracePeriod: 180 };
    const patient = devWith({ app: { ...app, loadBalancer: { healthCheck } } });
    expect(one(patient, "aws_ecs_service", "app_service")).toMatchObject({
      health_check_grace_period_seconds: 180,
    });
  });

  it("gets the statements and managed policies of the environment", () => {
    const statement = {
      Effect: "Deny" as const,
      Action: ["s3:DeleteObject"],
      Resource: ["arn:aws:s3:::bucket/*"],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    };
    const policyArn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
    const own = devWith({ app: { ...app, taskPolicy: [statement], taskPolicyArns: [policyArn] } });
    expect(policyOf(own, "app_roles_task_policy")).toMatchObject({
      Statement: [{ Action: "servicediscovery:DiscoverInstances" }, statement],
    });
    const attachment = "aws_iam_role_policy_attachment";
    const [id = ""] =
      all(own, attachment).find(([each]) => each.startsWith("app_roles_task_managed_")) ?? [];
    expect(one(own, attachment, id)).toMatchObject({
      role: "${aws_iam_role.app_roles_task.name}",
      policy_arn: policyArn,
    });
    // The policy must exist before a task runs and as long as it runs.
    expect(one(own, "aws_ecs_service", "app_service")["depends_on"]).toContain(
      `${attachment}.${id}`,
    );
  });
});

describe("a worker", () => {
  const template = devWith({
    app: {
      image: app.image,
      loadBalancer: false,
      healthCheck: { command: "node healthy.js", interval: 7 },
    },
  });

  it("has no load balancer and no settings for one", () => {
    const types = Object.keys(template.json.resource);
    expect(types.filter((type) => type.startsWith("aws_lb"))).toEqual([]);
    expect(all(template, "aws_security_group").map(([id]) => id)).not.toContain(
      "load_balancer_security_group",
    );
    const service = one(template, "aws_ecs_service", "app_service");
    expect(service).not.toHaveProperty("load_balancer");
    // ECS refuses it without a load balancer.
    expect(service).not.toHaveProperty("health_check_grace_period_seconds");
    expect(template.json["output"]).not.toHaveProperty("app_url");
  });

  it("publishes a port only if one is set", () => {
    const worker = container(template, "app");
    expect(worker["portMappings"]).toEqual([]);
    expect(worker.environment.map(({ name }) => name)).toEqual(["AWS_REGION", "REDIS_URL"]);
    const named = devWith({ app: { image: app.image, loadBalancer: false, port: 9090 } });
    expect(container(named, "app")["portMappings"]).toEqual([
      { containerPort: 9090, hostPort: 0, protocol: "tcp" },
    ]);
  });

  it("has a health check in its container", () => {
    expect(container(template, "app").healthCheck).toEqual({
      command: ["CMD-SHELL", "node healthy.js"],
      interval: 7,
      timeout: 5,
      retries: 3,
      startPeriod: 60,
    });
  });
});

describe("the app container", () => {
  it("gets its own secrets, which only its execution role may read", () => {
    const token = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:app/token-a1B2c3";
    const key = "arn:aws:kms:eu-west-1:123456789012:key/0a1b";
    const template = devWith({
      app: {
        ...app,
        secrets: { TOKEN: `${token}:value::`, OTHER: `${token}:other::`, KEY: "/dev/key" },
        secretKeyArns: [key],
      },
    });
    const password = "${aws_secretsmanager_secret.password_secret.arn}";
    const next = "${aws_secretsmanager_secret.password_secret_b.arn}";
    const parameter = "arn:aws:ssm:eu-west-1:123456789012:parameter/dev/key";
    expect(container(template, "app").secrets).toEqual([
      { name: "KEY", valueFrom: parameter },
      { name: "OTHER", valueFrom: `${token}:other::` },
      { name: "REDIS_PASSWORD", valueFrom: password },
      { name: "TOKEN", valueFrom: `${token}:value::` },
    ]);
    const allow = { Effect: "Allow" };
    expect(policyOf(template, "app_roles_execution_secrets")).toMatchObject({
      Statement: [
        { ...allow, Action: "secretsmanager:GetSecretValue", Resource: [password, next, token] },
        { ...allow, Action: "ssm:GetParameters", Resource: [parameter] },
        { ...allow, Action: "kms:Decrypt", Resource: [key] },
      ],
    });
    expect(policyOf(template, "redis_roles_execution_secrets")).toMatchObject({
      Statement: [{ Action: "secretsmanager:GetSecretValue", Resource: [password, next] }],
    });
  });

  it("runs the configured image and command", () => {
    expect(container(devWith(), "app").image).toBe("example.com/app:1");
    expect(container(devWith(), "app")).not.toHaveProperty("command");
    const own = { entryPoint: ["node"], command: ["worker.js", "--all"], stopTimeout: 90 };
    expect(container(devWith({ app: { ...app, ...own } }), "app")).toMatchObject(own);
  });

  it("has a read-only root file system if configured", () => {
    const sealed = devWith({ app: { ...app, readonlyRootFilesystem: true } });
    expect(container(sealed, "app")["readonlyRootFilesystem"]).toBe(true);
    expect(container(devWith(), "app")["readonlyRootFilesystem"]).toBe(false);
  });
});

describe("a change of the app", () => {
  const before = devWith();
  const changes: [what: string, changes: object, types: string[]][] = [
    ["image", { image: "example.com/app:2" }, [taskDefinition]],
    ["variables", { environment: { A: "1" } }, [taskDefinition]],
    ["size", { memory: 512, cpu: 256 }, [taskDefinition]],
    ["port", { port: 8080 }, ["aws_ecs_service", taskDefinition]],
    ["number of tasks", { desiredCount: 4 }, ["aws_ecs_service"]],
    ["secrets", { secrets: { KEY: "/key" } }, [taskDefinition, "aws_iam_role_policy"]],
    [
      "permissions",
      { taskPolicy: [{ Action: ["s3:List*"], Resource: ["*"] }] },
      ["aws_iam_role_policy"],
    ],
  ];

  it.each(changes)("of its %s changes only the app's resources", (_, change, types) => {
    const changed = differences(before, devWith({ app: { ...app, ...change } }));
    expect(new Set(changed.map((address) => address.split(".")[0]))).toEqual(new Set(types));
    expect(changed.every((address) => /^\w+\.app_/.test(address))).toBe(true);
  });

  it("to a worker removes the load balancer and does not change Redis", () => {
    const changed = differences(before, devWith({ app: { ...app, loadBalancer: false } }));
    expect(changed).toContain("aws_lb.load_balancer_alb");
    expect(
      changed.filter((address) => /\.(redis|storage|discovery|password)_/.test(address)),
    ).toEqual([]);
  });
});
