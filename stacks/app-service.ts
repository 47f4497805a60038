import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter/index.js";
import { EcsService } from "@cdktf/provider-aws/lib/ecs-service/index.js";
import { EcsTaskDefinition } from "@cdktf/provider-aws/lib/ecs-task-definition/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { appContainer, appContainerProps, appPort, ownSecrets } from "./app-container.ts";
import { type ClusterParts, runsOn } from "./cluster.ts";
import type { Environment } from "./config.ts";
import { containerDefinitions } from "./container-definition.ts";
import type { LoadBalancer } from "./load-balancer.ts";
import { logSettings } from "./log-settings.ts";
import type { Names } from "./names.ts";
import type { Statement } from "./policy.ts";
import type { RedisPassword } from "./redis-password.ts";
import { TaskRoles } from "./task-roles.ts";

export interface AppServiceProps {
  readonly environment: Environment;
  readonly names: Names;
  readonly cluster: ClusterParts;
  /** None: a worker. */
  readonly loadBalancer: LoadBalancer | undefined;
  readonly password: RedisPassword;
  /** The first deploy starts the app once Redis is steady; later ones do not touch Redis. */
  readonly after: ITerraformDependable;
}

/** The app, behind its load balancer or as a worker: finds Redis by the SRV name in `REDIS_URL`. */
export class AppService extends Construct {
  constructor(scope: Construct, id: string, props: AppServiceProps) {
    super(scope, id);
    const { environment, names, password } = props;
    const { app } = environment;
    const roles = new TaskRoles(this, "roles", {
      name: names.app,
      environment,
      secrets: [password.secretArn, ...Object.values(ownSecrets(environment))],
      secretKeyArns: app.secretKeyArns,
      allowed: [discoverRedis(names), ...app.taskPolicy],
      policyArns: app.taskPolicyArns,
    });
    this.ecsService(props, this.taskDefinition(props, roles), roles);
  }

  private taskDefinition(props: AppServiceProps, roles: TaskRoles): EcsTaskDefinition {
    return new EcsTaskDefinition(this, "task_definition", {
      family: props.names.app,
      requiresCompatibilities: ["EC2"],
      networkMode: "bridge",
      executionRoleArn: roles.executionRoleArn,
      taskRoleArn: roles.taskRoleArn,
      containerDefinitions: this.containers(props),
      // The circuit breaker rolls back to the revision before: it must still be registered.
      skipDestroy: true,
      tags: { Name: props.names.app },
    });
  }

  private containers({ environment, names, password }: AppServiceProps): string {
    const log = new CloudwatchLogGroup(this, "log", {
      name: names.logGroup(appContainer),
      ...logSettings(environment),
    });
    return containerDefinitions(
      appContainerProps({
        environment,
        names,
        image: this.image(environment.app.image),
        passwordArn: password.secretArn,
        logGroup: log.name,
      }),
    );
  }

  private image(image: Environment["app"]["image"]): string {
    if (typeof image === "string") return image;
    // `value` is sensitive, which would hide the whole container definition in a plan.
    return new DataAwsSsmParameter(this, "image", { name: image.ssmParameter }).insecureValue;
  }

  private ecsService(
    { environment: { app, exec }, names, cluster, loadBalancer, password, after }: AppServiceProps,
    definition: EcsTaskDefinition,
    roles: TaskRoles,
  ): void {
    const port = appPort(app);
    new EcsService(this, "service", {
      name: names.app,
      ...runsOn(cluster),
      taskDefinition: definition.arn,
      desiredCount: app.desiredCount,
      // New tasks are healthy before old ones stop.
      deploymentMinimumHealthyPercent: 100,
      deploymentMaximumPercent: 200,
      deploymentCircuitBreaker: { enable: true, rollback: true },
      availabilityZoneRebalancing: "ENABLED",
      orderedPlacementStrategy: [{ type: "spread", field: "attribute:ecs.availability-zone" }],
      ...(loadBalancer && port !== undefined && behind(loadBalancer, port)),
      enableExecuteCommand: exec,
      enableEcsManagedTags: true,
      propagateTags: "SERVICE",
      waitForSteadyState: true,
      dependsOn: [
        ...cluster.foundation,
        ...roles.grants,
        ...(loadBalancer?.listeners ?? []),
        password.value,
        after,
      ],
    });
  }
}

/** ECS refuses a grace period without a load balancer. */
function behind({ targetGroupArn, gracePeriod }: LoadBalancer, containerPort: number) {
  return {
    loadBalancer: [{ targetGroupArn, containerName: appContainer, containerPort }],
    healthCheckGracePeriodSeconds: gracePeriod,
  };
}

/** Where DNS itself is too slow, the app asks Cloud Map. The action knows no resource, hence `*`. */
function discoverRedis(names: Names): Statement {
  return {
    Effect: "Allow",
    Action: "servicediscovery:DiscoverInstances",
    Resource: "*",
    Condition: {
      StringEquals: {
        "servicediscovery:NamespaceName": names.namespace,
        "servicediscovery:ServiceName": names.redis,
      },
    },
  };
}
