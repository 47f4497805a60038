import { type ITerraformDependable, TerraformOutput, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import type { ClusterParts } from "../cluster/cluster.ts";
import { backupCopy } from "../config/backups.ts";
import type { Environment } from "../config/environment-schema.ts";
import { serviceOf } from "../config/redis-kinds.ts";
import type { Names } from "../config/names.ts";
import { runCommand } from "../ecs/run-command.ts";
import { taskDefinition } from "../ecs/task-definition.ts";
import type { TaskRoles } from "../ecs/task-roles.ts";
import { TaskSchedule } from "../ecs/task-schedule.ts";
import type { FileSystem } from "../redis/file-system.ts";
import { backupCopyScript, dataDirectory, redisUser } from "../redis/redis-container.ts";
import { dataVolume } from "../redis/redis-service.ts";

export interface BackupCopyProps {
  readonly environment: Environment;
  readonly names: Names;
  readonly cluster: ClusterParts;
  /** The image of Redis. The copy is made in Redis' folder by Redis' user. */
  readonly image: string;
  readonly roles: TaskRoles;
  readonly fileSystem: FileSystem;
  /** Queue for failed starts. */
  readonly deadLetterArn: string;
  /** The service of Redis and its dependencies. */
  readonly dependencies: readonly ITerraformDependable[];
}

/**
 * A task that makes a complete copy of Redis' data in Redis' folder, for the backup of the file system. It runs every
 * hour, or by hand with the command in the outputs. It has its own task definition, without a restart policy,
 * because it ends when the copy is made.
 */
export class BackupCopy extends Construct {
  constructor(scope: Construct, id: string, props: BackupCopyProps) {
    super(scope, id);
    const { environment, names, cluster, roles, dependencies } = props;
    const family = names.task(backupCopy);
    const definition = taskDefinition(this, {
      settings: environment,
      family,
      mode: "bridge",
      roles,
      logGroup: names.logGroup(backupCopy),
      containers: [containerProps(props)],
      volume: [dataVolume(props.fileSystem)],
    });
    new TaskSchedule(this, "hourly", {
      name: family,
      schedule: "rate(1 hour)",
      // While Redis is stopped, new copies would be the same, and would replace older ones.
      isPaused: serviceOf(environment)?.stopped ?? false,
      settings: environment,
      cluster,
      network: { configuration: undefined },
      taskDefinitionArn: definition.arn,
      roleArns: [roles.executionRoleArn, roles.taskRoleArn],
      deadLetterArn: props.deadLetterArn,
      dependencies: [...cluster.dependencies, ...roles.dependencies, ...dependencies],
    });
    new TerraformOutput(TerraformStack.of(this), "redis_copy", {
      value: runCommand({ region: environment.region, cluster, family }),
    });
  }
}

function containerProps({ environment, image, fileSystem }: BackupCopyProps) {
  return {
    name: backupCopy,
    image,
    // The task only creates hard links, so it needs little memory.
    memory: 64,
    cpu: 32,
    command: ["sh", "-c", backupCopyScript],
    user: `${redisUser.uid}:${redisUser.gid}`,
    variables: { AWS_REGION: environment.region },
    secrets: {},
    mounts: { [dataVolume(fileSystem).name]: dataDirectory },
    stopTimeout: 30,
    readonlyRootFilesystem: true,
  };
}
