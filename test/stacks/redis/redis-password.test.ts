import { expect, it } from "vitest";
import { differences } from "../support/differences.ts";
import { container, devWith, one } from "../support/template.ts";

const template = devWith();

it("never puts the password into the state: it is ephemeral, and written write-only", () => {
  expect(template.json["ephemeral"]).toEqual({
    random_password: { redis: { length: 40, special: false } },
  });
  expect(template.json["terraform"]).toMatchObject({
    required_version: ">= 1.11.0, < 2.0.0",
    required_providers: { random: { source: "hashicorp/random", version: "3.9.0" } },
  });
  const version = one(template, "aws_secretsmanager_secret_version");
  expect(version).toMatchObject({
    secret_id: "${aws_secretsmanager_secret.password_secret.id}",
    secret_string_wo: "${ephemeral.random_password.redis.result}",
    secret_string_wo_version: 1,
  });
  expect(version).not.toHaveProperty("secret_string");
});

it("is another one when its version changes, and nothing else is", () => {
  const rotated = devWith({ redis: { passwordVersion: 2 } });
  expect(differences(template, rotated)).toEqual([
    "aws_secretsmanager_secret_version.password_value",
  ]);
  expect(one(rotated, "aws_secretsmanager_secret_version")).toMatchObject({
    secret_string_wo_version: 2,
  });
});

it("reaches containers as a secret, never as plain environment", () => {
  const arn = "${aws_secretsmanager_secret.password_secret.arn}";
  expect(container(template, "redis").secrets).toEqual([
    { name: "REDISCLI_AUTH", valueFrom: arn },
    { name: "REDIS_PASSWORD", valueFrom: arn },
  ]);
  expect(container(template, "app").secrets).toEqual([{ name: "REDIS_PASSWORD", valueFrom: arn }]);
});

it("can be read by the execution roles alone, which read nothing else", () => {
  for (const service of ["app", "redis"]) {
    const policy = one(template, "aws_iam_role_policy", `${service}_roles_execution_secrets`);
    expect(policy["role"]).toBe(`\${aws_iam_role.${service}_roles_execution.id}`);
    expect(JSON.parse(String(policy["policy"]))).toMatchObject({
      Statement: [
        {
          Action: "secretsmanager:GetSecretValue",
          Resource: ["${aws_secretsmanager_secret.password_secret.arn}"],
        },
      ],
    });
  }
});

it("has a value before a task starts", () => {
  for (const service of ["app_service", "redis_service"]) {
    expect(one(template, "aws_ecs_service", service)["depends_on"]).toContain(
      "aws_secretsmanager_secret_version.password_value",
    );
  }
});

it("frees its name at once when destroyed, unless it is protected", () => {
  const type = "aws_secretsmanager_secret";
  const field = "recovery_window_in_days";
  expect(one(devWith({ protected: false }), type)[field]).toBe(0);
  expect(one(devWith({ protected: true }), type)[field]).toBe(30);
});
