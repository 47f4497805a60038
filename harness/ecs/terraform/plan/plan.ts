import type { ContainerDefinition } from "./container-definition.ts";

/** What the local ECS runs. Keys and references are resource addresses. */
export interface Plan {
  readonly hosts: HostPlan;
  readonly taskDefinitions: ReadonlyMap<string, TaskDefinitionPlan>;
  /** Each service comes after those that it depends on. */
  readonly services: readonly ServicePlan[];
  readonly discovery: ReadonlyMap<string, DiscoveryPlan>;
  /** Names of the Cloud Map namespaces, including those without a service. */
  readonly namespaces: readonly string[];
  readonly targetGroups: ReadonlyMap<string, TargetGroupPlan>;
  readonly loadBalancers: readonly LoadBalancerPlan[];
}

export interface HostPlan {
  readonly count: number;
  /** Memory of a host for tasks, in MiB. */
  readonly memory: number;
  /** First and last dynamic host port. */
  readonly ports: readonly [first: number, last: number];
  /** Settings of the agent in the user data that have no effect here: `ECS_CONTAINER_STOP_TIMEOUT=2m`. */
  readonly ignoredSettings?: readonly string[];
}

export interface TaskDefinitionPlan {
  readonly address: string;
  readonly family: string;
  readonly networkMode: "bridge" | "host" | "awsvpc";
  /** Memory that a host must have free for a task, in MiB. */
  readonly memory: number;
  /** The task's own `memory` in MiB, which all its containers together must not exceed. */
  readonly memoryLimit: number | undefined;
  /** The launch type in the variables and metadata of tasks. All run on the local hosts. @default EC2 */
  readonly launchType?: "EC2" | "FARGATE";
  /** The task's own `cpu`, in vCPUs. */
  readonly cpu?: number | undefined;
  /** The ARN of the tasks' role, or its name if only AWS knows the ARN. Undefined: they have none. */
  readonly taskRole?: string | undefined;
  /** Log groups that neither the template declares nor the containers create. They may exist elsewhere. */
  readonly logGroups?: readonly string[];
  readonly containers: readonly ContainerPlan[];
}

export interface ContainerPlan extends Omit<
  ContainerDefinition,
  "environment" | "secrets" | "mountPoints"
> {
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: readonly SecretReference[];
  readonly mounts: readonly MountPlan[];
}

export interface SecretReference {
  /** The environment variable. */
  readonly name: string;
  /** The secret's address, or the given literal. */
  readonly secret: string;
  /** Another possible name, because an ARN is ambiguous. Used if there is a value of that name. */
  readonly otherwise?: string | undefined;
  /** The key of the value if the secret is a JSON object. */
  readonly key: string | undefined;
}

export interface MountPlan {
  readonly path: string;
  /** Identifies the directory: equal for two mounts of the same directory. */
  readonly directory: string;
  /** Whether the directory belongs to one task and is removed with it. */
  readonly ephemeral: boolean;
  /**
   * If the directory does not exist: `copied`, a new volume of Docker; `made` for the container, with the owner of its access
   * point; `refused`, because EFS has no such directory.
   */
  readonly ifMissing: "copied" | "made" | "refused";
  readonly readOnly: boolean;
  /** The access point of the mount. */
  readonly accessPoint?: AccessPointPlan | undefined;
}

/** https://docs.aws.amazon.com/efs/latest/ug/efs-access-points.html */
export interface AccessPointPlan {
  /** The user that every client acts as. Without it each client is its own user. */
  readonly posixUser: UserIds | undefined;
  /** Owner and permissions, as in chmod(2), of a directory that it creates. */
  readonly creation: (UserIds & { readonly permissions: number }) | undefined;
}

export interface UserIds {
  readonly uid: number;
  readonly gid: number;
}

