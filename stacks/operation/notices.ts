import type { ClusterParts } from "../cluster/cluster.ts";
import type { Environment } from "../config/environment-schema.ts";
import type { Names } from "../config/names.ts";
import { arn } from "../aws/policy.ts";

/** An event and the message to send for it. */
export interface Notice {
  readonly description: string;
  readonly pattern: object;
  /** Names for parts of the event: JSON paths by name. */
  readonly paths: Readonly<Record<string, string>>;
  /** The message. Names in angle brackets are replaced. */
  readonly text: string;
}

/** The resources that emit the events. */
export interface Noticed {
  readonly environment: Environment;
  readonly names: Names;
  readonly cluster: Pick<ClusterParts, "arn" | "name">;
}

/** Each stop of Redis, with its reason. Stops are rare, so each is worth a message, and so is each start that fails. */
export function redisStopped({ environment, names, cluster }: Noticed): Notice {
  return {
    description: "Redis stopped, for whatever reason",
    pattern: {
      source: ["aws.ecs"],
      "detail-type": ["ECS Task State Change"],
      detail: {
        clusterArn: [cluster.arn],
        group: [`service:${names.redis}`],
        lastStatus: ["STOPPED"],
      },
    },
    paths: {
      code: "$.detail.stopCode",
      reason: "$.detail.stoppedReason",
      task: "$.detail.taskArn",
      time: "$.time",
    },
    text: `Redis of ${environment.name} stopped at <time> (<code>: <reason>); ECS starts another. It was <task>`,
  };
}

/** Without this message, an automatic rollback by the circuit breaker would go unnoticed. */
export function deploymentFailed(
  who: string,
  service: string,
  { environment, cluster }: Noticed,
): Notice {
  const { name, region, account } = environment;
  return {
    description: `A deployment of ${who} failed and was rolled back`,
    pattern: {
      source: ["aws.ecs"],
      "detail-type": ["ECS Deployment State Change"],
      resources: [arn("ecs", region, account, `service/${cluster.name}/${service}`)],
      detail: { eventName: ["SERVICE_DEPLOYMENT_FAILED"] },
    },
    paths: { reason: "$.detail.reason", time: "$.time" },
    text:
      `A deployment of ${who} of ${name} failed at <time> (<reason>); ` +
      "the version before it goes on running",
  };
}

export function backupFailed(vault: string): Notice {
  return {
    description: "A backup was not made",
    pattern: {
      source: ["aws.backup"],
      "detail-type": ["Backup Job State Change"],
      detail: { state: ["FAILED", "ABORTED", "EXPIRED"], backupVaultName: [vault] },
    },
    paths: { state: "$.detail.state", job: "$.detail.backupJobId", time: "$.time" },
    text: `Backup job <job> into ${vault} ended as <state> at <time>`,
  };
}

/** A failed copy to another region or account. */
export function backupNotCopied(
  vault: string,
  { environment: { region, account } }: Noticed,
): Notice {
  return {
    description: "A backup was not copied into the other vault",
    pattern: {
      source: ["aws.backup"],
      "detail-type": ["Copy Job State Change"],
      detail: {
        state: ["FAILED", "PARTIAL"],
        sourceBackupVaultArn: [arn("backup", region, account, `backup-vault:${vault}`)],
      },
    },
    paths: { state: "$.detail.state", job: "$.detail.copyJobId", time: "$.time" },
    text: `Copy job <job> out of ${vault} ended as <state> at <time>`,
  };
}

/** A task that exited with a code other than 0, or that could not start and so has no exit code. */
export function taskFailed(task: string, { environment, names, cluster }: Noticed): Notice {
  return {
    description: `The task ${task} failed`,
    pattern: {
      source: ["aws.ecs"],
      "detail-type": ["ECS Task State Change"],
      detail: {
        clusterArn: [cluster.arn],
        group: [`family:${names.task(task)}`],
        lastStatus: ["STOPPED"],
        $or: [
          { containers: { exitCode: [{ "anything-but": 0 }] } },
          { stopCode: ["TaskFailedToStart"] },
        ],
      },
    },
    paths: { reason: "$.detail.stoppedReason", task: "$.detail.taskArn", time: "$.time" },
    text: `The task ${task} of ${environment.name} failed at <time> (<reason>). It was <task>`,
  };
}
