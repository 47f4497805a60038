import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter/index.js";
import { EcsService } from "@cdktf/provider-aws/lib/ecs-service/index.js";
import { EcsTaskDefinition } from "@cdktf/provider-aws/lib/ecs-task-definition/index.js";
import { Construct } from "constructs";
import { appContainer, appContainerProps } from "./app-container.ts";
import { appPort } from "../config/app-schema.ts";
import { valuesFrom } from "../aws/secret-access.ts";
import { Autoscaling } from "./autoscaling.ts";
import { type ClusterParts, runsOn } from "../cluster/cluster.ts";
import { fewestTasks } from "../config/tasks-schema.ts";
import type { Environment } from "../config/environment-schema.ts";
import { containerDefinitions } from "../ecs/container-definition.ts";
import type { LoadBalancer } from "./load-balancer.ts";
import { logSettings } from "../aws/log-settings.ts";
import type { Names } from "../config/names.ts";
import type { RedisParts } from "../redis/redis-parts.ts";
import { rollout } from "../ecs/rollout.ts";
import { addressesOf, discoverServices } from "../services/make-services.ts";
import type { TaskNetwork } from "../ecs/task-network.ts";
import { TaskRoles } from "../ecs/task-roles.ts";

export interface AppServiceProps {
  readonly environment: Environment;
  readonly names: Names;
  readonly cluster: ClusterParts;
  readonly network: TaskNetwork;
  /** None: a worker. */
  readonly loadBalancer: LoadBalancer | undefined;
  readonly redis: RedisParts;
}

/** The app, behind its load balancer or as a worker: finds Redis by `REDIS_URL`, whatever kind it is. */
export class AppService extends Construct {
  /** A literal, or a token of what its parameter holds. */
  readonly image: string;
  readonly roles: TaskRoles;

  constructor(scope: Construct, id: string, props: AppServiceProps) {
    super(scope, id);
    const { environment, names, redis } = props;
    const { app } = environment;
    this.image = this.imageOf(app.image);
    this.roles = new TaskRoles(this, "roles", {
      name: names.app,
      environment,
      secrets: [redis.secrets, valuesFrom(app.secrets, environment)].flatMap((each) =>
        Object.values(each),
      ),
      secretKeyArns: app.secretKeyArns,
      allowed: [...redis.allowed, ...discoverServices(environment, names), ...app.taskPolicy],
      policyArns: app.taskPolicyArns,
    });
    const service = this.ecsService(props, this.taskDefinition(props));
    if (app.autoscaling === undefined) return;
    new Autoscaling(this, "autoscaling", {
      config: app.autoscaling,
      name: names.app,
      cluster: props.cluster.name,
      service,
      loadBalancer: props.loadBalancer,
    });
  }

  private taskDefinition(props: AppServiceProps): EcsTaskDefinition {
    return new EcsTaskDefinition(this, "task_definition", {
      family: props.names.app,
      requiresCompatibilities: ["EC2"],
      networkMode: props.network.mode,
      executionRoleArn: this.roles.executionRoleArn,
      taskRoleArn: this.roles.taskRoleArn,
      containerDefinitions: this.containers(props),
      // The circuit breaker rolls back to the revision before: it must still be registered.
      skipDestroy: true,
      tags: { Name: props.names.app },
    });
  }

  private containers({ environment, names, redis }: AppServiceProps): string {
    const log = new CloudwatchLogGroup(this, "log", {
      name: names.logGroup(appContainer),
      ...logSettings(environment),
    });
    return containerDefinitions(
      appContainerProps({
        environment,
        addresses: addressesOf(environment, names),
        redis,
        image: this.image,
        logGroup: log.name,
      }),
    );
  }

  private imageOf(image: Environment["app"]["image"]): string {
    if (typeof image === "string") return image;
    // `value` is sensitive, which would hide the whole container definition in a plan.
    return new DataAwsSsmParameter(this, "image", { name: image.ssmParameter }).insecureValue;
  }

  private ecsService(
    { environment: { app, exec }, names, cluster, network, loadBalancer, redis }: AppServiceProps,
    definition: EcsTaskDefinition,
  ): EcsService {
    const port = appPort(app);
    return new EcsService(this, "service", {
      name: names.app,
      ...runsOn(cluster),
      taskDefinition: definition.arn,
      ...(network.configuration && { networkConfiguration: network.configuration }),
      ...counts(app),
      deploymentCircuitBreaker: { enable: true, rollback: true },
      orderedPlacementStrategy: [{ type: "spread", field: "attribute:ecs.availability-zone" }],
      ...(loadBalancer && port !== undefined && behind(loadBalancer, port)),
      enableExecuteCommand: exec,
      enableEcsManagedTags: true,
      propagateTags: "SERVICE",
      waitForSteadyState: true,
      dependsOn: [
        ...cluster.foundation,
        ...this.roles.grants,
        ...network.ready,
        ...(loadBalancer?.ready ?? []),
        ...redis.after,
      ],
    });
  }
}

/** How many tasks run, and how many while a new revision comes. */
function counts(app: Environment["app"]) {
  const fewest = fewestTasks(app);
  const takesHostPort = app.networkMode === "host" && appPort(app) !== undefined;
  return {
    desiredCount: fewest,
    // Otherwise each plan would set it back.
    ...(app.autoscaling && { lifecycle: { ignoreChanges: ["desired_count"] } }),
    ...rollout({ fewest, takesHostPort }),
  };
}

/** ECS refuses a grace period without a load balancer. */
function behind({ targetGroupArn, gracePeriod }: LoadBalancer, containerPort: number) {
  return {
    loadBalancer: [{ targetGroupArn, containerName: appContainer, containerPort }],
    healthCheckGracePeriodSeconds: gracePeriod,
  };
}
