import { expect, it } from "vitest";
import type { Model } from "../../../../harness/ecs/terraform/model.ts";
import { Secrets } from "../../../../harness/ecs/terraform/secrets.ts";

it("a key of a secret is that of its JSON, and one that it has not is named without its text", () => {
  const model: Pick<Model, "all"> = { all: () => [] };
  const secrets = Secrets.of(model as Model, { db: '{ "user": "ann" }', text: "hunter2" });
  expect(secrets.resolve({ name: "X", secret: "db", key: "user" })).toBe("ann");
  for (const secret of ["db", "text"]) {
    expect(() => secrets.resolve({ name: "X", secret, key: "host" })).toThrow(
      `secret "${secret}" has no JSON key "host"`,
    );
  }
});
