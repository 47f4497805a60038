import type { EcsTaskDefinition } from "@cdktf/provider-aws/lib/ecs-task-definition/index.js";
import { TerraformOutput, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { appContainerProps } from "./app-container.ts";
import type { AppService } from "./app-service.ts";
import type { ClusterParts } from "../cluster/cluster.ts";
import type { TaskConfig } from "../config/tasks-schema.ts";
import type { Environment } from "../config/environment-schema.ts";
import { taskDefinition } from "../ecs/task-definition.ts";
import { DeadLetters } from "../ecs/dead-letters.ts";
import type { Names } from "../config/names.ts";
import type { RedisParts } from "../redis/redis-parts.ts";
import { runCommand } from "../ecs/run-command.ts";
import type { TaskNetwork } from "../ecs/task-network.ts";
import { TaskSchedule } from "../ecs/task-schedule.ts";

export interface AppTasksProps {
  readonly environment: Environment;
  readonly names: Names;
  readonly cluster: ClusterParts;
  readonly network: TaskNetwork;
  /** The tasks use its image and roles. */
  readonly app: AppService;
  readonly redis: RedisParts;
}

/**
 * Tasks that run to completion, with the app's image and Redis. They start on a schedule, or by hand with
 * the command in the outputs.
 */
export class AppTasks extends Construct {
  /** The queue for starts that failed; undefined without a schedule. */
  readonly deadLetters: DeadLetters | undefined;

  constructor(scope: Construct, id: string, props: AppTasksProps) {
    super(scope, id);
    const { environment, names, cluster, network } = props;
    const tasks = Object.entries(environment.tasks);
    if (tasks.some(([, { schedule }]) => schedule !== undefined)) {
      this.deadLetters = new DeadLetters(this, "dead_letters", { name: names.deadLetters });
    }
    for (const [name, config] of tasks) {
      const definition = this.taskDefinition(name, config, props);
      this.schedule(name, config, definition, props);
      const command = runCommand({
        region: environment.region,
        cluster,
        network,
        family: names.task(name),
      });
      new TerraformOutput(TerraformStack.of(this), `run_${name}`, { value: command });
    }
  }

  private taskDefinition(
    name: string,
    config: TaskConfig,
    { environment, names, network, app, redis }: AppTasksProps,
  ): EcsTaskDefinition {
    const container = appContainerProps({
      environment: { ...environment, app: runningOnce(environment.app, config) },
      names,
      redis,
      image: app.image,
    });
    return taskDefinition(this, {
      prefix: `${name}_`,
      settings: environment,
      family: names.task(name),
      mode: network.mode,
      roles: app.roles,
      logGroup: names.logGroup(name),
      containers: [{ ...container, name }],
    });
  }

  private schedule(
    name: string,
    { schedule }: TaskConfig,
    definition: EcsTaskDefinition,
    { environment, names, cluster, network, app, redis }: AppTasksProps,
  ): void {
    if (schedule === undefined || this.deadLetters === undefined) return;
    new TaskSchedule(this, name, {
      name: names.task(name),
      schedule,
      settings: environment,
      cluster,
      network,
      taskDefinitionArn: definition.arn,
      roleArns: [app.roles.executionRoleArn, app.roles.taskRoleArn],
      deadLetterArn: this.deadLetters.arn,
      dependencies: [
        ...cluster.dependencies,
        ...app.roles.dependencies,
        ...network.dependencies,
        ...redis.dependencies,
      ],
    });
  }
}

/** The app as a task that ends by itself and serves no requests. */
function runningOnce(
  app: Environment["app"],
  { command, cpu, memory }: TaskConfig,
): Environment["app"] {
  return {
    ...app,
    loadBalancer: false,
    port: undefined,
    healthCheck: undefined,
    command,
    cpu,
    memory,
  };
}
