/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html */
export type TaskStatus =
  | "PROVISIONING"
  | "PENDING"
  | "RUNNING"
  | "DEACTIVATING"
  | "STOPPING"
  | "STOPPED";

/** UNKNOWN: no health check, or no verdict yet. */
export type HealthStatus = "UNKNOWN" | "HEALTHY" | "UNHEALTHY";

/** LOST: its agent is silent, and ECS has given up the host and its tasks. */
export type HostStatus = "ACTIVE" | "DRAINING" | "LOST";

/** A published port: what listens on `hostPort` at the host is the container's `containerPort`. */
export interface PortBinding {
  readonly containerPort: number;
  readonly hostPort: number;
}

/** One container of a task, as it is now. */
export interface ContainerState {
  readonly name: string;
  readonly image: string;
  readonly status: "PENDING" | "RUNNING" | "STOPPED";
  readonly health: HealthStatus;
  /** Failed health checks in a row that count. */
  readonly failedChecks: number;
  /** How often its restart policy has restarted it in place. */
  readonly restarts: number;
  readonly pid: number | undefined;
  readonly exitCode: number | undefined;
  readonly ports: readonly PortBinding[];
}

/** One task, as it is now. Times are milliseconds since the epoch. */
export interface TaskState {
  readonly id: string;
  readonly service: string;
  readonly deploymentId: string;
  /** The task definition's family and revision, `dev-redis:1`. */
  readonly taskDefinition: string;
  readonly status: TaskStatus;
  /** The worst of its essential containers' health; UNKNOWN where none has a health check. */
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

/** One deployment of a service; the PRIMARY one is the one being rolled out or in place. */
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

/** One service, as it is now: its live tasks first, then those that stopped, newest last. */
export interface ServiceState {
  readonly name: string;
  readonly resource: string;
  readonly desiredCount: number;
  readonly runningCount: number;
  readonly stable: boolean;
  readonly deployments: readonly DeploymentState[];
  readonly tasks: readonly TaskState[];
}

/** One container instance, as it is now. */
export interface HostState {
  readonly id: string;
  readonly address: string;
  readonly status: HostStatus;
  readonly memory: number;
  readonly freeMemory: number;
  readonly tasks: readonly string[];
}

/** A task's port that is registered in a target group, as its health checks have found it. */
export interface TargetState {
  /** The name of the target group. */
  readonly targetGroup: string;
  readonly service: string;
  readonly taskId: string;
  readonly state: "initial" | "healthy" | "unhealthy" | "draining" | "unused";
  /** Why the last check failed; undefined after one that passed, and before the first. */
  readonly failure: string | undefined;
  readonly containerPort: number;
  /** Where the container's program must listen on this machine; its variable PORT names it. */
  readonly listenPort: number;
}

/** A load balancer that can be asked. */
export interface LoadBalancerState {
  readonly name: string;
  readonly resource: string;
  /** The first listener that forwards: `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly listeners: readonly { readonly port: number; readonly url: string }[];
}
