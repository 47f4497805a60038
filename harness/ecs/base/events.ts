import { EventEmitter } from "node:events";
import type { FaultName } from "./fault-primitives.ts";
import type { HealthStatus, HostStatus, TaskStatus } from "./state.ts";

/** A task changed its state in the ECS life cycle. */
export interface TaskEvent {
  readonly type: "task";
  readonly service: string;
  readonly taskId: string;
  readonly deploymentId: string;
  readonly from: TaskStatus | undefined;
  readonly to: TaskStatus;
  readonly host: string | undefined;
  /** Why the task stops, in the words of ECS if it has any. */
  readonly reason: string | undefined;
}

/**
 * A container's process started or ended. A restart in place makes two of these events and no task event: in
 * AWS it does not change the state of the task.
 */
export interface ContainerEvent {
  readonly type: "container";
  readonly service: string;
  readonly taskId: string;
  readonly container: string;
  /** Whether it is the only container of its task. */
  readonly isOnly: boolean;
  readonly status: "RUNNING" | "STOPPED";
  readonly pid: number | undefined;
  /** 0-255. As in Docker, 128 + the signal's number if a signal ended the process. */
  readonly exitCode: number | undefined;
  /** Why it ended, in the words of ECS, if ECS says more than the exit code. */
  readonly reason?: string | undefined;
}

/** A container's or a task's health changed. */
export interface HealthEvent {
  readonly type: "health";
  readonly service: string;
  readonly taskId: string;
  readonly container: string;
  /** Whether it is the only container of its task. */
  readonly isOnly: boolean;
  readonly health: HealthStatus;
  /** Why it is UNHEALTHY: how its last check has ended, and the end of its output. */
  readonly failure: string | undefined;
}

/** The health of a load balancer's target changed. */
export interface TargetEvent {
  readonly type: "target";
  readonly service: string;
  readonly taskId: string;
  readonly targetGroup: string;
  readonly state: "initial" | "healthy" | "unhealthy" | "draining" | "unused";
  readonly reason: string | undefined;
}

/** A Cloud Map instance, and with it its DNS records, was added, removed, or changed its health. */
export interface RecordEvent {
  readonly type: "record";
  readonly action: "registered" | "deregistered" | "health";
  /** The SRV name: `[service].[namespace]`. */
  readonly name: string;
  readonly instanceId: string;
  readonly address: string;
  readonly port: number | undefined;
  readonly healthy: boolean;
}

/** A deployment of a service began, ended or failed. */
export interface DeploymentEvent {
  readonly type: "deployment";
  readonly service: string;
  readonly deploymentId: string;
  readonly status: "IN_PROGRESS" | "COMPLETED" | "FAILED";
  readonly reason: string | undefined;
}

/** A service event in the words of ECS: steady state, placement failures. */
export interface ServiceEvent {
  readonly type: "service";
  readonly service: string;
  readonly message: string;
}

/** A task has called an AWS API that nothing answers here. One event for each task and API. */
export interface CallEvent {
  readonly type: "call";
  readonly service: string;
  readonly taskId: string;
  /** The service, and the operation if a request names it: `s3`, `dynamodb GetItem`. */
  readonly api: string;
  /** With how to redirect it. */
  readonly message: string;
}

/** A container instance changed status. */
export interface HostEvent {
  readonly type: "host";
  readonly host: string;
  readonly status: HostStatus;
}

/** A fault began (`active`) or ended. A fault without a duration, such as a kill, makes both events at once. */
export interface FaultEvent {
  readonly type: "fault";
  readonly fault: FaultName;
  /** The affected task, host or service, or the kind of failure. Undefined if the fault has only one target. */
  readonly target: string | undefined;
  readonly active: boolean;
}

type AnyEvent =
  | TaskEvent
  | ContainerEvent
  | HealthEvent
  | TargetEvent
  | RecordEvent
  | DeploymentEvent
  | ServiceEvent
  | CallEvent
  | HostEvent
  | FaultEvent;

/** An event with its time: milliseconds since the epoch, monotonic, with fractions. */
export type EcsEvent = AnyEvent & { readonly at: number };

/** The events of one kind, `EcsEventOf<"task">` for example. */
export type EcsEventOf<Type extends AnyEvent["type"]> = Extract<EcsEvent, { type: Type }>;

type EventMap = { [Type in AnyEvent["type"]]: [EcsEventOf<Type>] } & { event: [EcsEvent] };

/** The clock of events, in ms since the epoch. It does not jump when the machine's clock is set. */
export const now = (): number => performance.timeOrigin + performance.now();

/** All events: `on("event", ...)` gets every one, `on("task", ...)` one kind. */
export class EcsEvents extends EventEmitter<EventMap> {
  #ended = false;

  /** Stops publishing: processes that are killed during close make no events. */
  end(): void {
    this.#ended = true;
  }

  /** Adds the time and calls the listeners for the event's type and for `event`. */
  publish(event: AnyEvent): void {
    if (this.#ended) return;
    const stamped = { ...event, at: now() };
    // TypeScript cannot pair the name with its event type in a union over all names.
    const emit: (name: string, event: unknown) => boolean = EventEmitter.prototype.emit.bind(this);
    emit("event", stamped);
    emit(event.type, stamped);
  }
}
