import { CloudwatchDashboard } from "@cdktf/provider-aws/lib/cloudwatch-dashboard/index.js";
import { Construct } from "constructs";
import { alarmDefinitions } from "./alarm-definitions.ts";
import { Alarms } from "./alarms.ts";
import { Backup, backupOf } from "./backup.ts";
import type { ClusterParts } from "./cluster.ts";
import type { Environment } from "./config.ts";
import { dashboardBody } from "./dashboard.ts";
import type { FileSystem } from "./file-system.ts";
import type { LoadBalancer } from "./load-balancer.ts";
import { metricsOf } from "./metrics.ts";
import type { Names } from "./names.ts";

export interface OperationProps {
  readonly environment: Environment;
  readonly names: Names;
  readonly cluster: ClusterParts;
  readonly fileSystem: FileSystem;
  readonly loadBalancer: LoadBalancer | undefined;
}

/** What people need who run an environment: backups, alarms, a dashboard, each where it is wished. */
export class Operation extends Construct {
  constructor(scope: Construct, id: string, props: OperationProps) {
    super(scope, id);
    const { environment, names, cluster, fileSystem, loadBalancer } = props;
    const backup = this.backup(props);
    const metrics = metricsOf({
      cluster: cluster.name,
      redis: names.redis,
      app: names.app,
      fileSystemId: fileSystem.fileSystemId,
      loadBalancer: loadBalancer && {
        balancer: loadBalancer.arnSuffix,
        targets: loadBalancer.targetGroupArnSuffix,
      },
      capacityProvider: "name" in environment.cluster ? undefined : cluster.capacityProvider,
    });
    const alarms =
      environment.alarms === false
        ? undefined
        : new Alarms(this, "alarms", {
            config: environment.alarms,
            environment,
            names,
            cluster,
            backupVault: backup?.vaultName,
            definitions: alarmDefinitions({
              metrics,
              appTasks: environment.app.desiredCount,
              mayBurst: !fileSystem.isCreated,
            }),
          });
    if (!environment.dashboard) return;
    new CloudwatchDashboard(this, "dashboard", {
      dashboardName: environment.name,
      dashboardBody: dashboardBody({
        environment: environment.name,
        region: environment.region,
        srvName: names.srvName,
        metrics,
        alarms: alarms?.arns ?? [],
      }),
    });
  }

  private backup({ environment, names, fileSystem }: OperationProps): Backup | undefined {
    const config = backupOf(environment);
    if (config === undefined) return undefined;
    return new Backup(this, "backup", {
      config,
      environment,
      name: names.redis,
      fileSystemArn: fileSystem.fileSystemArn,
    });
  }
}
