import { BackupPlan } from "@cdktf/provider-aws/lib/backup-plan/index.js";
import { BackupSelection } from "@cdktf/provider-aws/lib/backup-selection/index.js";
import { BackupVaultLockConfiguration } from "@cdktf/provider-aws/lib/backup-vault-lock-configuration/index.js";
import { BackupVault } from "@cdktf/provider-aws/lib/backup-vault/index.js";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role/index.js";
import { Construct } from "constructs";
import type { BackupConfig } from "../config/operation-schema.ts";
import type { Environment } from "../config/environment-schema.ts";
import { awsManagedPolicy, trustService } from "../aws/policy.ts";
import { preventDestroyIf } from "../aws/protection.ts";
import { tagsOf } from "../aws/terraform-settings.ts";

export interface BackupProps {
  readonly config: BackupConfig;
  readonly environment: Environment;
  /** Name of the plan and vault, and prefix of the role's name. */
  readonly name: string;
  readonly fileSystemArn: string;
}

/**
 * A backup vault and plan for the file system. `aws_efs_backup_policy` is not used: it would enable AWS's default
 * plan, with another retention.
 */
export class Backup extends Construct {
  readonly vaultName: string;
  /** Whether backups are copied to another vault. */
  readonly isCopied: boolean;

  constructor(scope: Construct, id: string, props: BackupProps) {
    super(scope, id);
    const { config, environment, name, fileSystemArn } = props;
    const vault = this.vault("vault", name, config, environment.protected);
    this.vaultName = name;
    const copy = config.copy || undefined;
    this.isCopied = copy !== undefined;
    const plan = new BackupPlan(this, "plan", {
      name,
      rule: [
        {
          ruleName: "scheduled",
          targetVaultName: vault.name,
          schedule: config.schedule,
          // Minutes, the minimum. A backup that cannot start by then fails with an event.
          startWindow: 60,
          lifecycle: { deleteAfter: config.retentionDays },
          ...(copy && {
            copyAction: [
              {
                destinationVaultArn: this.copyVaultArn(props, copy),
                lifecycle: { deleteAfter: copy.retentionDays },
              },
            ],
          }),
          // The provider's default tags do not apply to recovery points.
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

  /** The vault for copies: a new one in another region, or an existing one. */
  private copyVaultArn(
    { config, environment, name }: BackupProps,
    copy: Exclude<BackupConfig["copy"], false | undefined>,
  ): string {
    if ("vaultArn" in copy) return copy.vaultArn;
    const { kmsKeyArn, region } = copy;
    const made = { ...config, kmsKeyArn, region };
    return this.vault("copy_vault", `${name}-copies`, made, environment.protected).arn;
  }

  /** Creates a vault in `region`, or else in the provider's region. */
  private vault(
    id: string,
    name: string,
    { kmsKeyArn, region, lock }: Pick<BackupConfig, "kmsKeyArn" | "lock"> & { region?: string },
    isProtected: boolean,
  ): BackupVault {
    const place = region === undefined ? {} : { region };
    const vault = new BackupVault(this, id, {
      name,
      ...place,
      ...(kmsKeyArn !== undefined && { kmsKeyArn }),
      // Otherwise a vault with backups cannot be deleted.
      forceDestroy: !isProtected,
      ...preventDestroyIf(isProtected),
    });
    if (lock === undefined) return vault;
    const { mode, minRetentionDays, maxRetentionDays, coolingOffDays = 3 } = lock;
    new BackupVaultLockConfiguration(this, `${id}_lock`, {
      backupVaultName: vault.name,
      ...place,
      ...(minRetentionDays !== undefined && { minRetentionDays }),
      ...(maxRetentionDays !== undefined && { maxRetentionDays }),
      // This makes it a compliance lock. After these days no one can remove it.
      ...(mode === "compliance" && { changeableForDays: coolingOffDays }),
    });
    return vault;
  }

  /** The role may also restore, so that it exists when data is lost. */
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
