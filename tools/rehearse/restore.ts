import type { EnvironmentInput } from "../../stacks/config/environment-schema.ts";
import type { Answer } from "./aws.ts";
import type { Site } from "./site.ts";

/** Minutes for a job of AWS Backup, and for what takes seconds. */
const JOB = 90;
const SOON = 10;

const isCompleted = ({ State, Status }: Answer): boolean => (State ?? Status) === "COMPLETED";

const stopped = (own: EnvironmentInput, is: boolean): EnvironmentInput =>
  ({ ...own, redis: { ...own.redis, stopped: is } }) as EnvironmentInput;

/** Deletes a key and restores it, with the commands of "Restore into the environment" in docs/operations.md. */
export async function backupRestored(site: Site): Promise<string> {
  const { aws, deployment, environment } = site.props;
  const { name, account, region } = environment;
  await site.run((client) => [`${client} set rehearsal:key kept`]);
  await site.ended(await aws.shell(await deployment.output("redis_copy")));
  const { FileSystems } = await aws.call("efs describe-file-systems");
  const old = FileSystems.find((each: Answer) => each.Name === `${name}-redis`).FileSystemId;
  const role = `--iam-role-arn arn:aws:iam::${account}:role/${name}-redis-backup`;
  const source = `--resource-arn arn:aws:elasticfilesystem:${region}:${account}:file-system/${old}`;
  const { BackupJobId } = await aws.call(
    `backup start-backup-job --backup-vault-name ${name}-redis ${source} ${role}`,
  );
  const backup = `backup describe-backup-job --backup-job-id ${BackupJobId}`;
  const { RecoveryPointArn } = await aws.until(backup, JOB, isCompleted);
  await site.run((client) => [`${client} del rehearsal:key`]);

  const start = performance.now();
  await deployment.deploy((own) => stopped(own, true));
  const metadata = JSON.stringify({
    "file-system-id": old,
    newFileSystem: "true",
    Encrypted: "true",
    CreationToken: `rehearsal-${Date.now()}`,
    PerformanceMode: "generalPurpose",
    KmsKeyId: "alias/aws/elasticfilesystem",
  });
  const point = `--recovery-point-arn ${RecoveryPointArn}`;
  const { RestoreJobId } = await aws.call(
    `backup start-restore-job ${point} ${role} --metadata ${metadata}`,
  );
  const restore = `backup describe-restore-job --restore-job-id ${RestoreJobId}`;
  const { CreatedResourceArn } = await aws.until(restore, JOB, isCompleted);
  const id = String(CreatedResourceArn.split("/").at(-1));
  site.removals.afterDestroy.push(`efs delete-file-system --file-system-id ${id}`);
  await aws.call(`efs update-file-system --file-system-id ${id} --throughput-mode elastic`);
  const securityGroupId = await reachable(site, id);
  await copyMoved(site, id, securityGroupId);
  await deployment.deploy((own) => ({
    ...stopped(own, false),
    fileSystem: { id, securityGroupId, path: "/redis", restored: true },
  }));
  await site.steady();
  const minutes = Math.round((performance.now() - start) / 60_000);
  await site.run((client) => [`test "$(${client} get rehearsal:key)" = kept`]);
  return `a deleted key is back, ${minutes} minutes after Redis was stopped`;
}

/** Gives the file system a mount target in each private subnet. @returns their security group */
async function reachable(site: Site, id: string): Promise<string> {
  const { aws, names, environment } = site.props;
  const { Subnets } = await aws.call(
    `ec2 describe-subnets --filters Name=tag:Name,Values=${environment.name}-private-*`,
  );
  const { GroupId } = await aws.call(
    `ec2 create-security-group --group-name ${environment.name}-redis-restored --description rehearsal --vpc-id ${Subnets[0].VpcId}`,
  );
  site.removals.beforeDestroy.push(`ec2 delete-security-group --group-id ${GroupId}`);
  for (const { SubnetId } of Subnets) {
    const { MountTargetId } = await aws.call(
      `efs create-mount-target --file-system-id ${id} --subnet-id ${SubnetId} --security-groups ${GroupId}`,
    );
    site.removals.beforeDestroy.push(`efs delete-mount-target --mount-target-id ${MountTargetId}`);
  }
  // Redis ends before its file system is taken away.
  site.removals.beforeDestroy.push(
    site.ecs("wait services-stable", `--services ${names.redis}`),
    site.ecs("update-service", `--service ${names.redis} --desired-count 0`),
  );
  const describe = `efs describe-mount-targets --file-system-id ${id}`;
  await aws.until(describe, SOON, ({ MountTargets }) =>
    MountTargets.every((each: Answer) => each.LifeCycleState === "available"),
  );
  return GroupId;
}

/** Moves the newest copy to `/redis`, on a host that reaches the file system meanwhile. */
async function copyMoved({ props }: Site, id: string, group: string): Promise<void> {
  const { aws, environment } = props;
  const { name, region } = environment;
  const { SecurityGroups } = await aws.call(
    `ec2 describe-security-groups --filters Name=group-name,Values=${name}-hosts`,
  );
  const { Reservations } = await aws.call(
    `ec2 describe-instances --filters Name=tag:Name,Values=${name}-host Name=instance-state-name,Values=running`,
  );
  const { InstanceId } = Reservations[0].Instances[0];
  const rule = `--group-id ${group} --protocol tcp --port 2049 --source-group ${SecurityGroups[0].GroupId}`;
  await aws.call(`ec2 authorize-security-group-ingress ${rule}`);
  const commands = [
    "set -e",
    `mount -t nfs4 ${id}.efs.${region}.amazonaws.com:/ /mnt`,
    'mv "$(find /mnt -name "backup-*" -prune | sort | tail -n 1)" /mnt/redis',
    "umount /mnt",
  ];
  const { Command } = await aws.call(
    `ssm send-command --document-name AWS-RunShellScript --instance-ids ${InstanceId} --parameters`,
    JSON.stringify({ commands }),
  );
  const sent = `ssm get-command-invocation --command-id ${Command.CommandId} --instance-id ${InstanceId}`;
  await aws.until(sent, SOON, ({ Status }) => Status === "Success");
  await aws.call(`ec2 revoke-security-group-ingress ${rule}`);
}
