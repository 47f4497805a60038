import { now, type EcsEvents } from "../events.ts";
import type { Host } from "../machine/host.ts";
import { place } from "../machine/placement.ts";
import type { DeploymentState, HealthStatus, ServiceState } from "../state.ts";
import type { ContainerRuntime } from "../tasks/container.ts";
import { Task, type TaskRevision } from "../tasks/task.ts";
import type { ServicePlan } from "../terraform/plan.ts";
import { Deployment } from "./deployment.ts";
import { circuitBreakerThreshold, restartDelay } from "./failures.ts";
import { deregister, register, reportHealth, type Registries } from "./registration.ts";
import { schedule, type ScheduledTask } from "./scheduler.ts";

/** Stopped tasks that a service remembers. */
const HISTORY = 50;

/** What services share. */
export interface ServiceContext {
  readonly hosts: readonly Host[];
  readonly runtime: ContainerRuntime;
  readonly registries: Registries;
  readonly events: EcsEvents;
  readonly random: () => number;
  /** Something changed that other services or waiters may look at. */
  readonly onChange: () => void;
}

/** Keeps a service's tasks as its plan says, one deployment after the other. */
export class Service {
  readonly #context: ServiceContext;
  readonly #history: Task[] = [];
  readonly #served = new WeakSet<Task>();
  readonly #reported = new WeakMap<Task, HealthStatus>();
  #plan: ServicePlan;
  #tasks: Task[] = [];
  /** The primary deployment first. */
  #deployments: Deployment[];
  #failuresInARow = 0;
  #retryAt = 0;
  #unplaced: string | undefined;
  #scheduled = false;
  #closed = false;

  constructor(plan: ServicePlan, revision: TaskRevision, context: ServiceContext) {
    this.#plan = plan;
    this.#context = context;
    this.#deployments = [];
    this.deploy(revision);
  }

  get plan(): ServicePlan {
    return this.#plan;
  }

  get primary(): Deployment | undefined {
    return this.#deployments[0];
  }

  /** Takes over a changed plan; what is already running is scaled or replaced by it. */
  update(plan: ServicePlan): void {
    this.#plan = plan;
    this.reconcile();
  }

  /** Begins a deployment. */
  deploy(revision: TaskRevision): void {
    const deployment = new Deployment(revision);
    this.#deployments.unshift(deployment);
    this.#failuresInARow = 0;
    this.#retryAt = 0;
    this.#publish(deployment, undefined);
    this.reconcile();
  }

