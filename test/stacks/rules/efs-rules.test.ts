import { describe } from "vitest";
import { efsRules } from "../../../stacks/rules/efs-rules.ts";
import { type Break, type Draft, testBreaks, testKept } from "../support/broken.ts";
import { existingParts } from "../support/template.ts";

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

interface Statement {
  Effect: string;
  Condition?: Record<string, object>;
}

/** Changes the two statements of the file system's policy. */
const inPolicy =
  (change: (redis: Statement, plain: Statement, all: Statement[]) => void) =>
  ({ resource }: Draft): void => {
    const document = JSON.parse(String(resource(policy)["policy"])) as { Statement: Statement[] };
    const [redis, plain, ...more] = document.Statement;
    if (redis === undefined || plain === undefined || more.length > 0) throw new Error("not two");
    change(redis, plain, document.Statement);
    resource(policy)["policy"] = JSON.stringify(document);
  };

const mountTargets = [0, 1].map((index) => `aws_efs_mount_target.storage_mount_target_${index}`);
const fromHosts = "aws_vpc_security_group_ingress_rule.storage_from_hosts_0";
const closed = mountTargets.map((target) => `${target}.security_groups`);
const [subnetA, subnetB] = ["a", "b"].map((zone) => `\${aws_subnet.network_private_${zone}.id}`);

const { cluster, network } = existingParts;

describe("the rules of EFS", () => {
  testBreaks(efsRules, [
    [
      "access-point-tls",
      `${task}.volume.0.efs_volume_configuration`,
      (draft) => Object.assign(efsOf(draft), { transit_encryption: "DISABLED" }),
    ],
    [
      "access-point-tls",
      `${task}.volume.0.efs_volume_configuration`,
      (draft) => Object.assign(efsOf(draft), { root_directory: "/redis" }),
    ],
    ...[{ iam: "ENABLED" }, { access_point_id: "fsap-0123", iam: "DISABLED" }].map(
      (authorization_config): Break => [
        "access-point-tls",
        `${task}.volume.0.efs_volume_configuration`,
        (draft) => Object.assign(efsOf(draft), { authorization_config }),
      ],
    ),
    [
      "access-point-tls",
      `${task}.volume.0.efs_volume_configuration`,
      ({ resource }) => Reflect.deleteProperty(resource(task), "task_role_arn"),
    ],
    ...[
      { from_port: 2048, to_port: 2048 },
      { ip_protocol: "udp" },
      { referenced_security_group_id: "sg-0other" },
    ].map((changes): Break => [
      "nfs-open-to-hosts",
      closed,
      ({ resource }) => Object.assign(resource(fromHosts), changes),
    ]),
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
    ...[
      inPolicy((_, plain) => delete plain.Condition),
      inPolicy((redis, plain) => {
        plain.Effect = "Allow";
        Object.assign(plain.Condition ?? {}, { StringEquals: redis.Condition?.["StringEquals"] });
      }),
      inPolicy((redis) => delete redis.Condition),
      inPolicy((_redis, _plain, all) => all.push({ ...openPolicy.Statement[0], Effect: "Allow" })),
    ].map((change): Break => ["file-system-policy", `${policy}.policy`, change]),
    [
      "mount-target-per-zone",
      `${fileSystem}.`,
      ({ resource }) => (resource(mountTargets[1] ?? "")["file_system_id"] = "fs-0other"),
      {},
      `no mount target in ${subnetB}`,
    ],
    [
      "mount-target-per-zone",
      `${fileSystem}.`,
      ({ resource }) => {
        for (const target of mountTargets) resource(target)["subnet_id"] = "subnet-0other";
      },
      {},
      `no mount target in ${subnetA}, ${subnetB}`,
    ],
    [
      "mount-target-per-zone",
      `${fileSystem}.`,
      ({ resource }) => {
        const [target, other] = [0, 1].map((index) =>
          resource(`aws_efs_mount_target.storage_mount_target_${index}`),
        );
        Object.assign(other ?? {}, { subnet_id: target?.["subnet_id"] });
      },
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

  testKept([
    [
      "a volume that is not on EFS",
      ({ resource }) => (resource(task)["volume"] as object[]).push({ name: "scratch" }),
    ],
    [
      "a port range that includes NFS",
      ({ resource }) => Object.assign(resource(fromHosts), { from_port: 2000, to_port: 3000 }),
    ],
    [
      "all protocols from the hosts",
      ({ resource }) => {
        const ports = { from_port: undefined, to_port: undefined };
        Object.assign(resource(fromHosts), { ip_protocol: "-1", ...ports });
      },
    ],
    ["existing hosts", () => {}, { cluster, network }],
  ]);
});
