import { describe, expect, it } from "vitest";
import { differences } from "../support/differences.ts";
import { all, container, devWith, one } from "../support/template.ts";

const template = devWith();
const at = (passwordVersion: number) => devWith({ redis: { passwordVersion } });
const A = "${aws_secretsmanager_secret.password_secret.arn}";
const B = "${aws_secretsmanager_secret.password_secret_b.arn}";

it("are never in the state: they are ephemeral, each drawn for itself, and written write-only", () => {
  const drawn = { length: 40, special: false };
  expect(template.json["ephemeral"]).toEqual({
    random_password: { redis: drawn, redis_b: drawn },
  });
  expect(template.json["terraform"]).toMatchObject({
    required_version: ">= 1.11.0, < 2.0.0",
    required_providers: { random: { source: "hashicorp/random", version: "3.9.0" } },
  });
  const versions = all(template, "aws_secretsmanager_secret_version").map(([id, version]) => [
    id,
    { ...version, "//": undefined },
  ]);
  expect(versions).toEqual([
    [
      "password_value",
      {
        secret_id: "${aws_secretsmanager_secret.password_secret.id}",
        secret_string_wo: "${ephemeral.random_password.redis.result}",
        secret_string_wo_version: 1,
      },
    ],
    [
      "password_value_b",
      {
        secret_id: "${aws_secretsmanager_secret.password_secret_b.id}",
        secret_string_wo: "${ephemeral.random_password.redis_b.result}",
        secret_string_wo_version: 1,
      },
    ],
  ]);
});

describe("a rotation", () => {
  it("begins with a release of the app, whose tasks get the other password", () => {
    expect(differences(template, at(2))).toEqual(["aws_ecs_task_definition.app_task_definition"]);
    expect(container(at(2), "app").secrets).toEqual([{ name: "REDIS_PASSWORD", valueFrom: B }]);
  });

  it("ends with a new value for the unused password and a restart of Redis", () => {
    expect(differences(at(2), at(3))).toEqual([
      "aws_ecs_task_definition.redis_task_definition",
      "aws_secretsmanager_secret_version.password_value",
    ]);
    expect(one(at(3), "aws_secretsmanager_secret_version", "password_value")).toMatchObject({
      secret_string_wo_version: 2,
    });
  });

  it("exchanges the two passwords the next time", () => {
    expect(differences(at(3), at(4))).toEqual(["aws_ecs_task_definition.app_task_definition"]);
    expect(container(at(4), "app").secrets).toEqual([{ name: "REDIS_PASSWORD", valueFrom: A }]);
    expect(differences(at(4), at(5))).toEqual([
      "aws_ecs_task_definition.redis_task_definition",
      "aws_secretsmanager_secret_version.password_value_b",
    ]);
  });
});

it("reach containers as secrets, never as plain environment; Redis gets both at every step", () => {
  for (const each of [template, at(2), at(3)]) {
    expect(container(each, "redis").secrets).toEqual([
      { name: "REDISCLI_AUTH", valueFrom: A },
      { name: "REDIS_PASSWORD", valueFrom: A },
      { name: "REDIS_PASSWORD_B", valueFrom: B },
    ]);
  }
  expect(container(template, "app").secrets).toEqual([{ name: "REDIS_PASSWORD", valueFrom: A }]);
});

it("can be read only by the execution roles, which read nothing else", () => {
  for (const service of ["app", "redis"]) {
    const policy = one(template, "aws_iam_role_policy", `${service}_roles_execution_secrets`);
    expect(policy["role"]).toBe(`\${aws_iam_role.${service}_roles_execution.id}`);
    expect(JSON.parse(String(policy["policy"]))).toMatchObject({
      Statement: [{ Action: "secretsmanager:GetSecretValue", Resource: [A, B] }],
    });
  }
});

it("have values before a task starts", () => {
  for (const service of ["app_service", "redis_service"]) {
    expect(one(template, "aws_ecs_service", service)["depends_on"]).toEqual(
      expect.arrayContaining([
        "aws_secretsmanager_secret_version.password_value",
        "aws_secretsmanager_secret_version.password_value_b",
      ]),
    );
  }
});

it("free their names immediately when destroyed, unless protected", () => {
  for (const [isProtected, days] of [
    [false, 0],
    [true, 30],
  ] as const) {
    const secrets = all(devWith({ protected: isProtected }), "aws_secretsmanager_secret");
    const windows = secrets.map(([, secret]) => secret["recovery_window_in_days"]);
    expect(windows).toEqual([days, days]);
  }
});
