import type { ContainerDefinition } from "./container-definition.ts";

/** Everything the local ECS runs, in its own terms; keys and references are resource addresses. */
export interface Plan {
  readonly hosts: HostPlan;
  readonly taskDefinitions: ReadonlyMap<string, TaskDefinitionPlan>;
  /** In an order in which each comes after those it depends on. */
  readonly services: readonly ServicePlan[];
  readonly discovery: ReadonlyMap<string, DiscoveryPlan>;
  /** Names of the Cloud Map namespaces there are, those without a service too. */
  readonly namespaces: readonly string[];
  readonly targetGroups: ReadonlyMap<string, TargetGroupPlan>;
  readonly loadBalancers: readonly LoadBalancerPlan[];
}

export interface HostPlan {
  readonly count: number;
  /** MiB that ECS can give to tasks on one host. */
  readonly memory: number;
  /** First and last dynamic host port. */
  readonly ports: readonly [first: number, last: number];
}

export interface TaskDefinitionPlan {
  readonly address: string;
  readonly family: string;
  readonly networkMode: "bridge" | "host" | "awsvpc";
  /** MiB a host must have free for a task. */
  readonly memory: number;
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
  /** The environment variable it becomes. */
  readonly name: string;
  /** The secret's address, or the literal it was given as. */
  readonly secret: string;
  /** What an ARN may name just as well, taken where there is a value by that name. */
  readonly otherwise?: string | undefined;
  /** The key whose value is taken when the secret is a JSON object. */
  readonly key: string | undefined;
}

export interface MountPlan {
  readonly path: string;
  /** Equal for two mounts exactly when they are the same directory. */
  readonly directory: string;
  /** Whether the directory is the task's own and goes with it. */
  readonly ephemeral: boolean;
  readonly readOnly: boolean;
  /** The access point it is reached through, if any. */
  readonly accessPoint?: AccessPointPlan | undefined;
}

/** https://docs.aws.amazon.com/efs/latest/ug/efs-access-points.html */
export interface AccessPointPlan {
  /** Whom every client counts as; each is itself where it is left out. */
  readonly posixUser: UserIds | undefined;
  /** Whose the directory is when it is made, and its permissions as in chmod(2). */
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
  /** Seconds in which a load balancer's verdict on a new task is not acted upon. */
  readonly healthCheckGracePeriod: number;
  readonly targets: readonly PortReference[];
  readonly registries: readonly PortReference[];
  readonly distinctInstance: boolean;
  /** Strategies in their order: each decides between hosts that are equal to those before it. */
  readonly placement: readonly PlacementStrategy[];
  /** Whether a task without a place waits for a host that a capacity provider adds. */
  readonly waitsForCapacity: boolean;
  readonly forceNewDeployment: boolean;
  readonly waitForSteadyState: boolean;
  readonly dependsOn: readonly string[];
  /** Whether it stays with the revision that it runs: changes of `task_definition` are ignored. */
  readonly keepsRevision: boolean;
}

/** `spread` over hosts, `binpack` by memory. */
export type PlacementStrategy = "spread" | "binpack" | "random";

/** A container's port, and the target group or Cloud Map service it is registered in. */
export interface PortReference {
  readonly address: string;
  readonly containerName: string;
  readonly containerPort: number;
}

export interface DiscoveryPlan {
  readonly address: string;
  readonly namespace: string;
  /** `[service].[namespace]`. */
  readonly name: string;
  readonly routingPolicy: "MULTIVALUE" | "WEIGHTED";
  /** Whether ECS cannot tell it the health of its instances: it has no `health_check_custom_config`. */
  readonly ignoresHealth?: boolean | undefined;
  readonly records: readonly { readonly type: "SRV" | "A"; readonly ttl: number }[];
}

export interface TargetGroupPlan {
  readonly address: string;
  readonly name: string;
  /** Seconds that requests in flight are given. */
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
  /** `200`, `200-299`, `200,204`. */
  readonly matcher: string;
}

export interface LoadBalancerPlan {
  readonly address: string;
  readonly name: string;
  /** Seconds without a byte after which a request is given up. */
  readonly idleTimeout: number;
  readonly listeners: readonly ListenerPlan[];
}

export interface ListenerPlan {
  readonly address: string;
  readonly port: number;
  readonly protocol: "HTTP" | "HTTPS";
  readonly action: ListenerAction;
}

export type ListenerAction =
  | { readonly type: "forward"; readonly targetGroup: string }
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
