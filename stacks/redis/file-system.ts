import { EfsAccessPoint } from "@cdktf/provider-aws/lib/efs-access-point/index.js";
import { EfsFileSystemPolicy } from "@cdktf/provider-aws/lib/efs-file-system-policy/index.js";
import { EfsFileSystem } from "@cdktf/provider-aws/lib/efs-file-system/index.js";
import { EfsMountTarget } from "@cdktf/provider-aws/lib/efs-mount-target/index.js";
import { EfsReplicationConfiguration } from "@cdktf/provider-aws/lib/efs-replication-configuration/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { ClusterParts } from "../cluster/cluster.ts";
import { createsFolder, type FileSystemConfig, isRestored } from "../config/file-system-schema.ts";
import type { Environment } from "../config/environment-schema.ts";
import type { NetworkParts } from "../network/network.ts";
import { allowIngress, onePort, securityGroup } from "../network/security-group.ts";
import { arn, resourcePolicy, type Statement } from "../aws/policy.ts";
import { listedParts } from "../aws/listed-parts.ts";
import { preventDestroyIf } from "../aws/protection.ts";

export interface FileSystemProps {
  readonly config: FileSystemConfig;
  readonly settings: Pick<Environment, "account" | "region" | "protected">;
  /** Name of the new resources. */
  readonly name: string;
  /** Owner of the folder. All file operations through the mount use this user and group. */
  readonly owner: { readonly uid: number; readonly gid: number };
  readonly network: NetworkParts;
  readonly cluster: ClusterParts;
}

/** A folder on a new or existing EFS file system, with an access point. */
export class FileSystem extends Construct {
  readonly fileSystemId: string;
  readonly fileSystemArn: string;
  readonly accessPointId: string;
  /** Statement that allows a task's role to mount and write the folder. */
  readonly access: Statement;
  /** Resources that must exist before a task mounts it. */
  readonly dependencies: readonly ITerraformDependable[];
  readonly isCreated: boolean;
  /** Id of the file system policy. Undefined if the file system's owner manages the policy. */
  private readonly policyId: string | undefined;

  constructor(scope: Construct, id: string, props: FileSystemProps) {
    super(scope, id);
    const { config: fileSystem } = props;
    const { account, region } = props.settings;
    if ("id" in fileSystem) {
      this.isCreated = false;
      this.fileSystemId = fileSystem.id;
      // Not "policy": forget-data.ts removes the old file system's policy from the state by this address.
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
   * Allows a role to mount, through the access point and with TLS. By default, EFS allows every client that reaches a
   * mount target; with a policy, only roles that it allows or that an IAM policy of theirs allows. The owner of an
   * existing file system manages its policy, unless it is a restored one.
   *
   * @returns resources that must exist before a task mounts the folder
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
      // Without a fixed `creationToken`: EFS would refuse a second file system with it, and if the key changes in an
      // environment that is not protected, the new one is created first.
      encrypted: true,
      ...(kmsKeyId !== undefined && { kmsKeyId }),
      // In bursting mode, the credits would run out while Redis rewrites its append-only file.
      throughputMode: "elastic",
      tags: { Name: name },
      ...preventDestroyIf(settings.protected),
    });
    if ("replica" in config && config.replica !== undefined) {
      const { region, kmsKeyArn } = config.replica;
      new EfsReplicationConfiguration(this, "replica", {
        sourceFileSystemId: fileSystem.id,
        // EFS creates the destination file system. It is read-only while it is a replica.
        destination: { region, ...(kmsKeyArn !== undefined && { kmsKeyId: kmsKeyArn }) },
      });
    }
    return fileSystem;
  }

  /**
   * An access point contains no data, but one that creates its folder would give Redis an empty one at another path, so it
   * is protected. Others may be replaced: with a wrong path, the mount fails.
   */
  private accessPoint({ config, settings, owner, name }: FileSystemProps): EfsAccessPoint {
    const makesFolder = createsFolder(config);
    const creationInfo = { ownerUid: owner.uid, ownerGid: owner.gid, permissions: "0700" };
    return new EfsAccessPoint(this, "access_point", {
      fileSystemId: this.fileSystemId,
      posixUser: owner,
      rootDirectory: { path: config.path, ...(makesFolder && { creationInfo }) },
      tags: { Name: name },
      ...preventDestroyIf(settings.protected && makesFolder),
    });
  }

  /** One mount target in each zone. A host uses the one in its zone. */
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
   * Existing hosts can already reach an existing file system, and AWS refuses a duplicate rule. They cannot reach
   * a restored one yet.
   */
  private openToHosts(groupId: string, { cluster, config }: FileSystemProps) {
    return cluster.isCreated || isRestored(config) ? this.allowHosts(groupId, cluster) : [];
  }

  /** Allows the hosts to connect, because the host mounts the volume, not the container. */
  private allowHosts(groupId: string, cluster: ClusterParts): ITerraformDependable[] {
    return listedParts({
      id: (hosts) => `from_hosts_${hosts}`,
      values: cluster.securityGroupIds,
      make: (id, hosts) =>
        allowIngress(this, id, {
          description: "NFS from the ECS hosts",
          client: hosts,
          server: groupId,
          ports: onePort(2049),
        }),
    });
  }
}
