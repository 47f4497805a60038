import { describe, expect, it } from "vitest";
import type { RootModule } from "../../../harness/ecs/index.ts";
import { ofBackend } from "../../../harness/upgrade/state-backend.ts";

const local = (path: string): RootModule => ({ terraform: { backend: { local: { path } } } });
const s3 = (more: object): RootModule => ({
  terraform: {
    backend: { s3: { bucket: "states", key: "dev.tfstate", region: "eu-central-1", ...more } },
  },
});

/** The notices about a change of the backend. */
const saidOf = (old: RootModule, next: RootModule): string[] =>
  [...ofBackend(old, next)].map(({ effect, what, advice }) => `${effect}: ${what} → ${advice}`);

describe("a change of the state's backend", () => {
  it.each<[from: string, to: string, RootModule, RootModule]>([
    ["one.tfstate", "s3://states/dev.tfstate", local("one.tfstate"), s3({})],
    ["s3://states/dev.tfstate", "s3://states/new.tfstate", s3({}), s3({ key: "new.tfstate" })],
    ["terraform.tfstate", "one.tfstate", {}, local("one.tfstate")],
    ["one.tfstate", "http", local("one.tfstate"), { terraform: { backend: { http: {} } } }],
  ])("from %s to %s needs terraform init -migrate-state", (from, to, old, next) => {
    const [said] = saidOf(old, next);
    expect(said).toContain(`state: the state moves from ${from} to ${to}.`);
    expect(said).toContain("terraform init -migrate-state");
  });

  it("needs init -reconfigure if only the access changes", () => {
    expect(saidOf(s3({}), s3({ encrypt: true, kms_key_id: "key" }))).toEqual([
      expect.stringMatching(/^state: .*: encrypt, kms_key_id → run terraform init -reconfigure/),
    ]);
  });

  it("has no notice without changes", () => {
    expect(saidOf(s3({}), s3({}))).toEqual([]);
    expect(saidOf({}, {})).toEqual([]);
  });
});
