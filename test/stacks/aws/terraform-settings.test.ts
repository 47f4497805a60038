import { describe, expect, it } from "vitest";
import { refusedLines } from "../support/refusal.ts";
import { all, devWith, one, protectedParts, type Template } from "../support/template.ts";

function settings({ json }: Template) {
  return json["terraform"] as {
    backend: Readonly<Record<string, object>>;
    required_version: string;
    required_providers: Readonly<Record<string, object>>;
  };
}

describe("the settings of a stack", () => {
  const template = devWith();

  it("refuse the credentials of another account", () => {
    expect(template.json["provider"]).toEqual({
      aws: [
        {
          region: "eu-west-1",
          allowed_account_ids: ["123456789012"],
          default_tags: [{ tags: { Environment: "dev", ManagedBy: "terraform" } }],
        },
      ],
    });
  });

  it("require versions of Terraform, OpenTofu and the providers", () => {
    const { required_version, required_providers } = settings(template);
    expect(required_version).toBe(">= 1.11.0, < 2.0.0");
    expect(required_providers).toEqual({
      aws: { source: "hashicorp/aws", version: "6.25.0" },
      random: { source: "hashicorp/random", version: "3.9.0" },
    });
  });
});

describe("the state", () => {
  it("is outside the generated folder, with a relative path", () => {
    expect(settings(devWith()).backend).toEqual({
      local: { path: "../../../terraform.dev.tfstate" },
    });
  });

  it("can be in S3, encrypted and locked, with the environment's name", () => {
    expect(settings(devWith({ state: { kind: "s3", bucket: "states" } })).backend).toEqual({
      s3: {
        bucket: "states",
        key: "dev/terraform.tfstate",
        region: "eu-west-1",
        encrypt: true,
        use_lockfile: true,
      },
    });
  });

  it("uses the configured bucket, region, key and KMS key", () => {
    const kmsKeyArn = "arn:aws:kms:us-east-1:123456789012:key/0a1b-2c";
    const state = { bucket: "states", region: "us-east-1", key: "games/dev.tfstate", kmsKeyArn };
    expect(settings(devWith({ state: { kind: "s3", ...state } })).backend).toEqual({
      s3: expect.objectContaining({
        region: "us-east-1",
        key: "games/dev.tfstate",
        kms_key_id: kmsKeyArn,
      }),
    });
  });

  it.each<[string, object, string]>([
    ["an unknown kind", { kind: "gcs" }, "dev.state.kind:"],
    ["no bucket", { kind: "s3" }, "dev.state.bucket:"],
    ["a bucket without a kind", { bucket: "b-1" }, "dev.state.kind:"],
    [
      "a key that begins with a slash",
      { kind: "s3", bucket: "states", key: "/dev" },
      "dev.state.key:",
    ],
    [
      "a key alias",
      { kind: "s3", bucket: "states", kmsKeyArn: "alias/states" },
      "dev.state.kmsKeyArn:",
    ],
    [
      "an unknown region",
      { kind: "s3", bucket: "states", region: "moon" },
      "dev.state.region: got",
    ],
    ["an unknown field", { kind: "s3", bucket: "states", table: "x" }, "dev.state.table: unknown"],
  ])("is refused with %s", (_, state, line) => {
    expect(refusedLines({ state })).toEqual([expect.stringContaining(line)]);
  });

  it("of a protected environment must not be local", () => {
    expect(refusedLines({ ...protectedParts, state: { kind: "local" } })).toEqual([
      expect.stringContaining("dev.state:"),
    ]);
  });
});

describe("configured tags", () => {
  it("are on all resources, hosts and volumes", () => {
    const template = devWith({ tags: { Team: "games", "cost-center": "42" } });
    const tags = { Team: "games", "cost-center": "42", Environment: "dev", ManagedBy: "terraform" };
    expect(template.json["provider"]).toMatchObject({ aws: [{ default_tags: [{ tags }] }] });
    expect(one(template, "aws_launch_template")["tag_specifications"]).toEqual([
      { resource_type: "instance", tags: { ...tags, Name: "dev-host" } },
      { resource_type: "volume", tags: { ...tags, Name: "dev-host" } },
    ]);
    expect(one(template, "aws_autoscaling_group")["tag"]).toEqual(
      expect.arrayContaining(
        Object.entries(tags).map(([key, value]) => ({ key, value, propagate_at_launch: false })),
      ),
    );
  });

  it("are propagated from services to tasks", () => {
    for (const [, service] of all(devWith(), "aws_ecs_service")) {
      expect(service["propagate_tags"]).toBe("SERVICE");
    }
  });

  it.each<[object, string]>([
    [{ "aws:team": "x" }, "not beginning with aws:"],
    [{ Environment: "x" }, "none of AmazonECSManaged, Environment, ManagedBy, Name"],
    [{ environment: "x" }, "none of AmazonECSManaged, Environment, ManagedBy, Name"],
    [{ Team: "x", team: "y" }, "no two of which differ only in case"],
    [{ "": "x" }, "1 to 128 letters"],
    [{ ["k".repeat(129)]: "x" }, "1 to 128 letters"],
    [{ "a;b": "x" }, "digits, spaces or _.:/=+-@"],
    [{ Team: "v".repeat(257) }, "text of up to 256 letters"],
    [{ Team: "${aws_vpc.x.id}" }, "text of up to 256 letters"],
    [{ Team: 1 }, "text of up to 256 letters"],
    [Object.fromEntries(Array.from({ length: 41 }, (_, i) => [`k${i}`, ""])), "40 tags or fewer"],
  ])("are refused when they are %j", (tags, message) => {
    expect(refusedLines({ tags })).toEqual([expect.stringContaining(message)]);
  });
});
