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
