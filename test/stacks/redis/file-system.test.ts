import { describe, expect, it } from "vitest";
import {
  all,
  devWith,
  existingParts,
  one,
  restoredFileSystem,
  type Template,
} from "../support/template.ts";

function openToNfs(template: Template): unknown[] {
  return all(template, "aws_vpc_security_group_ingress_rule")
    .filter(([, rule]) => rule["from_port"] === 2049)
    .map(([, rule]) => [rule["security_group_id"], rule["referenced_security_group_id"]]);
}

describe("a created file system", () => {
  const template = devWith();

  it("is encrypted with the configured key", () => {
    const kmsKeyArn = "arn:aws:kms:eu-west-1:123456789012:key/0a1b";
    const encrypted = devWith({ fileSystem: { kmsKeyArn } });
    expect(one(encrypted, "aws_efs_file_system")["kms_key_id"]).toBe(kmsKeyArn);
    expect(one(template, "aws_efs_file_system")).not.toHaveProperty("kms_key_id");
  });

  it("is replicated to another region if configured", () => {
    expect(all(template, "aws_efs_replication_configuration")).toEqual([]);
    const replicated = devWith({
      protected: true,
      fileSystem: { replica: { region: "eu-central-1" } },
    });
    expect(one(replicated, "aws_efs_replication_configuration")).toMatchObject({
      source_file_system_id: "${aws_efs_file_system.storage_efs.id}",
      destination: { region: "eu-central-1" },
    });
  });
});

describe("an existing file system", () => {
  const { network, cluster, fileSystem } = existingParts;

  it("gets a new access point and keeps its owner's policy", () => {
    const template = devWith({ network, fileSystem });
    expect(all(template, "aws_efs_file_system")).toEqual([]);
    expect(all(template, "aws_efs_file_system_policy")).toEqual([]);
    expect(all(template, "aws_efs_mount_target")).toEqual([]);
    expect(one(template, "aws_efs_access_point")).toMatchObject({
      file_system_id: "fs-0123",
      root_directory: { path: "/games/redis" },
    });
  });

  it("needs an existing folder, unless it is to create one: then its access point is protected", () => {
    const [unset, unwanted, wanted] = [{}, { create: false }, { create: true }].map((more) => {
      const template = devWith({
        protected: true,
        network,
        fileSystem: { ...fileSystem, ...more },
      });
      return one(template, "aws_efs_access_point");
    });
    expect(unset?.["root_directory"]).toEqual({ path: "/games/redis" });
    expect(unset).not.toHaveProperty("lifecycle");
    expect(unwanted).toEqual(unset);
    const creation_info = { owner_uid: 999, owner_gid: 999, permissions: "0700" };
    expect(wanted).toMatchObject({
      root_directory: { path: "/games/redis", creation_info },
      lifecycle: { prevent_destroy: true },
    });
  });

  it("is opened to created hosts", () => {
    expect(openToNfs(devWith({ network, fileSystem }))).toEqual([
      ["sg-0e", "${aws_security_group.cluster_security_group.id}"],
    ]);
  });

  it("is not opened again to existing hosts", () => {
    expect(openToNfs(devWith({ network, cluster, fileSystem }))).toEqual([]);
  });
});

describe("a restored file system", () => {
  const restored = devWith({ protected: true, fileSystem: restoredFileSystem });

  it("is used in a created network, and only access to it is created", () => {
    for (const type of ["aws_efs_file_system", "aws_efs_mount_target"]) {
      expect([type, all(restored, type)]).toEqual([type, []]);
    }
    expect(one(restored, "aws_efs_access_point")["file_system_id"]).toBe("fs-0123");
    expect(openToNfs(restored)).toEqual([
      ["sg-0e", "${aws_security_group.cluster_security_group.id}"],
    ]);
  });

  it("is opened to existing hosts too", () => {
    const { network, cluster } = existingParts;
    expect(openToNfs(devWith({ network, cluster, fileSystem: restoredFileSystem }))).toEqual([
      ["sg-0e", "sg-01"],
      ["sg-0e", "sg-02"],
    ]);
  });

  it("allows only the Redis task, like the created one", () => {
    const created = devWith({ protected: true });
    const policy = one(restored, "aws_efs_file_system_policy");
    expect(policy["file_system_id"]).toBe("fs-0123");
    expect(String(policy["policy"]).replaceAll("fs-0123", "<id>")).toBe(
      String(one(created, "aws_efs_file_system_policy")["policy"]).replaceAll(
        "${aws_efs_file_system.storage_efs.id}",
        "<id>",
      ),
    );
    expect(one(restored, "aws_ecs_service", "redis_service")["depends_on"]).toContain(
      "aws_efs_file_system_policy.storage_restored_policy",
    );
  });

  it("needs an existing folder, and its access point is not protected", () => {
    const point = one(restored, "aws_efs_access_point");
    expect(point["root_directory"]).toEqual({ path: "/redis" });
    expect(point).not.toHaveProperty("lifecycle");
  });
});

describe("a created file system with an existing cluster", () => {
  it("is opened to each security group of the hosts", () => {
    const { network, cluster } = existingParts;
    const group = "${aws_security_group.storage_security_group.id}";
    expect(openToNfs(devWith({ network, cluster }))).toEqual([
      [group, "sg-01"],
      [group, "sg-02"],
    ]);
  });
});
