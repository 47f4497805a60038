import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import { EcsService } from "@cdktf/provider-aws/lib/ecs-service/index.js";
import { EcsTaskDefinition } from "@cdktf/provider-aws/lib/ecs-task-definition/index.js";
import type { ServiceDiscoveryService } from "@cdktf/provider-aws/lib/service-discovery-service/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { type ClusterParts, runsOn } from "../cluster/cluster.ts";
import { majorVersionOf, type RedisServiceConfig } from "../config/redis-schema.ts";
import { containerDefinitions } from "../ecs/container-definition.ts";
import { discover, registersIn, replaceWith } from "../discovery/discovery.ts";
import type { FileSystem } from "./file-system.ts";
import { logSettings } from "../aws/log-settings.ts";
import type { Names } from "../config/names.ts";
import type { Statement } from "../aws/policy.ts";
import {
  dataDirectory,
  redisCommand,
  redisHealthCheck,
  redisOpenFiles,
  redisPort,
  redisTimes,
  redisUser,
} from "./redis-container.ts";
import type { RedisParts } from "./redis-parts.ts";
import type { RedisPassword } from "./redis-password.ts";
import type { ServiceSettings } from "../config/environment-schema.ts";
import { TaskRoles } from "../ecs/task-roles.ts";

export interface RedisServiceProps {
  readonly config: RedisServiceConfig;
  readonly environment: ServiceSettings;
  readonly names: Names;
  readonly cluster: ClusterParts;
  readonly discovery: ServiceDiscoveryService;
  readonly fileSystem: FileSystem;
  readonly password: RedisPassword;
}

const container = "redis";
const volume = "data";

/** Redis as an ECS service of its own: no deploy of an app touches it. */
export class RedisService extends Construct implements RedisParts {
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly allowed: readonly Statement[];
  readonly after: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: RedisServiceProps) {
    super(scope, id);
    const { environment, names, fileSystem, password } = props;
    const roles = new TaskRoles(this, "roles", {
      name: names.redis,
      environment,
      secrets: [password.secretArn],
      allowed: [fileSystem.access],
    });
    const mountable = [...fileSystem.mountable, ...fileSystem.allowOnly(roles.taskRoleArn)];
    const definition = this.taskDefinition(props, roles);
    const service = this.ecsService(props, definition, [
      ...props.cluster.foundation,
      ...mountable,
      ...roles.grants,
      password.value,
    ]);
    this.environment = { REDIS_URL: names.redisUrl };
    this.secrets = { REDIS_PASSWORD: password.secretArn };
    this.allowed = [discover(names.namespace, names.redis)];
    this.after = [password.value, service];
  }

  private taskDefinition(props: RedisServiceProps, roles: TaskRoles): EcsTaskDefinition {
    const { config, names, fileSystem } = props;
    return new EcsTaskDefinition(this, "task_definition", {
      family: names.redis,
      requiresCompatibilities: ["EC2"],
      networkMode: "bridge",
      executionRoleArn: roles.executionRoleArn,
      taskRoleArn: roles.taskRoleArn,
      containerDefinitions: this.containers(props),
      volume: [
        {
          name: volume,
          efsVolumeConfiguration: {
            fileSystemId: fileSystem.fileSystemId,
            // An access point and IAM both want TLS; the access point says which folder.
            transitEncryption: "ENABLED",
            authorizationConfig: { accessPointId: fileSystem.accessPointId, iam: "ENABLED" },
          },
        },
      ],
      // Otherwise the old revision is deregistered, and a rollback has nothing to go back to.
      skipDestroy: true,
      // In a plan, an upgrade stands out from other changes of an image.
      tags: { Name: names.redis, RedisMajorVersion: String(majorVersionOf(config)) },
    });
  }

  private containers({ config: redis, environment, names, password }: RedisServiceProps): string {
    const log = new CloudwatchLogGroup(this, "log", {
      name: names.logGroup(container),
      ...logSettings(environment),
    });
    return containerDefinitions({
      name: container,
      image: redis.image,
      memory: redis.memory,
      cpu: redis.cpu,
      port: redisPort,
      command: redisCommand({ ...redis, majorVersion: majorVersionOf(redis) }),
      user: `${redisUser.uid}:${redisUser.gid}`,
      environment: {},
      // The second is where redis-cli looks, in the health check and for a person in the container.
      secrets: { REDIS_PASSWORD: password.secretArn, REDISCLI_AUTH: password.secretArn },
      mounts: { [volume]: dataDirectory },
      healthCheck: {
        shell: redisHealthCheck,
        ...redis.healthCheck,
        startPeriod: redisTimes.startPeriod,
      },
      stopTimeout: redisTimes.stopTimeout,
      // Redis writes to its mount alone; the agent of ECS Exec would write elsewhere.
      readonlyRootFilesystem: !environment.exec,
      openFiles: redisOpenFiles,
      log: { group: log.name, region: environment.region },
    });
  }

  private ecsService(
    { environment, names, cluster, discovery }: RedisServiceProps,
    definition: EcsTaskDefinition,
    dependsOn: ITerraformDependable[],
  ): EcsService {
    const service = new EcsService(this, "service", {
      name: names.redis,
      ...runsOn(cluster),
      taskDefinition: definition.arn,
      desiredCount: 1,
      // The old one stops before the new one starts: two servers must not share the data. ECS does
      // not promise it, hence the writer lock besides.
      deploymentMinimumHealthyPercent: 0,
      deploymentMaximumPercent: 100,
      // No circuit breaker: a roll-back could hand a newer version's file to an older Redis, which
      // cannot read it.
      // On by default for new services, and it wants a maximum above 100 percent.
      availabilityZoneRebalancing: "DISABLED",
      serviceRegistries: registersIn(discovery, {
        container,
        port: redisPort,
        mode: "bridge",
        records: "SRV",
      }),
      enableExecuteCommand: environment.exec,
      enableEcsManagedTags: true,
      propagateTags: "SERVICE",
      waitForSteadyState: true,
      dependsOn,
    });
    replaceWith(service, discovery);
    return service;
  }
}
