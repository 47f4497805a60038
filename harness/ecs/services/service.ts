import { LONGEST_TIMEOUT } from "../base/arguments.ts";
import type { EcsEvents } from "../base/events.ts";
import type { Host } from "../machine/host.ts";
import { place } from "../machine/placement.ts";
import type { HealthStatus, ServiceState, TargetState } from "../base/state.ts";
import type { ContainerRuntime } from "../tasks/container-context.ts";
import { Task, type TaskRevision } from "../tasks/task.ts";
import type { ServicePlan } from "../terraform/plan/plan.ts";
import { Deployments, type Deployment } from "./deployment.ts";
import { PLACEMENT_INTERVAL } from "./failures.ts";
import { deregister, register, reportHealth, type Registries } from "./registration.ts";
import { schedule, type ScheduledTask, type Stop } from "./scheduler.ts";
import { stopReason } from "./stop-reason.ts";
import { describeService, serviceState, targetStatesOf } from "./service-state.ts";
import { isChecked, UNCHECKED, verdictOn, type Verdict } from "./verdict.ts";

/** Number of stopped tasks that a service keeps. */
const HISTORY = 50;

/** The dependencies that services share. */
export interface ServiceContext {
  readonly hosts: readonly Host[];
  readonly runtime: ContainerRuntime;
  readonly registries: Registries;
  readonly events: EcsEvents;
  readonly random: () => number;
  /** Whether a fault lets replacements start before the old task has ended. */
  readonly overlap: () => boolean;
  /** Called after each change. */
  readonly onChange: () => void;
}

/** Starts and stops the tasks of a service by its plan, one deployment after the other. */
export class Service {
  readonly #context: ServiceContext;
  readonly #deployments: Deployments;
  readonly #history: Task[] = [];
  /** Tasks that can no longer count as failed: they were healthy, were stopped, or have been counted. */
  readonly #judged = new WeakSet<Task>();
  readonly #reported = new WeakMap<Task, HealthStatus>();
  #plan: ServicePlan;
  #tasks: Task[] = [];
  #unplaced: string | undefined;
  /** Until it fires, a task without a host does not count as failed again. */
  #waiting: NodeJS.Timeout | undefined;
  #scheduled = false;
  #closed = false;

  constructor(plan: ServicePlan, revision: TaskRevision, context: ServiceContext) {
    this.#plan = plan;
    this.#context = context;
    this.#deployments = new Deployments(plan.name, context.events);
    this.deploy(revision);
  }

  /** Applies a changed plan: scales or replaces tasks. */
  update(plan: ServicePlan): void {
    this.#plan = plan;
    this.reconcile();
  }

  /** Starts a deployment. */
  deploy(revision: TaskRevision): void {
    clearTimeout(this.#waiting);
    this.#waiting = undefined;
    this.#deployments.begin(revision);
    this.reconcile();
  }

  /** Schedules one reconciliation, regardless of the number of changes in this turn. */
  reconcile(): void {
    if (this.#scheduled || this.#closed) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (!this.#closed) this.#reconcile();
    });
  }