export interface ServicePlan {
  readonly address: string;
  readonly name: string;
  /** The cluster's name. */
  readonly cluster: string;
  readonly taskDefinition: string;
  readonly desiredCount: number;
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
  readonly circuitBreaker: { readonly enable: boolean; readonly rollback: boolean };
  /** Seconds in which failed health checks of a new task are ignored. */
  readonly healthCheckGracePeriod: number;
  readonly targets: readonly PortReference[];
  readonly registries: readonly PortReference[];
  /** Undefined: it does not use Service Connect. */
  readonly serviceConnect?: ServiceConnectPlan | undefined;
  readonly distinctInstance: boolean;
  /** Strategies in order: each decides between hosts that the previous ones rank equal. */
  readonly placement: readonly PlacementStrategy[];
  /** Whether a task without a host waits until a capacity provider adds one. */
  readonly waitsForCapacity: boolean;
  readonly forceNewDeployment: boolean;
  readonly waitForSteadyState: boolean;
  readonly dependsOn: readonly string[];
  /** Whether it keeps its revision, because changes of `task_definition` are ignored. */
  readonly keepsRevision: boolean;
}

/** `spread` over hosts, `binpack` by memory. */
export type PlacementStrategy = "spread" | "binpack" | "random";

/** A container's port, and its target group or Cloud Map service. */
export interface PortReference {
  readonly address: string;
  readonly containerName: string;
  /** {@link NO_PORT} for a registry of addresses alone. */
  readonly containerPort: number;
}

/** In place of the port of tasks that are found by A records and publish none. */
export const NO_PORT = 0;

/** A service in a namespace of Service Connect. Its tasks reach the namespace's endpoints. */
export interface ServiceConnectPlan {
  /** The namespace's name. */
  readonly namespace: string;
  /** Empty for a service that is only a client. */
  readonly endpoints: readonly EndpointPlan[];
}

/** A port of a service that clients in the namespace reach at `dnsName:port`. */
export interface EndpointPlan {
  readonly discoveryName: string;
  readonly dnsName: string;
  readonly port: number;
  readonly containerName: string;
  readonly containerPort: number;
  /** Seconds without data after which a connection is closed. 0: never. */
  readonly idleTimeout: number;
}

export interface DiscoveryPlan {
  readonly address: string;
  readonly namespace: string;
  /** `[service].[namespace]`. */
  readonly name: string;
  readonly routingPolicy: "MULTIVALUE" | "WEIGHTED";
  /** Whether ECS cannot report health to it, because it has no `health_check_custom_config`. */
  readonly ignoresHealth?: boolean | undefined;
  readonly records: readonly { readonly type: "SRV" | "A"; readonly ttl: number }[];
}

export interface TargetGroupPlan {
  readonly address: string;
  readonly name: string;
  /** Seconds that requests in flight have to end. */
  readonly deregistrationDelay: number;
  readonly healthCheck: TargetHealthPlan;
}

/** Times are seconds. */
export interface TargetHealthPlan {
  readonly enabled: boolean;
  readonly path: string;
  readonly interval: number;
  readonly timeout: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
  /** Status codes: `200`, `200-299`, `200,204`. */
  readonly matcher: string;
}

export interface LoadBalancerPlan {
  readonly address: string;
  readonly name: string;
  /** Seconds without data after which a request is aborted. */
  readonly idleTimeout: number;
  /** Whether X-Forwarded-For has the client's port, too. */
  readonly hasClientPort: boolean;
  readonly listeners: readonly ListenerPlan[];
}

export interface ListenerPlan {
  readonly port: number;
  readonly protocol: "HTTP" | "HTTPS";
  /** In the order of their priority. */
  readonly rules: readonly RulePlan[];
  /** The action for a request that matches no rule. */
  readonly action: ListenerAction;
}

export interface RulePlan {
  /** All conditions must match. */
  readonly conditions: readonly RuleCondition[];
  readonly action: ListenerAction;
}

/** Matches if one of its values does; `*` and `?` are wildcards. */
export type RuleCondition =
  | { readonly type: "path" | "host" | "method"; readonly values: readonly string[] }
  | { readonly type: "header"; readonly name: string; readonly values: readonly string[] }
  | {
      readonly type: "query";
      readonly values: readonly { readonly key?: string | undefined; readonly value: string }[];
    };

export type ListenerAction =
  | {
      readonly type: "forward";
      /** Of several groups, the one with most requests. */
      readonly targetGroup: string;
    }
  | { readonly type: "redirect"; readonly status: 301 | 302; readonly location: RedirectPlan }
  | {
      readonly type: "fixed-response";
      readonly status: number;
      readonly contentType: string;
      readonly body: string;
    };

export interface RedirectPlan {
  readonly protocol: string;
  readonly host: string;
  readonly port: string;
  readonly path: string;
  readonly query: string;
}
