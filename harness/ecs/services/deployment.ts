import { randomBytes } from "node:crypto";
import { now, type EcsEvents } from "../base/events.ts";
import type { DeploymentState } from "../base/state.ts";
import type { TaskContext, TaskRevision } from "../tasks/task.ts";
import type { ServicePlan } from "../terraform/plan/plan.ts";
import { circuitBreakerThreshold, REPLACEMENT_DELAY, throttleDelay } from "./failures.ts";

/** A rollout of a revision. */
export interface Deployment {
  readonly id: string;
  readonly revision: TaskRevision;
  /** The names of Service Connect that existed when it began. All its tasks have them. */
  names: TaskContext["names"] | undefined;
  rollout: DeploymentState["rollout"];
  /** Consecutive failures: no host was found, or a task never ran or did not pass its health checks. */
  failedTasks: number;
}

/** In the words of ECS, as of a deployment's `rolloutStateReason`. */
const BREAKER = "ECS deployment circuit breaker";

/** The settings that decide when a deployment fails. */
type Breaker = Pick<ServicePlan, "circuitBreaker" | "desiredCount">;

/** A service's deployments: the primary one, and those that it replaces. */
export class Deployments {
  readonly #service: string;
  readonly #events: EcsEvents;
  /** The primary deployment comes first. */
  #all: Deployment[] = [];
  /** Consecutive tasks that never reached RUNNING. */
  #failedStarts = 0;
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

  /** Milliseconds to wait before the next start. Tasks that never reach RUNNING increase it. */
  get pause(): number {
    return Math.max(0, this.#retryAt - now());
  }

  begin(revision: TaskRevision): void {
    const id = `ecs-svc/${randomBytes(8).toString("hex")}`;
    const deployment: Deployment = {
      id,
      revision,
      names: undefined,
      rollout: "IN_PROGRESS",
      failedTasks: 0,
    };
    this.#promote(deployment, undefined);
  }

  /** A task of a deployment became healthy: earlier failures no longer count. */
  served(deploymentId: string): void {
    const deployment = this.#all.find(({ id }) => id === deploymentId);
    if (!deployment) return;
    deployment.failedTasks = 0;
    if (deployment === this.primary) this.#failedStarts = 0;
  }

  /** Completes the primary deployment; false if it was not in progress. */
  complete(): boolean {
    const { primary } = this;
    if (primary?.rollout !== "IN_PROGRESS") return false;
    primary.rollout = "COMPLETED";
    this.#all = [primary];
    this.#publish(primary, undefined);
    return true;
  }

  /**
   * A task of the primary deployment stopped before it was healthy. Only tasks that never ran are throttled.
   * @param task.ran whether it reached RUNNING
   * @param task.isFailure whether it counts: it never ran, or a health check would have had to pass. A task that ran, and
   * that nothing checks, does not count (containers-roadmap#1206)
   * @returns whether the throttle begins
   */
  failed(plan: Breaker, task: { readonly ran: boolean; readonly isFailure: boolean }): boolean {
    this.#failedStarts = task.ran ? 0 : this.#failedStarts + 1;
    this.#retryAt = now() + (task.ran ? REPLACEMENT_DELAY : throttleDelay(this.#failedStarts));
    const isThrottled = this.#failedStarts === 2;
    if (task.isFailure) this.#count(plan);
    return isThrottled;
  }

  /** A task of the primary deployment that had served has ended: a crash loop starts one a second. @param startedAt ms */
  ended(startedAt: number): void {
    this.#retryAt = Math.max(this.#retryAt, startedAt + REPLACEMENT_DELAY);
  }

  /** No host was found for a task of the primary deployment. This counts as a failure but delays nothing. */
  notPlaced(plan: Breaker): void {
    this.#count(plan);
  }

  /**
   * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html (failedTasks)
   * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
   */
  #count({ circuitBreaker, desiredCount }: Breaker): void {
    const { primary } = this;
    if (!primary) return;
    primary.failedTasks += 1;
    const isOver = primary.failedTasks >= circuitBreakerThreshold(desiredCount);
    if (!circuitBreaker.enable || !isOver || primary.rollout !== "IN_PROGRESS") return;
    primary.rollout = "FAILED";
    this.#publish(primary, `${BREAKER}: tasks failed to start.`);
    const previous = this.#all.find(({ rollout }) => rollout === "COMPLETED");
    if (!circuitBreaker.rollback || !previous) return;
    previous.rollout = "IN_PROGRESS";
    const { id, revision } = previous;
    this.#promote(previous, `${BREAKER}: rolling back to deploymentId ${id} (${revision.label}).`);
  }

  #promote(deployment: Deployment, reason: string | undefined): void {
    this.#all = [deployment, ...this.#all.filter((other) => other !== deployment)];
    deployment.failedTasks = 0;
    this.#failedStarts = 0;
    this.#retryAt = 0;
    this.#publish(deployment, reason);
  }

  #publish({ id, rollout: status }: Deployment, reason: string | undefined): void {
    const service = this.#service;
    this.#events.publish({ type: "deployment", service, deploymentId: id, status, reason });
  }
}
