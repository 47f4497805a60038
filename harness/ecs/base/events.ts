import { EventEmitter } from "node:events";
import type { FaultName } from "./fault-primitives.ts";
import type { HealthStatus, HostStatus, TaskStatus } from "./state.ts";

/** A task went from one state of the ECS life cycle to the next. */
export interface TaskEvent {
  readonly type: "task";
  readonly service: string;
  readonly taskId: string;
  readonly deploymentId: string;
  readonly from: TaskStatus | undefined;
  readonly to: TaskStatus;
  readonly host: string | undefined;
  /** Why it stops, in ECS's own words where it has them. */
  readonly reason: string | undefined;
}

/**
 * A container's process started or ended. A restart in place is both, without an event of its task: in
 * AWS it changes no state of either.
 */
export interface ContainerEvent {
  readonly type: "container";
  readonly service: string;
  readonly taskId: string;
  readonly container: string;
  /** Whether its task has no other container. */
  readonly isOnly: boolean;
  readonly status: "RUNNING" | "STOPPED";
  readonly pid: number | undefined;
  /** 0-255, 128 + the signal's number when a signal ended it, as Docker counts. */
  readonly exitCode: number | undefined;
}

/** A container's or a task's health changed. */
export interface HealthEvent {
  readonly type: "health";
  readonly service: string;
  readonly taskId: string;
  readonly container: string;
  /** Whether its task has no other container. */
  readonly isOnly: boolean;
  readonly health: HealthStatus;
}

/** A load balancer's view of a target changed. */
export interface TargetEvent {
  readonly type: "target";
  readonly service: string;
  readonly taskId: string;
  readonly targetGroup: string;
  readonly state: "initial" | "healthy" | "unhealthy" | "draining" | "unused";
  readonly reason: string | undefined;
}

/** A Cloud Map instance, and with it its DNS records, appeared, changed health or went. */
export interface RecordEvent {
  readonly type: "record";
  readonly action: "registered" | "deregistered" | "health";
  /** The name that SRV queries ask for: `[service].[namespace]`. */
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

/** A service event as ECS writes it: steady state, placement failures. */
export interface ServiceEvent {
  readonly type: "service";
  readonly service: string;
  readonly message: string;
}

/** A container instance changed status. */
export interface HostEvent {
  readonly type: "host";
  readonly host: string;
  readonly status: HostStatus;
}

/**
 * A fault began (`active`) or ended. A fault without duration, such as a kill, makes both events at
 * once.
 */
export interface FaultEvent {
  readonly type: "fault";
  readonly fault: FaultName;
  /** What it affects: a task, a host or a service; or how a part fails. Undefined if there is one only. */
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
  | HostEvent
  | FaultEvent;

/** An event with its time: milliseconds since the epoch, monotonic, with fractions. */
export type EcsEvent = AnyEvent & { readonly at: number };

/** The events of one kind, `EcsEventOf<"task">` for example. */
export type EcsEventOf<Type extends AnyEvent["type"]> = Extract<EcsEvent, { type: Type }>;

type EventMap = { [Type in AnyEvent["type"]]: [EcsEventOf<Type>] } & { event: [EcsEvent] };

/** The clock of events, in ms since the epoch; it does not jump when the machine's clock is set. */
export const now = (): number => performance.timeOrigin + performance.now();

/** All events: `on("event", ...)` gets every one, `on("task", ...)` one kind. */
export class EcsEvents extends EventEmitter<EventMap> {
  #ended = false;

  /** Publishes nothing any more: what a close kills makes no events. */
  end(): void {
    this.#ended = true;
  }

  /** Adds the time and calls the listeners of its type and those of `event`. */
  publish(event: AnyEvent): void {
    if (this.#ended) return;
    const stamped = { ...event, at: now() };
    // The map pairs each name with its own event; a union over all names cannot say so.
    const emit: (name: string, event: unknown) => boolean = EventEmitter.prototype.emit.bind(this);
    emit("event", stamped);
    emit(event.type, stamped);
  }
}
