import { describe } from "vitest";
import { efsRules } from "../../../stacks/rules/efs-rules.ts";
import { type Draft, testBreaks } from "../support/broken.ts";

const fileSystem = "aws_efs_file_system.storage_efs";
const policy = "aws_efs_file_system_policy.storage_policy";
const task = "aws_ecs_task_definition.redis_task_definition";
const openPolicy = {
  Version: "2012-10-17",
  Id: "open",
  Statement: [
    { Sid: "Open", Effect: "Allow", Action: "*", Principal: { AWS: "*" }, Resource: "*" },
  ],
};

function efsOf({ resource }: Draft): object {
  const [volume] = resource(task)["volume"] as { efs_volume_configuration: object }[];
  if (volume === undefined) throw new Error("the task has no volume");
  return volume.efs_volume_configuration;
}

const mountTargets = [0, 1].map((index) => `aws_efs_mount_target.storage_mount_target_${index}`);
const subnetB = "${aws_subnet.network_private_b.id}";

describe("the rules of EFS", () => {
  testBreaks(efsRules, [
    [
      "access-point-tls",
      `${task}.volume.0.efs_volume_configuration`,
      (draft) => Object.assign(efsOf(draft), { transit_encryption: "DISABLED" }),
    ],
    [
      "nfs-open-to-hosts",
      "aws_efs_mount_target.storage_mount_target_0.security_groups",
      ({ resource }) =>
        (resource("aws_efs_mount_target.storage_mount_target_0")["security_groups"] = []),
    ],
    [
      "file-system-policy",
      `${fileSystem}.policy`,
      ({ resource }) => (resource(policy)["file_system_id"] = "fs-0other"),
    ],
    [
      "file-system-policy",
      `${policy}.policy`,
      ({ resource }) => (resource(policy)["policy"] = JSON.stringify(openPolicy)),
    ],
    [
      "mount-target-per-zone",
      `${fileSystem}.`,
      ({ resource }) => (resource(mountTargets[1] ?? "")["file_system_id"] = "fs-0other"),
      {},
      `no mount target in ${subnetB}`,
    ],
    [
      "elastic-throughput",
      `${fileSystem}.throughput_mode`,
      ({ resource }) => (resource(fileSystem)["throughput_mode"] = "bursting"),
    ],
    [
      "file-system-encrypted",
      `${fileSystem}.encrypted`,
      ({ resource }) => (resource(fileSystem)["encrypted"] = false),
    ],
  ]);
});