  /** Stops all tasks and starts no more; resolves when they have stopped. */
  async remove(): Promise<void> {
    this.#closed = true;
    // Terraform scales a service to 0 before it deletes it.
    for (const { id } of this.#tasks) this.#stop({ id, why: "scaled" });
    await Promise.all(this.#tasks.map((task) => task.stopped()));
  }

  /** Starts and stops no more tasks; resolves when any start in progress has finished. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#tasks.map((task) => task.abandon()));
  }

  get name(): string {
    return this.#plan.name;
  }

  /** The current plan. */
  get plan(): ServicePlan {
    return this.#plan;
  }

  /** The revision of the primary deployment. */
  get revision(): TaskRevision | undefined {
    return this.#deployments.primary?.revision;
  }

  /** The live tasks, then the stopped ones that it keeps, newest last. */
  get tasks(): readonly Task[] {
    return [...this.#tasks, ...this.#history];
  }

  task(id: string): Task | undefined {
    return this.tasks.find((task) => task.id === id);
  }

  /** Whether exactly the tasks of its plan run, and all are healthy. */
  get stable(): boolean {
    return this.#deployments.primary?.rollout === "COMPLETED" && this.#isInPlace;
  }

  /** Whether its deployment has failed. */
  get failed(): boolean {
    return this.#deployments.primary?.rollout === "FAILED";
  }

  /** The desired count, the tasks and the last failures, for an error's message. */
  describe(): string {
    const { targetGroups } = this.#context.registries;
    const failures = this.#plan.targets.map(({ address }) => targetGroups.get(address)?.failure);
    const ending = [...this.#history, ...this.#tasks].filter(({ stoppedReason }) => stoppedReason);
    const last = ending.at(-1)?.stoppedReason;
    return describeService(this.#plan, this.#live.filter(isInPlace).length, [
      this.#unplaced,
      ...failures,
      last && `last stopped: ${last}`,
    ]);
  }

  /** The state of its tasks in their target groups. */
  get targets(): readonly TargetState[] {
    const { targetGroups } = this.#context.registries;
    return this.#tasks.flatMap((task) => targetStatesOf(task, this.#plan, targetGroups));
  }

  state(): ServiceState {
    const deployments = this.#deployments.all;
    return serviceState(this.#plan, this.stable, deployments, this.#tasks, this.#history);
  }

  get #isInPlace(): boolean {
    const live = this.#live;
    return live.length === this.#plan.desiredCount && live.every(isInPlace);
  }

  get #live(): ScheduledTask[] {
    return this.#tasks.filter(({ stopping }) => !stopping).map((task) => this.#view(task));
  }

  #reconcile(): void {
    this.#readNames();
    const views = this.#tasks.map((task) => this.#view(task));
    const decision = schedule(this.#plan, views, this.#context.overlap());
    for (const stop of decision.stop) this.#stop(stop);
    if (decision.start > 0) this.#start(decision.start);
    for (const task of this.#tasks) {
      if (this.#judged.has(task) || this.#verdictOn(task) !== "good") continue;
      this.#judged.add(task);
      this.#deployments.served(task.context.deploymentId);
    }
    if (this.#isInPlace && this.#deployments.complete()) {
      this.#say(`(service ${this.#plan.name}) has reached a steady state.`);
      this.#context.onChange();
    }
  }

  /**
   * A deployment has the names of the endpoints that exist when it begins. Services of one apply begin in one turn, and
   * this is the next one, so they have the names of each other.
   */
  #readNames(): void {
    const { primary } = this.#deployments;
    const namespace = this.#plan.serviceConnect?.namespace;
    if (!primary || primary.names !== undefined) return;
    const { serviceConnect } = this.#context.registries;
    primary.names = namespace === undefined ? [] : serviceConnect.namesIn(namespace);
  }

  #view(task: Task): ScheduledTask {
    const { id, createdAt, stopping, context, host } = task;
    const current = context.deploymentId === this.#deployments.primary?.id;
    const leaving = host !== undefined && host.status !== "ACTIVE";
    const health = this.#verdictOn(task);
    const isProtected = task.protection.until !== undefined;
    return { id, createdAt, host: host?.id, current, leaving, stopping, isProtected, health };
  }

  #verdictOn(task: Task): Verdict {
    const { registries, runtime } = this.#context;
    const { targetGroups } = registries;
    return verdictOn(task, this.#plan, { targetGroups, speed: runtime.speed });
  }

  #stop({ id, why }: Stop): void {
    const task = this.task(id);
    if (!task) return;
    if (why !== "unhealthy") this.#judged.add(task);
    const { targetGroups } = this.#context.registries;
    void task.stop(stopReason(why, task, this.#plan, targetGroups));
  }

  #start(count: number): void {
    const { primary, pause } = this.#deployments;
    // After a failed deployment without rollback, no more tasks are started.
    if (!primary || primary.rollout === "FAILED") return;
    if (pause > 0) setTimeout(() => this.reconcile(), pause).unref();
    else for (let left = count; left > 0 && this.#launch(primary); left -= 1);
  }

  /** Starts a task; false if no host was found. */
  #launch({ id: deploymentId, revision, names = [] }: Deployment): boolean {
    const { hosts, random, registries, runtime, events } = this.#context;
    const plan = this.#plan;
    const placement = place(hosts, plan, revision.definition, random);
    if ("reason" in placement) {
      this.#couldNotPlace(placement.reason);
      return false;
    }
    this.#unplaced = undefined;
    const task = new Task({
      service: plan.name,
      deploymentId,
      revision,
      runtime,
      names,
      events,
      activate: (started) => this.#activate(started, plan),
      deactivate: (stopping) => deregister(stopping, plan, registries),
      onChange: (changed) => this.#onTask(changed, plan),
    });
    placement.host.reserve(task.id, plan.name, revision.definition);
    this.#tasks.push(task);
    void task.run(placement.host);
    return true;
  }

  #activate(task: Task, plan: ServicePlan): void {
    const { registries, runtime } = this.#context;
    register(task, plan, registries);
    // Then its verdict changes, and no task event follows.
    const judge = (): void => {
      if (this.#closed) return;
      this.reconcile();
      this.#context.onChange();
    };
    for (const delay of [plan.healthCheckGracePeriod * 1000, UNCHECKED / runtime.speed]) {
      // A timer may end up to a millisecond too early.
      setTimeout(judge, Math.min(delay + 10, LONGEST_TIMEOUT)).unref();
    }
  }

  #couldNotPlace(reason: string): void {
    this.#countUnplaced();
    const message = `(service ${this.#plan.name}) was unable to place a task because no container instance met all of its requirements. ${reason}`;
    if (this.#unplaced === message) return;
    this.#unplaced = message;
    this.#say(message);
  }

  /** Placement is tried after every change, so failures count by time and not by number. */
  #countUnplaced(): void {
    if (this.#waiting) return;
    const again = (): void => {
      this.#waiting = undefined;
      this.reconcile();
    };
    this.#waiting = setTimeout(again, PLACEMENT_INTERVAL).unref();
    if (this.#plan.waitsForCapacity) return;
    this.#deployments.notPlaced(this.#plan);
    this.reconcile();
    // The deployment may have failed, and no task event follows.
    this.#context.onChange();
  }

  #onTask(task: Task, plan: ServicePlan): void {
    if (this.#closed && task.status !== "STOPPED") return;
    // Before the task is registered, which happens in this turn too.
    if (task.status === "RUNNING" && task.health !== this.#reported.get(task)) {
      this.#reported.set(task, task.health);
      reportHealth(task, plan, this.#context.registries);
    }
    if (task.stopping && !this.#closed && !this.#judged.has(task)) this.#onFailed(task);
    const isCurrent = task.context.deploymentId === this.#deployments.primary?.id;
    if (task.stopping && isCurrent && task.startedAt !== undefined) {
      this.#deployments.ended(task.startedAt);
    }
    if (task.status === "STOPPED" && this.#tasks.includes(task)) this.#onStopped(task);
    this.reconcile();
    this.#context.onChange();
  }

  /** A task that was never healthy stops. The next start is delayed, and the deployment may fail. */
  #onFailed(task: Task): void {
    this.#judged.add(task);
    const { current, leaving } = this.#view(task);
    if (!current || leaving) return;
    const ran = task.startedAt !== undefined;
    const isFailure = !ran || isChecked(task, this.#plan);
    const isThrottled = this.#deployments.failed(this.#plan, { ran, isFailure });
    const { name } = this.#plan;
    if (isThrottled)
      this.#say(`(service ${name}) is unable to consistently start tasks successfully.`);
  }

  #onStopped(task: Task): void {
    this.#tasks = this.#tasks.filter((other) => other !== task);
    this.#history.push(task);
    this.#history.splice(0, this.#history.length - HISTORY);
  }

  #say(message: string): void {
    this.#context.events.publish({ type: "service", service: this.#plan.name, message });
  }
}

/** Whether a task belongs to the primary deployment and is healthy, on a host that is not draining. */
const isInPlace = ({ current, leaving, health }: ScheduledTask): boolean =>
  current && !leaving && health === "good";
