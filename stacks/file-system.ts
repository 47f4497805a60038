import { EfsAccessPoint } from "@cdktf/provider-aws/lib/efs-access-point/index.js";
import { EfsFileSystemPolicy } from "@cdktf/provider-aws/lib/efs-file-system-policy/index.js";
import { EfsFileSystem } from "@cdktf/provider-aws/lib/efs-file-system/index.js";
import { EfsMountTarget } from "@cdktf/provider-aws/lib/efs-mount-target/index.js";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group/index.js";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { ClusterParts } from "./cluster.ts";
import type { NetworkParts } from "./network.ts";
import { policyDocument, type Statement } from "./policy.ts";
import { keepIf } from "./protection.ts";

/** What a service needs to know of the folder its tasks mount. */
export interface SharedFolder {
  readonly fileSystemId: string;
  readonly accessPointId: string;
  /** What its tasks' role needs to mount and write it. */
  readonly access: Statement;
  /** What must exist before a task mounts it. */
  readonly mountable: readonly ITerraformDependable[];
}

export interface FileSystemProps {
  readonly name: string;
  readonly path: string;
  /** Numbers of the one user that owns the folder, whoever mounts it. */
  readonly owner: { readonly uid: number; readonly gid: number };
  readonly network: NetworkParts;
  readonly cluster: ClusterParts;
  readonly isProtected: boolean;
}

/** An encrypted EFS file system with one folder, reached through its access point alone. */
export class FileSystem extends Construct implements SharedFolder {
  readonly fileSystemId: string;
  readonly accessPointId: string;
  readonly access: Statement;
  readonly mountable: ITerraformDependable[];

  constructor(scope: Construct, id: string, props: FileSystemProps) {
    super(scope, id);
    const fileSystem = new EfsFileSystem(this, "file_system", {
      creationToken: props.name,
      encrypted: true,
      // Bursting credits run out while Redis rewrites its append-only file.
      throughputMode: "elastic",
      tags: { Name: props.name },
      ...keepIf(props.isProtected),
    });
    this.fileSystemId = fileSystem.id;
    const accessPoint = this.accessPoint(props);
    this.accessPointId = accessPoint.id;
    this.access = {
      Effect: "Allow",
      Action: ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
      Resource: fileSystem.arn,
      Condition: {
        StringEquals: { "elasticfilesystem:AccessPointArn": accessPoint.arn },
        Bool: { "aws:SecureTransport": "true" },
      },
    };
    this.mountable = this.mountTargets(props);
  }

  /**
   * Lets nobody mount but `role`, and only through the access point and with TLS: EFS' default lets
   * in whoever reaches a mount target.
   */
  allowOnly(roleArn: string): void {
    const policy = new EfsFileSystemPolicy(this, "policy", {
      fileSystemId: this.fileSystemId,
      policy: policyDocument(
        { ...this.access, Principal: { AWS: roleArn } },
        {
          Effect: "Deny",
          Action: "*",
          Principal: { AWS: "*" },
          Resource: this.access.Resource ?? "*",
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ),
    });
    this.mountable.push(policy);
  }

  private accessPoint({ path, owner, name, isProtected }: FileSystemProps) {
    return new EfsAccessPoint(this, "access_point", {
      fileSystemId: this.fileSystemId,
      posixUser: owner,
      rootDirectory: {
        path,
        creationInfo: { ownerUid: owner.uid, ownerGid: owner.gid, permissions: "0700" },
      },
      tags: { Name: name },
      ...keepIf(isProtected),
    });
  }

  /** One in every zone: a host mounts through its own zone's. */
  private mountTargets({ name, network, cluster }: FileSystemProps): ITerraformDependable[] {
    const group = new SecurityGroup(this, "security_group", {
      name: `${name}-efs`,
      description: "EFS mount targets",
      vpcId: network.vpcId,
      tags: { Name: `${name}-efs` },
    });
    // The host mounts the volume, not the container.
    const rules = cluster.securityGroupIds.map(
      (hosts, index) =>
        new VpcSecurityGroupIngressRule(this, `from_hosts_${index}`, {
          securityGroupId: group.id,
          description: "NFS from the ECS hosts",
          ipProtocol: "tcp",
          fromPort: 2049,
          toPort: 2049,
          referencedSecurityGroupId: hosts,
        }),
    );
    const targets = network.privateSubnetIds.map(
      (subnetId, index) =>
        new EfsMountTarget(this, `mount_target_${index}`, {
          fileSystemId: this.fileSystemId,
          subnetId,
          securityGroups: [group.id],
        }),
    );
    return [...rules, ...targets];
  }
}
