import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard/index.js";
import { Construct } from "constructs";
import { alarmDefinitions } from "./alarm-definitions.ts";
import { Alarms } from "./alarms.ts";
import { BackupCopy } from "./backup-copy.ts";
import { Backup } from "./backup.ts";
import type { ClusterParts } from "../cluster/cluster.ts";
import { backupOf } from "../config/backups.ts";
import { ensureDefined } from "../config/ensure-defined.ts";
import { fewestTasks } from "../config/app-schema.ts";
import type { Environment } from "../config/environment-schema.ts";
import { pulledImage } from "../config/image-mirror.ts";
import { serviceOf } from "../config/redis-kinds.ts";
import { dashboardBody } from "./dashboard.ts";
import { DeadLetters } from "../ecs/dead-letters.ts";
import type { LoadBalancer } from "../app/load-balancer.ts";
import { type Metrics, metricsOf } from "./metrics.ts";
import type { Names } from "../config/names.ts";
import { silentHostAlarms } from "./silent-host-alarms.ts";
import type { Redis } from "../redis/make-redis.ts";

export interface OperationProps {
  readonly environment: Environment;
  readonly names: Names;
  readonly cluster: ClusterParts;
  readonly redis: Redis;
  readonly loadBalancer: LoadBalancer | undefined;
  readonly deadLetters: DeadLetters | undefined;
}

/** Backups, alarms and a dashboard, if the environment has them. */
export class Operation extends Construct {
  /** Names of the alarms that a bad release of the app raises. */
  readonly releaseAlarms: readonly string[];

  constructor(scope: Construct, id: string, props: OperationProps) {
    super(scope, id);
    const { environment, names } = props;
    const backup = this.backup(props);
    const deadLetters = backup && this.copyForBackup(props);
    const metrics = metricsIn({ ...props, deadLetters: props.deadLetters ?? deadLetters });
    const alarms = this.alarms(props, metrics, backup);
    this.releaseAlarms = alarms?.ofRelease ?? [];
    if (!environment.dashboard) return;
    new CloudwatchDashboard(this, "dashboard", {
      dashboardName: environment.name,
      dashboardBody: dashboardBody({
        environment: environment.name,
        region: environment.region,
        about: aboutRedis(environment, names),
        metrics,
        alarms: alarms?.arns ?? [],
      }),
    });
  }

  private alarms(
    { environment, names, cluster, redis }: OperationProps,
    metrics: Metrics,
    backup: Backup | undefined,
  ): Alarms | undefined {
    if (environment.alarms === false) return undefined;
    const isStopped = serviceOf(environment)?.stopped ?? false;
    return new Alarms(this, "alarms", {
      config: environment.alarms,
      environment,
      names,
      cluster,
      backup,
      definitions: [
        ...alarmDefinitions({
          metrics,
          appTasks: fewestTasks(environment.app),
          serviceTasks: Object.fromEntries(
            Object.entries(environment.services).map(([name, each]) => [name, each.desiredCount]),
          ),
          isRedisStopped: isStopped,
          dataPercent: serviceOf(environment)?.maxmemoryPercent ?? 0,
          refusesWrites: !serviceOf(environment)?.maxmemoryPolicy.startsWith("allkeys"),
          mayBurst: redis.fileSystem?.isCreated === false,
        }),
        ...silentHostAlarms({
          cluster: cluster.name,
          redis: metrics.redis && {
            service: names.redis,
            running: metrics.redis.tasks.running,
            isStopped,
          },
          group: cluster.hostsName,
        }),
      ],
    });
  }

  /** @returns the queue for its failed starts: the one of the other schedules, if there are any */
  private copyForBackup(props: OperationProps): DeadLetters {
    const { environment, names, cluster, redis } = props;
    const deadLetters =
      props.deadLetters ?? new DeadLetters(this, "dead_letters", { name: names.deadLetters });
    new BackupCopy(this, "backup_copy", {
      environment,
      names,
      cluster,
      image: pulledImage(ensureDefined(serviceOf(environment), "service of Redis")),
      roles: ensureDefined(redis.roles, "role of Redis"),
      fileSystem: ensureDefined(redis.fileSystem, "file system of Redis"),
      deadLetterArn: deadLetters.arn,
      dependencies: redis.parts.dependencies,
    });
    return deadLetters;
  }

  private backup({ environment, names, redis }: OperationProps): Backup | undefined {
    const config = backupOf(environment);
    if (config === undefined || redis.fileSystem === undefined) return undefined;
    return new Backup(this, "backup", {
      config,
      environment,
      name: names.redis,
      fileSystemArn: redis.fileSystem.fileSystemArn,
    });
  }
}

function metricsIn(props: OperationProps): Metrics {
  const { environment, names, cluster, redis, loadBalancer, deadLetters } = props;
  return metricsOf({
    cluster: cluster.name,
    redis: redis.fileSystem && {
      service: names.redis,
      fileSystemId: redis.fileSystem.fileSystemId,
      reports: serviceOf(environment)?.metrics === true,
    },
    app: names.app,
    services: Object.fromEntries(
      Object.keys(environment.services).map((name) => [name, names.service(name)]),
    ),
    loadBalancer: loadBalancer && {
      balancer: loadBalancer.arnSuffix,
      targets: loadBalancer.targetGroupArnSuffix,
    },
    deadLetters: deadLetters?.queueName,
    capacityProvider: "name" in environment.cluster ? undefined : cluster.capacityProvider,
  });
}

/** Description of Redis for the header of the dashboard. */
function aboutRedis({ redis }: Environment, names: Names): string {
  return redis.kind === "service"
    ? `Redis answers at \`${names.srvName}\` (SRV)`
    : "Redis is run by somebody else: its metrics are theirs";
}
