import { describe, expect, it } from "vitest";
import { differences } from "../support/differences.ts";
import { container, devWith, one } from "../support/template.ts";

const template = devWith();
const at = (passwordVersion: number) => devWith({ redis: { passwordVersion } });
const A = "${aws_secretsmanager_secret.password_secret.arn}";
const B = "${aws_secretsmanager_secret.password_secret_b.arn}";

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
