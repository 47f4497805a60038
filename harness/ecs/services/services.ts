import { setImmediate } from "node:timers/promises";
import type { Condition } from "../base/condition.ts";
import { HarnessError, closed, invalid } from "../base/errors.ts";
import type { ServiceState, TargetState } from "../base/state.ts";
import type { Task, TaskRevision } from "../tasks/task.ts";
import type { Plan, ServicePlan } from "../terraform/plan/plan.ts";
import { OneOffTasks } from "./one-off-tasks.ts";
import type { Rollout } from "./rollout.ts";
import { Service, type ServiceContext } from "./service.ts";

/** What a rollout does to a service. A later action includes the earlier ones. */
const ACTIONS: readonly Rollout["action"][] = ["none", "update", "deploy", "replace", "create"];

/** The cluster's services, and the revisions of their task definitions. */
export class Services {
  readonly #context: ServiceContext;
  readonly #changed: Condition;
  readonly #services = new Map<string, Service>();
  readonly #revisions = new Map<string, TaskRevision>();
  readonly #oneOffs: OneOffTasks;
  /** Actions that earlier rollouts have not finished, by the service's address. */
  readonly #unfinished = new Map<string, Rollout["action"]>();
  #closing: Promise<unknown> | undefined;

  /** @param changed notified when a task or a service changes */
  constructor(context: ServiceContext, changed: Condition) {
    this.#context = context;
    this.#changed = changed;
    this.#oneOffs = new OneOffTasks(context, changed);
  }

