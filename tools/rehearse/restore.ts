import type { Answer } from "./programs.ts";
import type { Site } from "./site.ts";

/** Minutes for a job of AWS Backup. */
const JOB = 90;

const isCompleted = ({ State, Status }: Answer): boolean => (State ?? Status) === "COMPLETED";

const areAvailable = ({ MountTargets }: Answer): boolean =>
  MountTargets.every(({ LifeCycleState }: Answer) => LifeCycleState === "available");

/** Deletes a key and restores it, with the commands of "Restore into the environment" in docs/operations.md. */
export async function backupRestored(site: Site): Promise<string> {
  const { programs, deployment, environment } = site;
  const { name, account, region } = environment;
  await site.run((client) => [`${client} set rehearsal:key kept`]);
  await site.ended(await programs.shell(await deployment.output("redis_copy")));
  const { FileSystems } = await programs.aws("efs describe-file-systems");
  const old = FileSystems.find((each: Answer) => each.Name === `${name}-redis`).FileSystemId;
  const role = `--iam-role-arn arn:aws:iam::${account}:role/${name}-redis-backup`;
  const source = `--resource-arn arn:aws:elasticfilesystem:${region}:${account}:file-system/${old}`;
  const { BackupJobId } = await programs.aws(
    `backup start-backup-job --backup-vault-name ${name}-redis ${source} ${role}`,
  );
  const backup = `backup describe-backup-job --backup-job-id ${BackupJobId}`;
  const { RecoveryPointArn } = await programs.until(backup, isCompleted, JOB);
  await site.run((client) => [`${client} del rehearsal:key`]);

  await deployment.deploy({ stopped: true });
  const metadata = JSON.stringify({
    "file-system-id": old,
    newFileSystem: "true",
    Encrypted: "true",
    CreationToken: `rehearsal-${Date.now()}`,
    PerformanceMode: "generalPurpose",
    KmsKeyId: "alias/aws/elasticfilesystem",
  });
  const { RestoreJobId } = await programs.aws(
    `backup start-restore-job --recovery-point-arn ${RecoveryPointArn} ${role} --metadata ${metadata}`,
  );
  const restore = `backup describe-restore-job --restore-job-id ${RestoreJobId}`;
  const { CreatedResourceArn } = await programs.until(restore, isCompleted, JOB);
  const id = String(CreatedResourceArn.split("/").at(-1));
  site.removals.last.push(`efs delete-file-system --file-system-id ${id}`);
  await programs.aws(`efs update-file-system --file-system-id ${id} --throughput-mode elastic`);
  const securityGroupId = await reachable(site, id);
  await copyMoved(site, id, securityGroupId);
  const fileSystem = { id, securityGroupId, path: "/redis", restored: true };
  await deployment.deploy({ stopped: false }, { fileSystem });
  await site.steady();
  await site.run((client) => [`test "$(${client} get rehearsal:key)" = kept`]);
  return "a deleted key is back";
}

/** Gives the file system a mount target in each private subnet. @returns their security group */
async function reachable(site: Site, id: string): Promise<string> {
  const { programs, environment } = site;
  const { Subnets } = await programs.aws(
    `ec2 describe-subnets --filters Name=tag:Name,Values=${environment.name}-private-*`,
  );
  const { GroupId } = await programs.aws(
    `ec2 create-security-group --group-name ${environment.name}-redis-restored --description rehearsal --vpc-id ${Subnets[0].VpcId}`,
  );
  site.removals.first.push(`ec2 delete-security-group --group-id ${GroupId}`);
  for (const { SubnetId } of Subnets) {
    const { MountTargetId } = await programs.aws(
      `efs create-mount-target --file-system-id ${id} --subnet-id ${SubnetId} --security-groups ${GroupId}`,
    );
    site.removals.first.push(`efs delete-mount-target --mount-target-id ${MountTargetId}`);
  }
  // Redis ends before its file system is taken away.
  site.removals.first.push(
    site.ecs("wait services-stable", `--services ${site.names.redis}`),
    site.ecs("update-service", `--service ${site.names.redis} --desired-count 0`),
  );
  const describe = `efs describe-mount-targets --file-system-id ${id}`;
  await programs.until(describe, areAvailable);
  return GroupId;
}

/** Moves the newest copy to `/redis`, on a host that reaches the file system meanwhile. */
async function copyMoved(site: Site, id: string, group: string): Promise<void> {
  const { programs } = site;
  const { name, region } = site.environment;
  const { SecurityGroups } = await programs.aws(
    `ec2 describe-security-groups --filters Name=group-name,Values=${name}-hosts`,
  );
  const { Reservations } = await programs.aws(
    `ec2 describe-instances --filters Name=tag:Name,Values=${name}-host Name=instance-state-name,Values=running`,
  );
  const { InstanceId } = Reservations[0].Instances[0];
  const rule = `--group-id ${group} --protocol tcp --port 2049 --source-group ${SecurityGroups[0].GroupId}`;
  await programs.aws(`ec2 authorize-security-group-ingress ${rule}`);
  const commands = [
    "set -e",
    `mount -t nfs4 ${id}.efs.${region}.amazonaws.com:/ /mnt`,
    'mv "$(find /mnt -name "backup-*" -prune | sort | tail -n 1)" /mnt/redis',
    "umount /mnt",
  ];
  const { Command } = await programs.aws(
    `ssm send-command --document-name AWS-RunShellScript --instance-ids ${InstanceId} --parameters`,
    JSON.stringify({ commands }),
  );
  const sent = `ssm get-command-invocation --command-id ${Command.CommandId} --instance-id ${InstanceId}`;
  await programs.until(sent, ({ Status }) => Status === "Success");
  await programs.aws(`ec2 revoke-security-group-ingress ${rule}`);
}
