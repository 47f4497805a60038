/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html */
export type TaskStatus =
  | "PROVISIONING"
  | "PENDING"
  | "RUNNING"
  | "DEACTIVATING"
  | "STOPPING"
  | "STOPPED";

/** UNKNOWN: no health check, or no result yet. */
export type HealthStatus = "UNKNOWN" | "HEALTHY" | "UNHEALTHY";

/** LOST: the agent does not respond, and ECS has given up the host and its tasks. */
export type HostStatus = "ACTIVE" | "DRAINING" | "LOST";

/** A published port: `hostPort` of the host forwards to `containerPort` of the container. */
export interface PortBinding {
  readonly containerPort: number;
  readonly hostPort: number;
}

/** The current state of a container. */
export interface ContainerState {
  readonly name: string;
  readonly image: string;
  readonly status: "PENDING" | "RUNNING" | "STOPPED";
  readonly health: HealthStatus;
  /** Consecutive failed health checks, without those that are ignored. */
  readonly failedChecks: number;
  /** Number of restarts in place by its restart policy. */
  readonly restarts: number;
  readonly pid: number | undefined;
  /** When its first start began, its last process started, and it ended: milliseconds since the epoch. */
  readonly createdAt?: number | undefined;
  readonly startedAt?: number | undefined;
  readonly finishedAt?: number | undefined;
  /** When its health became what it is; undefined before its first result. */
  readonly healthSince?: number | undefined;
  readonly exitCode: number | undefined;
  /** Why it ended, in the words of ECS, if ECS says more than the exit code. */
  readonly reason: string | undefined;
  readonly ports: readonly PortBinding[];
  /** The address of its own network, at which this machine reaches its programs. Undefined if it has none. */
  readonly address: string | undefined;
}

/** The current state of a task. Times are milliseconds since the epoch. */
export interface TaskState {
  readonly id: string;
  readonly service: string;
  readonly deploymentId: string;
  /** The task definition's family and revision, `dev-redis:1`. */
  readonly taskDefinition: string;
  readonly status: TaskStatus;
  /** The worst health of its essential containers; UNKNOWN if none has a health check. */
  readonly health: HealthStatus;
  readonly host: string | undefined;
  readonly address: string | undefined;
  readonly containers: readonly ContainerState[];
  readonly createdAt: number;
  readonly startedAt: number | undefined;
  readonly healthyAt: number | undefined;
  readonly stoppedAt: number | undefined;
  readonly stoppedReason: string | undefined;
}

/** A deployment of a service. The PRIMARY one is in progress or complete. */
export interface DeploymentState {
  readonly id: string;
  readonly status: "PRIMARY" | "ACTIVE";
  readonly rollout: "IN_PROGRESS" | "COMPLETED" | "FAILED";
  readonly taskDefinition: string;
  readonly desiredCount: number;
  readonly runningCount: number;
  readonly pendingCount: number;
  readonly failedTasks: number;
}

/** The current state of a service. Its tasks: the live ones, then the stopped ones, newest last. */
export interface ServiceState {
  readonly name: string;
  readonly resource: string;
  readonly desiredCount: number;
  readonly runningCount: number;
  readonly stable: boolean;
  readonly deployments: readonly DeploymentState[];
  readonly tasks: readonly TaskState[];
}

/** The current state of a container instance. */
export interface HostState {
  readonly id: string;
  readonly address: string;
  readonly status: HostStatus;
  readonly memory: number;
  readonly freeMemory: number;
  readonly tasks: readonly string[];
}

/** A task's port in a target group, with the result of its health checks. */
export interface TargetState {
  /** The name of the target group. */
  readonly targetGroup: string;
  readonly service: string;
  readonly taskId: string;
  readonly state: "initial" | "healthy" | "unhealthy" | "draining" | "unused";
  /** Why the last check failed; undefined if it passed, or before the first check. */
  readonly failure: string | undefined;
  readonly containerPort: number;
  /** Where the container's program must listen: `containerPort` in a network of its own, else as in its variable PORT. */
  readonly listenPort: number;
}

/** A running load balancer. */
export interface LoadBalancerState {
  readonly name: string;
  readonly resource: string;
  /** The URL of the first listener that forwards: `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly listeners: readonly { readonly port: number; readonly url: string }[];
}
