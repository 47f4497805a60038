import { fieldOf, finding, type Rule } from "./rule.ts";
import { hostGroupsOf, ingressInto, isFrom, opensSome } from "./security-groups.ts";
import { tasksOf } from "./tasks.ts";
import { at, blocks, type Resource, statements, texts } from "./template.ts";

const accessPointTls: Rule = {
  id: "access-point-tls",
  title: "A volume with an access point is mounted with TLS and IAM, at the access point's root",
  source:
    "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EFSVolumeConfiguration.html",
  remedy:
    "transit_encryption ENABLED, authorization_config with access_point_id and iam ENABLED, a task_role_arn, and no root_directory except /",
  *check(template) {
    for (const { definition } of tasksOf(template)) {
      for (const [index, volume] of blocks(definition.body["volume"]).entries()) {
        const efs = at(volume, "efs_volume_configuration");
        if (efs !== undefined && !isSafe(efs, definition)) {
          yield finding(definition, `volume.${index}.efs_volume_configuration`, efs);
        }
      }
    }
  },
};

function isSafe(efs: unknown, { body }: Resource): boolean {
  const root = at(efs, "root_directory") ?? "/";
  return (
    at(efs, "transit_encryption") === "ENABLED" &&
    at(efs, "authorization_config.access_point_id") !== undefined &&
    at(efs, "authorization_config.iam") === "ENABLED" &&
    body["task_role_arn"] !== undefined &&
    root === "/"
  );
}

const nfsOpen: Rule = {
  id: "nfs-open-to-hosts",
  title:
    "The hosts can reach the mount targets, because the host mounts the volume, not the container",
  source: "https://docs.aws.amazon.com/efs/latest/ug/network-access.html",
  remedy: "an ingress rule of the mount targets' security group for TCP 2049 from the hosts' group",
  *check(template) {
    const hosts = hostGroupsOf(template);
    if (hosts.length === 0) return;
    for (const target of template.all("aws_efs_mount_target")) {
      const rules = ingressInto(template, texts(target.body["security_groups"]));
      if (!rules.some((rule) => opensSome(rule, 2049) && isFrom(rule, hosts))) {
        yield finding(target, "security_groups");
      }
    }
  },
};

const ownPolicy: Rule = {
  id: "file-system-policy",
  title:
    "A file system has a policy: without one, EFS allows every client that reaches a mount target",
  source: "https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html",
  remedy:
    "an aws_efs_file_system_policy that denies aws:SecureTransport false and allows access only through an access point (elasticfilesystem:AccessPointArn)",
  *check(template) {
    for (const fileSystem of template.all("aws_efs_file_system")) {
      const policy = template
        .all("aws_efs_file_system_policy")
        .find(({ body }) => template.find(body["file_system_id"]) === fileSystem);
      const list = statements(policy?.body["policy"]);
      const deniesPlain = list.some(
        (each) =>
          each["Effect"] === "Deny" &&
          String(at(each, "Condition.Bool.aws:SecureTransport")) === "false",
      );
      const allows = list.filter((each) => each["Effect"] === "Allow");
      const isNarrow = allows.every(
        (each) => at(each, "Condition.StringEquals.elasticfilesystem:AccessPointArn") !== undefined,
      );
      if (!deniesPlain || !isNarrow) yield finding(policy ?? fileSystem, "policy");
    }
  },
};

const mountTargetPerZone: Rule = {
  id: "mount-target-per-zone",
  title: "Every subnet that can run a task with the volume has a mount target",
  source: "https://docs.aws.amazon.com/efs/latest/ug/accessing-fs.html",
  remedy: "one aws_efs_mount_target for each subnet of the hosts' vpc_zone_identifier",
  *check(template) {
    const groups = template.all("aws_autoscaling_group");
    for (const fileSystem of template.all("aws_efs_file_system")) {
      const subnets = template
        .all("aws_efs_mount_target")
        .filter(({ body }) => template.find(body["file_system_id"]) === fileSystem)
        .map(({ body }) => body["subnet_id"]);
      for (const { body } of groups) {
        const bare = texts(body["vpc_zone_identifier"]).filter((each) => !subnets.includes(each));
        if (bare.length > 0) yield finding(fileSystem, "", `no mount target in ${bare.join(", ")}`);
      }
    }
  },
};

const elastic: Rule = {
  id: "elastic-throughput",
  title:
    "Throughput is elastic, because burst credits would run out while Redis rewrites its append-only file",
  source: "https://docs.aws.amazon.com/efs/latest/ug/performance.html",
  remedy: "throughput_mode elastic",
  check: fieldOf("aws_efs_file_system", "throughput_mode", (mode) => mode === "elastic"),
};

const encrypted: Rule = {
  id: "file-system-encrypted",
  title: "A file system is encrypted. Encryption cannot be turned on later",
  source: "https://docs.aws.amazon.com/efs/latest/ug/encryption-at-rest.html",
  remedy: "encrypted = true",
  check: fieldOf("aws_efs_file_system", "encrypted", (value) => value === true),
};

/** EFS: access, mount targets, throughput and encryption. */
export const efsRules: readonly Rule[] = [
  accessPointTls,
  nfsOpen,
  ownPolicy,
  mountTargetPerZone,
  elastic,
  encrypted,
];