  /** Looks again, soon: many changes at once are looked at together. */
  reconcile(): void {
    if (this.#scheduled || this.#closed) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (!this.#closed) this.#reconcile();
    });
  }

  /** Stops every task and starts no other; resolves when they have gone. */
  async remove(): Promise<void> {
    this.close();
    await Promise.all(this.#tasks.map((task) => task.stop("Service deleted")));
  }

  /** Starts and stops nothing any more. */
  close(): void {
    this.#closed = true;
  }

  task(id: string): Task | undefined {
    return [...this.#tasks, ...this.#history].find((task) => task.id === id);
  }

  /** Whether it runs what it should, healthy, and nothing else. */
  get stable(): boolean {
    const good = this.#tasks.filter((task) => this.#healthOf(task) === "good");
    return (
      this.primary?.rollout === "COMPLETED" &&
      good.length === this.#plan.desiredCount &&
      this.#tasks.every((task) => task.stopping || (good.includes(task) && !this.#isGoing(task)))
    );
  }

  /** Whether its deployment has failed for good. */
  get failed(): boolean {
    return this.primary?.rollout === "FAILED";
  }

  /** Why it is not stable, for an error's text. */
  describe(): string {
    const tasks = this.#tasks.map(
      ({ id, status, health }) => `${id.slice(0, 8)} ${status} ${health}`,
    );
    const last = this.#history.at(-1)?.stoppedReason;
    return [
      `${this.#plan.name} wants ${this.#plan.desiredCount} healthy`,
      `has ${tasks.join(", ") || "none"}`,
      ...(this.#unplaced === undefined ? [] : [this.#unplaced]),
      ...(last === undefined ? [] : [`last stopped: ${last}`]),
    ].join("; ");
  }

  state(): ServiceState {
    const { name, address: resource, desiredCount } = this.#plan;
    return {
      name,
      resource,
      desiredCount,
      runningCount: this.#tasks.filter(({ status }) => status === "RUNNING").length,
      stable: this.stable,
      deployments: this.#deployments.map((each) => this.#deploymentState(each)),
      tasks: [...this.#tasks, ...this.#history].map((task) => task.state()),
    };
  }

  #deploymentState(deployment: Deployment): DeploymentState {
    const tasks = this.#tasks.filter(({ context }) => context.deploymentId === deployment.id);
    return {
      id: deployment.id,
      status: deployment === this.primary ? "PRIMARY" : "ACTIVE",
      rollout: deployment.rollout,
      taskDefinition: deployment.revision.label,
      desiredCount: deployment === this.primary ? this.#plan.desiredCount : 0,
      runningCount: tasks.filter(({ status }) => status === "RUNNING").length,
      pendingCount: tasks.filter(({ status }) => status === "PENDING").length,
      failedTasks: deployment.failedTasks,
    };
  }

  #reconcile(): void {
    const decision = schedule(
      this.#plan,
      this.#tasks.map((task) => this.#view(task)),
    );
    for (const { id, reason } of decision.stop) void this.task(id)?.stop(reason);
    const wait = this.#retryAt - now();
    if (decision.start > 0 && wait > 0) setTimeout(() => this.reconcile(), wait).unref();
    else for (let count = 0; count < decision.start; count += 1) this.#launch();
    this.#complete();
  }

  #view(task: Task): ScheduledTask {
    const health = this.#healthOf(task);
    const { id, createdAt, stopping, context, host } = task;
    const current = context.deploymentId === this.primary?.id;
    return { id, createdAt, current, leaving: host?.status === "DRAINING", stopping, health };
  }

  #isGoing(task: Task): boolean {
    const { current, leaving } = this.#view(task);
    return !current || leaving;
  }

  #healthOf(task: Task): ScheduledTask["health"] {
    if (task.status !== "RUNNING" || task.stopping) return "new";
    const { targets, healthCheckGracePeriod } = this.#plan;
    const states = targets.map(({ address }) =>
      this.#context.registries.targetGroups.get(address)?.stateOf(task.id),
    );
    const graceful =
      targets.length > 0 && now() < (task.startedAt ?? 0) + healthCheckGracePeriod * 1000;
    const failed = task.health === "UNHEALTHY" || states.includes("unhealthy");
    if (failed) return graceful ? "new" : "bad";
    const proven = !task.hasHealthCheck || task.health === "HEALTHY";
    return proven && states.every((state) => state === "healthy") ? "good" : "new";
  }

  #launch(): void {
    const { primary } = this;
    // A failed deployment that could not be rolled back launches nothing more.
    if (!primary || primary.rollout === "FAILED") return;
    const { hosts, random, events } = this.#context;
    const { definition } = primary.revision;
    const placement = place(hosts, this.#plan, definition, random);
    if ("reason" in placement) return this.#couldNotPlace(placement.reason);
    this.#unplaced = undefined;
    const plan = this.#plan;
    const { registries } = this.#context;
    const task = new Task({
      service: plan.name,
      deploymentId: primary.id,
      revision: primary.revision,
      runtime: this.#context.runtime,
      events,
      activate: (started) => this.#activate(started, plan),
      deactivate: (stopping) => deregister(stopping, plan, registries),
      onChange: (changed) => this.#onTask(changed, plan),
    });
    placement.host.reserve(task.id, plan.name, definition);
    this.#tasks.push(task);
    void task.run(placement.host);
  }

  #activate(task: Task, plan: ServicePlan): void {
    register(task, plan, this.#context.registries);
    // When the grace period ends, an unhealthy task is looked at anew.
    setTimeout(() => this.reconcile(), plan.healthCheckGracePeriod * 1000).unref();
  }

  #couldNotPlace(reason: string): void {
    const { name } = this.#plan;
    const message = `(service ${name}) was unable to place a task because no container instance met all of its requirements. Reason: ${reason}`;
    if (this.#unplaced === message) return;
    this.#unplaced = message;
    this.#context.events.publish({ type: "service", service: name, message });
  }

  #onTask(task: Task, plan: ServicePlan): void {
    if (this.#closed && task.status !== "STOPPED") return;
    if (task.health !== this.#reported.get(task)) {
      this.#reported.set(task, task.health);
      reportHealth(task, plan, this.#context.registries);
    }
    if (task.status === "STOPPED" && this.#tasks.includes(task)) this.#onStopped(task);
    this.reconcile();
    this.#context.onChange();
  }

  #onStopped(task: Task): void {
    this.#tasks = this.#tasks.filter((other) => other !== task);
    this.#history.push(task);
    this.#history.splice(0, this.#history.length - HISTORY);
    const deployment = this.#deployments.find(({ id }) => id === task.context.deploymentId);
    const expected = deployment !== this.primary || task.host?.status === "DRAINING";
    if (!deployment || expected || this.#served.has(task)) return;
    deployment.failedTasks += 1;
    this.#failuresInARow += 1;
    this.#retryAt = now() + restartDelay(this.#failuresInARow);
    this.#breakCircuit(deployment);
  }

  #breakCircuit(deployment: Deployment): void {
    const { circuitBreaker, desiredCount } = this.#plan;
    const threshold = circuitBreakerThreshold(desiredCount);
    if (!circuitBreaker.enable || deployment.failedTasks < threshold) return;
    if (deployment.rollout !== "IN_PROGRESS") return;
    deployment.rollout = "FAILED";
    this.#publish(deployment, `deployment circuit breaker: ${deployment.failedTasks} tasks failed`);
    const previous = this.#deployments.find(({ rollout }) => rollout === "COMPLETED");
    if (!circuitBreaker.rollback || !previous) return;
    this.#deployments = [previous, ...this.#deployments.filter((each) => each !== previous)];
    previous.rollout = "IN_PROGRESS";
    this.#retryAt = 0;
    this.#publish(previous, `rolling back to ${previous.revision.label}`);
  }

  /** Notes tasks that serve, and a rollout that is done. */
  #complete(): void {
    const { primary } = this;
    for (const task of this.#tasks) {
      if (this.#healthOf(task) !== "good" || this.#served.has(task)) continue;
      this.#served.add(task);
      this.#failuresInARow = 0;
    }
    const views = this.#tasks.filter(({ stopping }) => !stopping).map((task) => this.#view(task));
    const done =
      views.length === this.#plan.desiredCount &&
      views.every(({ current, leaving, health }) => current && !leaving && health === "good");
    if (!primary || !done || primary.rollout !== "IN_PROGRESS") return;
    primary.rollout = "COMPLETED";
    this.#deployments = [primary];
    this.#publish(primary, undefined);
    const message = `(service ${this.#plan.name}) has reached a steady state.`;
    this.#context.events.publish({ type: "service", service: this.#plan.name, message });
    this.#context.onChange();
  }

  #publish({ id: deploymentId, rollout: status }: Deployment, reason: string | undefined): void {
    const { name: service } = this.#plan;
    this.#context.events.publish({ type: "deployment", service, deploymentId, status, reason });
  }
}
