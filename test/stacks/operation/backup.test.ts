import { describe, expect, it } from "vitest";
import type { EnvironmentInput } from "../../../stacks/config/environment-schema.ts";
import { backupCopy } from "../../../stacks/config/backups.ts";
import { refusedLines } from "../support/refusal.ts";
import {
  all,
  container,
  devWith,
  existingParts,
  one,
  restoredFileSystem,
} from "../support/template.ts";

/** The command in the outputs that copies Redis' data. */
function copyCommand(changes: Partial<EnvironmentInput>): string | undefined {
  const { output } = devWith(changes).json as { output?: Record<string, { value: string }> };
  return output?.["redis_copy"]?.value;
}

describe("backups", () => {
  it("can be configured, protected or not", () => {
    expect(all(devWith({ protected: true, backup: false }), "aws_backup_plan")).toEqual([]);
    expect(all(devWith({ protected: false, backup: {} }), "aws_backup_plan")).toHaveLength(1);
  });

  it("are off by default for an existing file system", () => {
    const { network, fileSystem } = existingParts;
    expect(all(devWith({ protected: true, network, fileSystem }), "aws_backup_plan")).toEqual([]);
    const wished = devWith({ network, fileSystem, backup: {} });
    expect(one(wished, "aws_backup_selection")["resources"]).toEqual([
      "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-0123",
    ]);
  });

  it("keep the same vault after a restored file system replaced the created one", () => {
    const created = devWith({ protected: true });
    const restored = devWith({ protected: true, fileSystem: restoredFileSystem });
    for (const type of ["aws_backup_vault", "aws_backup_plan"]) {
      expect([type, all(restored, type)]).toEqual([type, all(created, type)]);
    }
    expect(one(restored, "aws_backup_selection")["resources"]).toEqual([
      "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-0123",
    ]);
    const unprotected = devWith({ fileSystem: restoredFileSystem });
    expect(all(unprotected, "aws_backup_plan")).toEqual([]);
  });

  it("have the configured schedule and retention, and include only the file system", () => {
    const template = devWith({
      backup: { retentionDays: 90, schedule: "cron(30 4 ? * MON-FRI *)" },
      tags: { Team: "games" },
    });
    expect(one(template, "aws_backup_plan")["rule"]).toEqual([
      {
        rule_name: "scheduled",
        target_vault_name: "${aws_backup_vault.operation_backup_vault.name}",
        schedule: "cron(30 4 ? * MON-FRI *)",
        start_window: 60,
        lifecycle: { delete_after: 90 },
        recovery_point_tags: { Team: "games", Environment: "dev", ManagedBy: "terraform" },
      },
    ]);
    expect(one(template, "aws_backup_selection")).toMatchObject({
      resources: [
        "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/${aws_efs_file_system.storage_efs.id}",
      ],
      iam_role_arn: "${aws_iam_role.operation_backup_role.arn}",
    });
  });

  it("are copied to a new vault in another region", () => {
    const template = devWith({
      backup: {
        copy: { region: "eu-central-1", retentionDays: 90 },
        lock: { minRetentionDays: 7 },
      },
    });
    expect(one(template, "aws_backup_vault", "operation_backup_copy_vault")).toMatchObject({
      name: "dev-redis-copies",
      region: "eu-central-1",
      force_destroy: true,
    });
    const [rule] = one(template, "aws_backup_plan")["rule"] as { copy_action: unknown }[];
    expect(rule?.copy_action).toEqual([
      {
        destination_vault_arn: "${aws_backup_vault.operation_backup_copy_vault.arn}",
        lifecycle: { delete_after: 90 },
      },
    ]);
    // Both vaults have a governance lock, without changeable_for_days.
    const locks = all(template, "aws_backup_vault_lock_configuration").map(([, lock]) => lock);
    expect(locks.some((lock) => "changeable_for_days" in lock)).toBe(false);
    expect(locks).toMatchObject([
      {
        backup_vault_name: "${aws_backup_vault.operation_backup_copy_vault.name}",
        min_retention_days: 7,
        region: "eu-central-1",
      },
      {
        backup_vault_name: "${aws_backup_vault.operation_backup_vault.name}",
        min_retention_days: 7,
      },
    ]);
  });

  it("are copied to an existing vault in another account", () => {
    const vaultArn = "arn:aws:backup:eu-central-1:999999999999:backup-vault:copies";
    const template = devWith({ backup: { copy: { vaultArn } } });
    const [rule] = one(template, "aws_backup_plan")["rule"] as { copy_action: unknown }[];
    expect(rule?.copy_action).toEqual([
      { destination_vault_arn: vaultArn, lifecycle: { delete_after: 35 } },
    ]);
    expect(all(template, "aws_backup_vault")).toHaveLength(1);
    expect(all(template, "aws_backup_vault_lock_configuration")).toEqual([]);
  });

  it("can have a compliance lock, after three days", () => {
    const locked = devWith({ protected: true, backup: { lock: { mode: "compliance" } } });
    expect(one(locked, "aws_backup_vault_lock_configuration")).toMatchObject({
      backup_vault_name: "${aws_backup_vault.operation_backup_vault.name}",
      changeable_for_days: 3,
    });
  });

  it("are encrypted with the configured key", () => {
    const kmsKeyArn = "arn:aws:kms:eu-west-1:123456789012:key/0a1b";
    const template = devWith({ backup: { kmsKeyArn } });
    expect(one(template, "aws_backup_vault")["kms_key_arn"]).toBe(kmsKeyArn);
  });

  it("have an output with the command that makes a copy, on any cluster", () => {
    const task = "aws ecs run-task --region eu-west-1 --cluster";
    expect(copyCommand({ backup: {} })).toBe(
      `${task} dev --task-definition dev-copy-redis --capacity-provider-strategy capacityProvider=` +
        "${aws_ecs_capacity_provider.cluster_capacity_provider.name},weight=1",
    );
    const { network, cluster } = existingParts;
    expect(copyCommand({ backup: {}, network, cluster })).toBe(
      `${task} games --task-definition dev-copy-redis --launch-type EC2`,
    );
    expect(copyCommand({})).toBeUndefined();
  });

  it("have a copy task that uses Redis' image mirror", () => {
    const imageMirror = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/ecr-public";
    const template = devWith({ redis: { imageMirror }, backup: {} });
    const images = [
      container(template, "redis"),
      container(template, "operation_backup_copy", backupCopy),
    ].map(({ image: of }) => of);
    const image = `${imageMirror}/docker/library/redis:8.0.4`;
    expect(images).toEqual([image, image]);
  });

  it("report if the copy fails or does not start", () => {
    const alarms = { emails: ["oncall@example.com"] };
    const template = devWith({ alarms, backup: {} });
    const rule = one(template, "aws_cloudwatch_event_rule", "operation_alarms_backup_copy_failed");
    expect(JSON.parse(String(rule["event_pattern"]))).toMatchObject({
      detail: { group: ["family:dev-copy-redis"] },
    });
    const [queue] = all(template, "aws_sqs_queue");
    expect(queue).toMatchObject([
      "operation_dead_letters_queue",
      { name: "dev-tasks-not-started" },
    ]);
    const ids = all(template, "aws_cloudwatch_metric_alarm").map(([id]) => id);
    expect(ids).toContain("operation_alarms_tasks_not_started");
    const tasks = { clean: { command: ["node", "clean.js"], schedule: "rate(1 day)" } };
    expect(all(devWith({ alarms, backup: {}, tasks }), "aws_sqs_queue")).toHaveLength(1);
  });

  it.each([
    [{ retentionDays: 0 }, "dev.backup.retentionDays:"],
    [{ schedule: "daily" }, "dev.backup.schedule:"],
    [{ schedule: "cron(0 3 * * * *)" }, "dev.backup.schedule: got"],
    [{ schedule: "rate(1 day)" }, "dev.backup.schedule: got"],
    [{ kmsKeyArn: "alias/backup" }, "dev.backup.kmsKeyArn: got"],
    [true, "dev.backup:"],
    [{ keep: 3 }, "dev.backup.keep:"],
  ])("are refused as %j", (backup, line) => {
    expect(refusedLines({ backup })).toEqual([expect.stringContaining(line)]);
  });
});
