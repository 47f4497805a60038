import { randomBytes } from "node:crypto";
import { now, type EcsEvents } from "../events.ts";
import type { DeploymentState } from "../state.ts";
import type { TaskRevision } from "../tasks/task.ts";
import type { ServicePlan } from "../terraform/plan.ts";
import { circuitBreakerThreshold, restartDelay } from "./failures.ts";

/** One rollout of a revision. */
export interface Deployment {
  readonly id: string;
  readonly revision: TaskRevision;
  rollout: DeploymentState["rollout"];
  /** Tasks that ended before they ever served. */
  failedTasks: number;
}

/** A service's deployments: the one that is rolled out or in place, and what it replaces. */
export class Deployments {
  readonly #service: string;
  readonly #events: EcsEvents;
  /** The primary one first. */
  #all: Deployment[] = [];
  #failuresInARow = 0;
  #retryAt = 0;

  constructor(service: string, events: EcsEvents) {
    this.#service = service;
    this.#events = events;
  }

  get all(): readonly Deployment[] {
    return this.#all;
  }

  get primary(): Deployment | undefined {
    return this.#all[0];
  }

  /** Milliseconds to wait before the next start: failed ones slow it down. */
  get pause(): number {
    return Math.max(0, this.#retryAt - now());
  }

  begin(revision: TaskRevision): void {
    const id = `ecs-svc/${randomBytes(8).toString("hex")}`;
    this.#promote({ id, revision, rollout: "IN_PROGRESS", failedTasks: 0 }, undefined);
  }

  /** A task serves: what failed before it does not count any more. */
  served(): void {
    this.#failuresInARow = 0;
  }

  /** The primary deployment is in place; whether that is news. */
  complete(): boolean {
    const { primary } = this;
    if (primary?.rollout !== "IN_PROGRESS") return false;
    primary.rollout = "COMPLETED";
    this.#all = [primary];
    this.#publish(primary, undefined);
    return true;
  }

  /** A task of the primary deployment ended before it ever served. */
  failed({ circuitBreaker, desiredCount }: ServicePlan): void {
    const { primary } = this;
    if (!primary) return;
    primary.failedTasks += 1;
    this.#failuresInARow += 1;
    this.#retryAt = now() + restartDelay(this.#failuresInARow);
    const isOver = primary.failedTasks >= circuitBreakerThreshold(desiredCount);
    if (!circuitBreaker.enable || !isOver || primary.rollout !== "IN_PROGRESS") return;
    primary.rollout = "FAILED";
    this.#publish(primary, `deployment circuit breaker: ${primary.failedTasks} tasks failed`);
    const previous = this.#all.find(({ rollout }) => rollout === "COMPLETED");
    if (!circuitBreaker.rollback || !previous) return;
    previous.rollout = "IN_PROGRESS";
    this.#promote(previous, `rolling back to ${previous.revision.label}`);
  }

  #promote(deployment: Deployment, reason: string | undefined): void {
    this.#all = [deployment, ...this.#all.filter((other) => other !== deployment)];
    this.#failuresInARow = 0;
    this.#retryAt = 0;
    this.#publish(deployment, reason);
  }

  #publish({ id, rollout: status }: Deployment, reason: string | undefined): void {
    const service = this.#service;
    this.#events.publish({ type: "deployment", service, deploymentId: id, status, reason });
  }
}
