import { expect, it } from "vitest";
import type { Model } from "../../../../../harness/ecs/terraform/plan/model.ts";
import { Secrets } from "../../../../../harness/ecs/terraform/plan/secrets.ts";

it("resolves a JSON key of a secret; the error for a missing key does not contain the secret", () => {
  const model: Pick<Model, "all"> = { all: () => [] };
  const secrets = Secrets.of(model as Model, { db: '{ "user": "ann" }', text: "hunter2" });
  expect(secrets.resolve({ name: "X", secret: "db", key: "user" })).toBe("ann");
  for (const secret of ["db", "text"]) {
    expect(() => secrets.resolve({ name: "X", secret, key: "host" })).toThrow(
      `secret "${secret}" has no JSON key "host"`,
    );
  }
});

/** A secret without a value. */
const secret = (name: string) => ({
  address: `aws_secretsmanager_secret.${name}`,
  arguments: { name },
});

it("gets more values from outside the template, which its own override", () => {
  const version = { secret_id: "⟨aws_secretsmanager_secret.own.arn⟩", secret_string: "mine" };
  const model = {
    all: (type: string) =>
      type === "aws_secretsmanager_secret"
        ? [secret("own"), secret("empty")]
        : [{ address: "aws_secretsmanager_secret_version.own", arguments: version }],
    referred: () => secret("own"),
  };
  const before = Secrets.of(model as unknown as Model, { outside: "1" });
  const after = before.with({ own: "other", empty: "given", outside: "2" });
  const names = ["own", "aws_secretsmanager_secret.empty", "outside"];
  expect(names.map((name) => before.has(name))).toEqual([true, false, true]);
  expect(names.map((name) => after.value(name))).toEqual(["mine", "given", "2"]);
});