  get states(): readonly ServiceState[] {
    return [...this.#services.values()].map((service) => service.state());
  }

  /** The state of all tasks in their target groups. */
  get targets(): readonly TargetState[] {
    return [...this.#services.values()].flatMap((service) => service.targets);
  }

  /** Calls {@link Service.reconcile} of every service. */
  reconcile(): void {
    for (const service of this.#services.values()) service.reconcile();
  }

  find(name: string): Service | undefined {
    return [...this.#services.values()].find((service) => service.name === name);
  }

  /** @throws HarnessError ERR_INVALID_ARG with the names of the services */
  named(name: string): Service {
    const service = this.find(name);
    if (service) return service;
    const message = `no service "${name}"; services: ${this.#names}`;
    throw invalid(message);
  }

  /** @throws HarnessError ERR_INVALID_ARG if there is no such task */
  task(id: string): Task {
    const task = this.findTask(id);
    if (task) return task;
    const message = `no task "${id}"; services: ${this.#names}`;
    throw invalid(message);
  }

  findTask(id: string): Task | undefined {
    for (const service of this.#services.values()) {
      const task = service.task(id);
      if (task) return task;
    }
    return this.#oneOffs.task(id);
  }

  /** Registers a new revision of each changed task definition. */
  register({ taskDefinitions }: Plan, changed: ReadonlySet<string>): void {
    for (const [address, definition] of taskDefinitions) {
      const current = this.#revisions.get(address);
      if (current && !changed.has(address)) continue;
      const revision = Number(current?.label.split(":").at(-1) ?? 0) + 1;
      this.#revisions.set(address, { definition, label: `${definition.family}:${revision}` });
    }
  }

  /** The plans of the current services. */
  get plans(): readonly ServicePlan[] {
    return [...this.#services.values()].map(({ plan }) => plan);
  }

  /** The steps, including what earlier rollouts have not finished, and what ECS has rolled back. */
  withUnfinished(steps: readonly Rollout[]): Rollout[] {
    return steps.map((step) => {
      const undone = this.#isRolledBack(step.plan) ? "deploy" : "none";
      const left = this.#unfinished.get(step.plan.address) ?? undone;
      const isMore = ACTIONS.indexOf(left) > ACTIONS.indexOf(step.action);
      return isMore ? { ...step, action: left } : step;
    });
  }

  /**
   * Rolls out every service after those that it depends on, and removes services that are no longer declared. A
   * failure rejects after all other rollouts have ended. The next rollout does what was not started.
   * @param timeout ms until a service must be steady, if the plan waits for it
   */
  async rollOut(steps: readonly Rollout[], timeout: number): Promise<void> {
    this.#unfinished.clear();
    for (const { plan, action } of steps) {
      if (action !== "none") this.#unfinished.set(plan.address, action);
    }
    const declared = new Set(steps.map(({ plan }) => plan.address));
    const gone = [...this.#services.keys()].filter((address) => !declared.has(address));
    const done = new Map<string, Promise<void>>();
    for (const step of steps) {
      const before = step.plan.dependsOn.flatMap((address) => done.get(address) ?? []);
      const turn = Promise.all(before).then(() => this.#step(step, timeout));
      done.set(step.plan.address, turn);
    }
    for (const address of gone) this.#context.registries.serviceConnect.remove(address);
    const all = [...gone.map((address) => this.#remove(address)), ...done.values()];
    await Promise.allSettled(all);
    await Promise.all(all);
  }

  /** @throws HarnessError ERR_INVALID_ARG with the names of the services */
  forceNewDeployment(name: string): void {
    this.#checkOpen();
    const service = this.named(name);
    if (service.revision) service.deploy(service.revision);
  }

  /**
   * Runs the newest revision of a task definition once; resolves when the task has stopped.
   * @throws HarnessError ERR_INVALID_ARG with the families
   */
  async runTask(family: string, timeout: number): Promise<Task> {
    this.#checkOpen();
    const revisions = [...this.#revisions.values()];
    const revision = revisions.find(({ definition }) => definition.family === family);
    if (revision) return this.#oneOffs.run(revision, timeout);
    const families = revisions.map(({ definition }) => definition.family).join(", ") || "none";
    throw invalid(`no task definition "${family}"; task definitions: ${families}`);
  }

  /** Resolves when every service is stable. */
  steady(timeout: number): Promise<void> {
    return this.#steady([...this.#services.values()], timeout);
  }

  /** Starts and stops no more tasks; resolves when any start in progress has finished. */
  async close(): Promise<void> {
    const services = [...this.#services.values()];
    this.#closing ??= Promise.all([this.#oneOffs, ...services].map((each) => each.close()));
    this.#changed.notify();
    await this.#closing;
  }

  /** After a rollback the service runs another task definition than its plan, so Terraform deploys again. */
  #isRolledBack({ address, taskDefinition, keepsRevision }: ServicePlan): boolean {
    const running = this.#services.get(address)?.revision;
    return (
      !keepsRevision && running !== undefined && running !== this.#revisions.get(taskDefinition)
    );
  }

  get #names(): string {
    return [...this.#services.values()].map(({ name }) => name).join(", ") || "none";
  }

  async #step({ plan, action }: Rollout, timeout: number): Promise<void> {
    if (action === "none") return;
    // Before any service of this turn starts tasks, because their names are what exists then.
    await this.#context.registries.serviceConnect.declare(plan);
    const running = this.#services.get(plan.address)?.revision;
    if (action === "replace") await this.#remove(plan.address);
    this.#checkOpen();
    const latest = this.#revisions.get(plan.taskDefinition);
    const revision = plan.keepsRevision ? (running ?? latest) : latest;
    if (!revision) throw new Error(`${plan.taskDefinition} has not been registered`);
    const present = this.#services.get(plan.address);
    const service = present ?? new Service(plan, revision, this.#context);
    this.#services.set(plan.address, service);
    if (present) service.update(plan);
    if (present && action === "deploy") service.deploy(revision);
    // If a new service does not become steady, the next rollout waits for it again.
    if (present) this.#unfinished.delete(plan.address);
    else this.#unfinished.set(plan.address, "update");
    // Its deployment begins in the next turn, before those of services that depend on it.
    await setImmediate();
    if (plan.waitForSteadyState) await this.#steady([service], timeout);
    this.#unfinished.delete(plan.address);
  }

  async #remove(address: string): Promise<void> {
    const service = this.#services.get(address);
    await service?.remove();
    this.#services.delete(address);
  }

  async #steady(services: readonly Service[], timeout: number): Promise<void> {
    this.#checkOpen();
    const isOver = (): boolean =>
      this.#closing !== undefined || services.every((service) => service.stable || service.failed);
    const inTime = await this.#changed.until(isOver, timeout);
    this.#checkOpen();
    const unstable = services.filter((service) => !service.stable).map((each) => each.describe());
    if (unstable.length === 0) return;
    const how = inTime ? "the deployment failed" : `not stable within ${timeout} ms`;
    throw new HarnessError(
      inTime ? "ERR_DEPLOYMENT" : "ERR_TIMEOUT",
      `${how}: ${unstable.join(" | ")}`,
    );
  }

  #checkOpen(): void {
    if (this.#closing) throw closed();
  }
}
