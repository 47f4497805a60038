import type { EcsService } from "@cdktf/provider-aws/lib/ecs-service/index.js";
import type { EcsTaskDefinition } from "@cdktf/provider-aws/lib/ecs-task-definition/index.js";
import { Construct } from "constructs";
import { valuesFrom } from "../aws/secret-access.ts";
import type { ClusterParts } from "../cluster/cluster.ts";
import { appPort, fewestTasks } from "../config/app-schema.ts";
import type { Environment } from "../config/environment-schema.ts";
import type { Names } from "../config/names.ts";
import { ecsService, replicas } from "../ecs/ecs-service.ts";
import { imageOf, taskDefinition } from "../ecs/task-definition.ts";
import type { TaskNetwork } from "../ecs/task-network.ts";
import { TaskRoles } from "../ecs/task-roles.ts";
import type { RedisParts } from "../redis/redis-parts.ts";
import { discoverServices } from "../services/make-services.ts";
import { appContainer, appContainerProps } from "./app-container.ts";
import { appTimeouts } from "./app-timeouts.ts";
import { Autoscaling } from "./autoscaling.ts";
import type { LoadBalancer } from "./load-balancer.ts";

export interface AppServiceProps {
  readonly environment: Environment;
  readonly names: Names;
  readonly cluster: ClusterParts;
  readonly network: TaskNetwork;
  /** Undefined for a worker. */
  readonly loadBalancer: LoadBalancer | undefined;
  readonly redis: RedisParts;
}

/** The app, behind its load balancer or as a worker. It finds Redis by `REDIS_URL`, whatever kind it is. */
export class AppService extends Construct {
  /** A literal, or a token for the value of its SSM parameter. */
  readonly image: string;
  readonly roles: TaskRoles;
  private readonly service: EcsService;

  constructor(scope: Construct, id: string, props: AppServiceProps) {
    super(scope, id);
    const { environment, names, network, redis } = props;
    const { app } = environment;
    this.image = imageOf(this, app.image);
    this.roles = this.taskRoles(props);
    const definition = taskDefinition(this, {
      settings: environment,
      family: names.app,
      mode: network.mode,
      roles: this.roles,
      logGroup: names.logGroup(appContainer),
      containers: [appContainerProps({ environment, names, redis, image: this.image })],
    });
    this.service = this.makeService(props, definition);
    if (app.autoscaling === undefined) return;
    new Autoscaling(this, "autoscaling", {
      config: app.autoscaling,
      name: names.app,
      cluster: props.cluster.name,
      service: this.service,
      loadBalancer: props.loadBalancer,
    });
  }

  /** ECS ignores an alarm that is raised when a release starts. */
  rollBackOn(alarmNames: readonly string[]): void {
    this.service.putAlarms({ alarmNames: [...alarmNames], enable: true, rollback: true });
  }

  private taskRoles({ environment, names, cluster, redis }: AppServiceProps): TaskRoles {
    const { app } = environment;
    const secrets = [redis.secrets, valuesFrom(app.secrets, environment)];
    return new TaskRoles(this, "roles", {
      name: names.app,
      settings: environment,
      execLogGroup: cluster.execLogGroup,
      secrets: [...redis.readable, ...secrets.flatMap((each) => Object.values(each))],
      secretKeyArns: app.secretKeyArns,
      allowed: [...redis.allowed, ...discoverServices(environment, names), ...app.taskPolicy],
      policyArns: app.taskPolicyArns,
    });
  }

  private makeService(
    { environment: { app, exec }, names, cluster, network, loadBalancer, redis }: AppServiceProps,
    definition: EcsTaskDefinition,
  ): EcsService {
    const port = appPort(app);
    return ecsService(this, {
      name: names.app,
      cluster,
      definition,
      network,
      exec,
      ...replicas({
        count: fewestTasks(app),
        takesHostPort: app.networkMode === "host" && port !== undefined,
      }),
      ...appTimeouts(app),
      // Otherwise each deploy would reset the count.
      ...(app.autoscaling && { lifecycle: { ignoreChanges: ["desired_count"] } }),
      ...(loadBalancer && port !== undefined && behind(loadBalancer, port)),
      dependencies: [
        ...cluster.dependencies,
        ...this.roles.dependencies,
        ...network.dependencies,
        ...(loadBalancer?.dependencies ?? []),
        ...redis.dependencies,
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
