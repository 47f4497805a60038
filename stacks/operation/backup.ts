import { BackupPlan } from "@cdktf/provider-aws/lib/backup-plan/index.js";
import { BackupSelection } from "@cdktf/provider-aws/lib/backup-selection/index.js";
import { BackupVault } from "@cdktf/provider-aws/lib/backup-vault/index.js";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import { Construct } from "constructs";
import { type BackupConfig, defaultBackup } from "../config/operation-schema.ts";
import { defaultFileSystem } from "../config/file-system-schema.ts";
import type { Environment } from "../config/environment-schema.ts";
import { awsManagedPolicy, trustService } from "../aws/policy.ts";
import { keepIf } from "../aws/protection.ts";
import { serviceOf } from "../config/redis-kinds.ts";
import { tagsOf } from "../aws/terraform-settings.ts";

/** The backups of an environment: as configured, or else of a created file system if protected. */
export function backupOf(environment: Environment): BackupConfig | undefined {
  const { backup, fileSystem = defaultFileSystem, protected: isProtected } = environment;
  if (serviceOf(environment) === undefined) return undefined;
  if (backup === undefined) return isProtected && !("id" in fileSystem) ? defaultBackup : undefined;
  return backup === false ? undefined : backup;
}

export interface BackupProps {
  readonly config: BackupConfig;
  readonly environment: Environment;
  /** Name of the plan, its vault and role. */
  readonly name: string;
  readonly fileSystemArn: string;
}

/**
 * A vault and a plan for the file system. `aws_efs_backup_policy` is not used: it would switch on a
 * second plan, AWS's own, with another retention.
 */
export class Backup extends Construct {
  readonly vaultName: string;

  constructor(
    scope: Construct,
    id: string,
    { config, environment, name, fileSystemArn }: BackupProps,
  ) {
    super(scope, id);
    const vault = new BackupVault(this, "vault", {
      name,
      ...(config.kmsKeyArn !== undefined && { kmsKeyArn: config.kmsKeyArn }),
      // A vault with backups cannot be deleted otherwise.
      forceDestroy: !environment.protected,
      ...keepIf(environment.protected),
    });
    this.vaultName = name;
    const plan = new BackupPlan(this, "plan", {
      name,
      rule: [
        {
          ruleName: "scheduled",
          targetVaultName: vault.name,
          schedule: config.schedule,
          // Minutes, the minimum: a backup that cannot start by then fails with an event.
          startWindow: 60,
          lifecycle: { deleteAfter: config.retentionDays },
          // The provider's default tags do not reach what a plan creates.
          recoveryPointTags: tagsOf(environment),
        },
      ],
    });
    const { role, rights } = this.role(name, environment.region);
    new BackupSelection(this, "selection", {
      name,
      planId: plan.id,
      iamRoleArn: role.arn,
      resources: [fileSystemArn],
      dependsOn: rights,
    });
  }

  /** It can restore as well, so that the role exists when data is lost. */
  private role(name: string, region: string) {
    const role = new IamRole(this, "role", {
      name: `${name}-backup`,
      assumeRolePolicy: trustService("backup.amazonaws.com"),
    });
    const rights = ["ForBackup", "ForRestores"].map(
      (purpose) =>
        new IamRolePolicyAttachment(
          this,
          `role_${purpose === "ForBackup" ? "backup" : "restore"}`,
          {
            role: role.name,
            policyArn: awsManagedPolicy(
              region,
              `service-role/AWSBackupServiceRolePolicy${purpose}`,
            ),
          },
        ),
    );
    return { role, rights };
  }
}
