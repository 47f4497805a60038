import { EfsAccessPoint } from "@cdktf/provider-aws/lib/efs-access-point/index.js";
import { EfsFileSystemPolicy } from "@cdktf/provider-aws/lib/efs-file-system-policy/index.js";
import { EfsFileSystem } from "@cdktf/provider-aws/lib/efs-file-system/index.js";
import { EfsMountTarget } from "@cdktf/provider-aws/lib/efs-mount-target/index.js";
import { EfsReplicationConfiguration } from "@cdktf/provider-aws/lib/efs-replication-configuration/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { ClusterParts } from "../cluster/cluster.ts";
import { type FileSystemConfig, isRestored } from "../config/file-system-schema.ts";
import type { Environment } from "../config/environment-schema.ts";
import type { NetworkParts } from "../network/network.ts";
import { letIn, onePort, securityGroup } from "../network/security-group.ts";
import { arn, resourcePolicy, type Statement } from "../aws/policy.ts";
import { listedParts } from "../aws/listed-parts.ts";
import { keepIf } from "../aws/protection.ts";

export interface FileSystemProps {
  readonly config: FileSystemConfig;
  readonly settings: Pick<Environment, "account" | "region" | "protected">;
  /** Name of what is created. */
  readonly name: string;
  /** User and group that own the folder, and that every mount acts as. */
  readonly owner: { readonly uid: number; readonly gid: number };
  readonly network: NetworkParts;
  readonly cluster: ClusterParts;
}

/** A folder of an EFS file system, created or existing, behind an access point. */
export class FileSystem extends Construct {
  readonly fileSystemId: string;
  readonly fileSystemArn: string;
  readonly accessPointId: string;
  /** Lets a task's role mount and write the folder. */
  readonly access: Statement;
  /** What must exist before a task mounts it. */
  readonly dependencies: readonly ITerraformDependable[];
  readonly isCreated: boolean;
  /** Of its policy. @default undefined: it has its owner's */
  private readonly policyId: string | undefined;

  constructor(scope: Construct, id: string, props: FileSystemProps) {
    super(scope, id);
    const { config: fileSystem } = props;
    const { account, region } = props.settings;
    if ("id" in fileSystem) {
      this.isCreated = false;
      this.fileSystemId = fileSystem.id;
      // Terraform forgets the policy of the one before by its address.
      this.policyId = fileSystem.restored ? "restored_policy" : undefined;
      this.dependencies = this.openToHosts(fileSystem.securityGroupId, props);
    } else {
      this.isCreated = true;
      this.fileSystemId = this.create(props).id;
      this.policyId = "policy";
      this.dependencies = this.mountTargets(props);
    }
    this.fileSystemArn = arn(
      "elasticfilesystem",
      region,
      account,
      `file-system/${this.fileSystemId}`,
    );
    const accessPoint = this.accessPoint(props);
    this.accessPointId = accessPoint.id;
    this.access = {
      Effect: "Allow",
      Action: ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
      Resource: this.fileSystemArn,
      Condition: {
        StringEquals: { "elasticfilesystem:AccessPointArn": accessPoint.arn },
        Bool: { "aws:SecureTransport": "true" },
      },
    };
  }

  /**
   * Lets only one role mount, through the access point and with TLS. EFS' default allows everyone who
   * reaches a mount target. The policy of an existing file system is its owner's, unless it was restored.
   *
   * @returns what must exist before a task mounts the folder
   */
  allowOnly(roleArn: string): ITerraformDependable[] {
    if (this.policyId === undefined) return [];
    const plaintext: Statement = {
      Effect: "Deny",
      Action: "*",
      Principal: { AWS: "*" },
      Resource: this.access.Resource,
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    };
    const policy = new EfsFileSystemPolicy(this, this.policyId, {
      fileSystemId: this.fileSystemId,
      policy: resourcePolicy("file-system", {
        RedisMounts: { ...this.access, Principal: { AWS: roleArn } },
        NoPlaintext: plaintext,
      }),
    });
    return [policy];
  }

  private create({ name, settings, config }: FileSystemProps): EfsFileSystem {
    const kmsKeyId = "kmsKeyArn" in config ? config.kmsKeyArn : undefined;
    const fileSystem = new EfsFileSystem(this, "efs", {
      creationToken: name,
      encrypted: true,
      ...(kmsKeyId !== undefined && { kmsKeyId }),
      // Bursting credits run out while Redis rewrites its append-only file.
      throughputMode: "elastic",
      tags: { Name: name },
      ...keepIf(settings.protected),
    });
    if ("replica" in config && config.replica !== undefined) {
      const { region, kmsKeyArn } = config.replica;
      new EfsReplicationConfiguration(this, "replica", {
        sourceFileSystemId: fileSystem.id,
        // EFS creates it, and only reads of it are allowed while it is a replica.
        destination: { region, ...(kmsKeyArn !== undefined && { kmsKeyId: kmsKeyArn }) },
      });
    }
    return fileSystem;
  }

  /**
   * It holds no data, but one with another path makes an empty folder for Redis. That of a restored file
   * system makes none: Redis does not start without the folder. So it may be replaced, as the one that
   * was there before must be.
   */
  private accessPoint({ config, settings, owner, name }: FileSystemProps): EfsAccessPoint {
    const makesFolder = !isRestored(config);
    const creationInfo = { ownerUid: owner.uid, ownerGid: owner.gid, permissions: "0700" };
    return new EfsAccessPoint(this, "access_point", {
      fileSystemId: this.fileSystemId,
      posixUser: owner,
      rootDirectory: { path: config.path, ...(makesFolder && { creationInfo }) },
      tags: { Name: name },
      ...keepIf(settings.protected && makesFolder),
    });
  }

  /** One in every zone: a host mounts through the one in its own zone. */
  private mountTargets(props: FileSystemProps): ITerraformDependable[] {
    const group = securityGroup(this, "security_group", {
      name: `${props.name}-efs`,
      description: "EFS mount targets",
      vpcId: props.network.vpcId,
    });
    const targets = listedParts({
      id: (subnet) => `mount_target_${subnet}`,
      values: props.network.privateSubnetIds,
      make: (id, subnetId) =>
        new EfsMountTarget(this, id, {
          fileSystemId: this.fileSystemId,
          subnetId,
          securityGroups: [group.id],
        }),
    });
    return [...this.allowHosts(group.id, props.cluster), ...targets];
  }

  /**
   * Existing hosts can reach an existing file system already, and a rule cannot exist twice. They cannot
   * reach one that was restored.
   */
  private openToHosts(groupId: string, { cluster, config }: FileSystemProps) {
    return cluster.isCreated || isRestored(config) ? this.allowHosts(groupId, cluster) : [];
  }

  /** The host mounts the volume, not the container. */
  private allowHosts(groupId: string, cluster: ClusterParts): ITerraformDependable[] {
    return listedParts({
      id: (hosts) => `from_hosts_${hosts}`,
      values: cluster.securityGroupIds,
      make: (id, hosts) =>
        letIn(this, id, {
          description: "NFS from the ECS hosts",
          client: hosts,
          server: groupId,
          ports: onePort(2049),
        }),
    });
  }
}
