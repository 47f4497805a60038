import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter/index.js";
import {
  EcsTaskDefinition,
  type EcsTaskDefinitionConfig,
} from "@cdktf/provider-aws/lib/ecs-task-definition/index.js";
import type { Construct } from "constructs";
import { logSettings } from "../aws/log-settings.ts";
import type { ServiceSettings } from "../config/environment-schema.ts";
import { containerDefinitions, type ContainerProps } from "./container-definition.ts";
import type { NetworkMode } from "./task-network.ts";
import type { TaskRoles } from "./task-roles.ts";

export interface TaskDefinitionProps extends Pick<EcsTaskDefinitionConfig, "family" | "volume"> {
  readonly settings: ServiceSettings;
  readonly mode: NetworkMode;
  readonly roles: TaskRoles;
  /** Name of the new log group of the containers. */
  readonly logGroup: string;
  readonly containers: readonly Omit<ContainerProps, "log" | "networkMode">[];
  /** Tags in addition to `Name`. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Prefix of the construct ids, for a scope with several task definitions. @default "" */
  readonly prefix?: string;
}

/** Creates a task definition and its log group in `scope`. */
export function taskDefinition(scope: Construct, props: TaskDefinitionProps): EcsTaskDefinition {
  const { settings, family, mode, roles, containers, volume, tags, prefix = "" } = props;
  const log = new CloudwatchLogGroup(scope, `${prefix}log`, {
    name: props.logGroup,
    ...logSettings(settings),
  });
  return new EcsTaskDefinition(scope, `${prefix}task_definition`, {
    family,
    requiresCompatibilities: ["EC2"],
    networkMode: mode,
    executionRoleArn: roles.executionRoleArn,
    taskRoleArn: roles.taskRoleArn,
    containerDefinitions: containerDefinitions(
      ...containers.map((container) => ({
        ...container,
        networkMode: mode,
        log: { group: log.name, region: settings.region },
      })),
    ),
    ...(volume !== undefined && { volume }),
    // Otherwise Terraform deregisters the old revision, and a rollback is impossible.
    skipDestroy: true,
    // Otherwise the old revision leaves the state first, and after a refused registration no plan knows it. Terraform
    // also replaces what a definition refers to in this order, so no name of these may be fixed for another resource.
    lifecycle: { createBeforeDestroy: true },
    tags: { Name: family, ...tags },
  });
}

/** The image of a container: a literal, or a token for the value of its SSM parameter. */
export function imageOf(
  scope: Construct,
  image: string | { readonly ssmParameter: string },
): string {
  if (typeof image === "string") return image;
  // Not `value`: it is sensitive, so a plan would hide the whole container definition.
  return new DataAwsSsmParameter(scope, "image", { name: image.ssmParameter }).insecureValue;
}
