import type { Beside } from "./launch.ts";
import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { Condition } from "../base/condition.ts";
import { messageOf } from "../base/message-of.ts";
import type { MemoryCgroup } from "../machine/memory-cgroup.ts";
import { now, type EcsEvents } from "../base/events.ts";
import type { BoundPort, Host, TaskPlace } from "../machine/host.ts";
import type { HealthStatus, TaskState, TaskStatus } from "../base/state.ts";
import type { ContainerPlan, PortReference, TaskDefinitionPlan } from "../terraform/plan/plan.ts";
import { Container } from "./container.ts";
import { ContainerEvents } from "./container-events.ts";
import { ContainerFaults } from "./container-faults.ts";
import type { ContainerContext, ContainerRuntime } from "./container-context.ts";
import { placeOf } from "./container-place.ts";
import { ReportedHealth } from "./reported-health.ts";
import { startContainers, stopContainers } from "./container-order.ts";
import { countsForHealth, taskHealth } from "./task-health.ts";
import { TaskNetworks } from "./task-networks.ts";
import { TaskProtection } from "./task-protection.ts";

/** A registered revision of a task definition. */
export interface TaskRevision {
  readonly definition: TaskDefinitionPlan;
  /** `dev-redis:1`. */
  readonly label: string;
}

/** The service and deployment of a task, and its callbacks. */
export interface TaskContext {
  readonly service: string;
  readonly deploymentId: string;
  readonly revision: TaskRevision;
  readonly runtime: ContainerRuntime;
  /** Additional names in the `/etc/hosts` of its containers, with their addresses. */
  readonly names: ContainerContext["names"];
  readonly events: EcsEvents;
  /** Registers a running task in Cloud Map and load balancers. */
  readonly activate: (task: Task) => void;
  /** Deregisters the task; resolves when it may be stopped. */
  readonly deactivate: (task: Task) => Promise<void>;
  readonly onChange: (task: Task) => void;
}

/** In place of the deployment of a task that belongs to no service. */
export const STANDALONE = "run-task";

const FAILED_TO_START = "Task failed to start";

/** Why the end of an essential container ends its task: ECS' words, with the container's own reason. */
function endOf({ plan: { name }, startedAt, exitCode, failure }: Container): string {
  const ending = startedAt === undefined ? FAILED_TO_START : "Essential container in task exited";
  const how = failure ?? (exitCode === undefined ? undefined : `exit code ${exitCode}`);
  return how === undefined ? ending : `${ending} (${name}: ${how})`;
}

type ContainerPort = Pick<PortReference, "containerName" | "containerPort">;

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_cannot_pull_image.html */
const notPulled = (image = ""): string =>
  `CannotPullContainerError: pull image manifest has been retried 7 time(s): failed to resolve ref ${image}`;

/** A task: its containers on a host, from placement to the end. */
export class Task {
  readonly id = randomBytes(16).toString("hex");
  readonly context: TaskContext;
  readonly createdAt = now();
  readonly #changed = new Condition();
  readonly #abort = new AbortController();
  readonly #containerEvents: ContainerEvents;
  #containers: readonly Container[] = [];
  #binding: Promise<TaskPlace> | undefined;
  #place: TaskPlace | undefined;
  #connecting: Promise<TaskNetworks> | undefined;
  #networks = TaskNetworks.none;
  /** Its cgroup, with one for each container. */
  #memory: MemoryCgroup | undefined;
  readonly #health = new ReportedHealth(
    () => taskHealth(this.#containers),
    () => this.status === "STOPPED" || this.host?.silent === true,
    () => {
      if (this.health === "HEALTHY") this.healthyAt ??= now();
      this.context.onChange(this);
    },
  );
  readonly faults = new ContainerFaults(() => this.#containers);
  readonly protection = new TaskProtection(() => this.context.onChange(this));
  #running: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  status: TaskStatus = "PROVISIONING";
  host: Host | undefined;
  startedAt: number | undefined;
  healthyAt: number | undefined;
  stoppedAt: number | undefined;
  stoppedReason: string | undefined;

  constructor(context: TaskContext) {
    this.context = context;
    this.#containerEvents = new ContainerEvents(context.events, {
      service: context.service,
      taskId: this.id,
      isOnly: context.revision.definition.containers.length === 1,
    });
    this.#publish(undefined);
  }

  /** Runs the task on a host that has a reservation for it. Resolves when it is RUNNING or has failed. */
  run(host: Host): Promise<void> {
    this.#running ??= this.#run(host);
    return this.#running;
  }

  /** Starts no more containers and closes its ports. Resolves when any start in progress has finished. */
  async abandon(): Promise<void> {
    this.#abort.abort();
    await this.#running;
    for (const container of this.#containers) container.forbidRestart();
    await Promise.all(this.#containers.map((container) => container.untilStartEnds()));
    await Promise.all(this.#containers.map((container) => container.unpublish()));
  }

  /** Deregisters the task, then ends its containers. Resolves when it is STOPPED. */
  stop(reason: string): Promise<void> {
    this.#stopping ??= this.#stop(reason);
    return this.#stopping;
  }

  /** Resolves when it is STOPPED, if it is stopping. */
  async stopped(): Promise<void> {
    await this.#stopping;
  }

  get stopping(): boolean {
    return this.#stopping !== undefined;
  }

  /** Whether any of its containers has a health check that counts. */
  get hasHealthCheck(): boolean {
    return this.context.revision.definition.containers.some(countsForHealth);
  }

  /** Its health as ECS knows it: the agent's last report. */
  get health(): HealthStatus {
    return this.#health.status;
  }

  /** The address of its host, or its own in awsvpc mode. */
  get address(): string | undefined {
    return this.#place?.address ?? this.host?.address;
  }

  /** The host port of a container's port. */
  portOf(reference: ContainerPort): number | undefined {
    return this.bindingOf(reference)?.hostPort;
  }

  /** The published and the local port of a container's port. */
  bindingOf({ containerName, containerPort }: ContainerPort): BoundPort | undefined {
    const bindings = this.#place?.ports.get(containerName) ?? [];
    return bindings.find((binding) => binding.containerPort === containerPort);
  }

  /** All its current and former host ports. */
  get hostPorts(): readonly number[] {
    return [...(this.#place?.ports.values() ?? [])].flat().map(({ hostPort }) => hostPort);
  }

  /** Whether it belongs to no service. */
  get isStandalone(): boolean {
    return this.context.deploymentId === STANDALONE;
  }

  /** Another program in a container; undefined if that does not run. */
  beside(name: string, argv: readonly string[], hasTerminal: boolean): Beside | undefined {
    return this.#named(name)?.beside(argv, hasTerminal);
  }

  /** The PIDs of a container's processes; empty if it does not run. */
  processesOf(name: string): readonly number[] {
    return this.#named(name)?.processes ?? [];
  }

  #named(name: string): Container | undefined {
    return this.#containers.find(({ plan }) => plan.name === name);
  }

  /**
   * ECS has given up its host: the task counts as stopped, even if its processes run. Its containers are no
   * longer restarted in place, because there is no agent.
   */
  lose(reason: string): void {
    this.stoppedReason ??= reason;
    this.#stopping ??= Promise.resolve();
    this.#abort.abort();
    for (const container of this.#containers) container.forbidRestart();
    if (this.status === "RUNNING") void this.context.deactivate(this);
    this.#finish();
  }

  /** Its host is back: publishes what has happened. */
  report(): void {
    for (const container of this.#containers) this.#onContainer(container);
  }

  /** Kills its processes and closes its ports. */
  async destroy(): Promise<void> {
    await Promise.all(this.#containers.map((container) => container.destroy()));
    await this.#networks.close();
    await this.#memory?.remove();
  }

  state(): TaskState {
    const { id, context, status, health, host, createdAt, startedAt, healthyAt } = this;
    const { service, deploymentId, revision } = context;
    return {
      id,
      service,
      deploymentId,
      taskDefinition: revision.label,
      status,
      health,
      host: host?.id,
      address: this.address,
      containers: this.#containers.map((container) => container.state()),
      createdAt,
      startedAt,
      healthyAt,
      stoppedAt: this.stoppedAt,
      stoppedReason: this.stoppedReason,
    };
  }

  #container(plan: ContainerPlan, host: Host): Container {
    const { address = host.address } = this;
    const { runtime, names, revision } = this.context;
    const { containers } = revision.definition;
    const context: ContainerContext = {
      taskId: this.id,
      definition: revision.definition,
      host,
      memory: this.#memory,
      names: [
        ...names,
        ...plan.extraHosts.map(({ hostname: name, ipAddress }) => ({ name, address: ipAddress })),
      ],
      ...placeOf(plan, {
        address,
        networks: this.#networks,
        place: this.#place,
        containers,
        image: runtime.image,
      }),
      isCut: () => this.faults.isCut,
      isFrozen: () => this.faults.isFrozen(plan.name),
      isFull: () => this.faults.isFull,
    };
    return new Container(plan, runtime, context, (each) => this.#onContainer(each));
  }

  async #run(host: Host): Promise<void> {
    this.host = host;
    this.#enter("PENDING");
    const { revision, runtime } = this.context;
    const { definition } = revision;
    const { signal } = this.#abort;
    try {
      await host.untilReachable(signal);
      signal.throwIfAborted();
      this.#binding = host.bind(this.id, definition, runtime.platform.networks);
      this.#place = await this.#binding;
      this.#memory = runtime.memory?.child(this.id, definition.memoryLimit);
      this.#connecting = TaskNetworks.connect(definition, runtime, host.id);
      this.#networks = await this.#connecting;
      this.#containers = definition.containers.map((plan) => this.#container(plan, host));
      if (runtime.faults.pullFails) throw new Error(notPulled(definition.containers[0]?.image));
      await startContainers(this.#containers, this.#changed, signal);
      await host.untilReachable(signal);
    } catch (error) {
      void this.stop(`${FAILED_TO_START} (${messageOf(error)})`);
    }
    if (!signal.aborted) this.#becomeRunning();
  }

  #becomeRunning(): void {
    this.startedAt = now();
    this.#enter("RUNNING");
    this.context.activate(this);
  }

  /** @param isByAgent whether its host's agent stops it, without an order from ECS */
  async #stop(reason: string, isByAgent = false): Promise<void> {
    this.stoppedReason = reason;
    this.#abort.abort();
    // In the next turn, so that `stopping` is true before the first event.
    await Promise.resolve();
    if (this.status === "RUNNING") {
      this.#enter("DEACTIVATING");
      const deactivated = this.context.deactivate(this);
      // The agent does not wait for a load balancer.
      if (!isByAgent) await deactivated;
    }
    this.#enter("STOPPING");
    // Ports and networks that are being made must be freed too.
    await this.#binding?.catch(() => {});
    await this.#connecting?.catch(() => {});
    await stopContainers(this.#containers);
    await this.#networks.close();
    await this.#memory?.remove();
    await rm(this.context.runtime.folders.task(this.id), { recursive: true, force: true });
    this.#finish();
  }

  #finish(): void {
    if (this.status === "STOPPED") return;
    this.host?.release(this.id);
    this.stoppedAt = now();
    this.#enter("STOPPED");
  }

  /** Handles a container's change as its host's agent reports it. */
  #onContainer(container: Container): void {
    if (this.status === "STOPPED" || this.host?.silent) return this.#changed.notify();
    const { plan, status } = container;
    this.#containerEvents.report(container);
    this.#health.update();
    if (status === "STOPPED" && plan.essential && !this.stopping) {
      // For ECS it was RUNNING if all its containers have run, however soon one has ended.
      const ran = this.#containers.every((each) => each.status !== "PENDING");
      if (ran && container.startedAt !== undefined && this.status === "PENDING") {
        this.#becomeRunning();
      }
      this.#stopping ??= this.#stop(endOf(container), true);
    }
    this.#changed.notify();
    this.context.onChange(this);
  }

  #enter(status: TaskStatus): void {
    // A lost task stays stopped.
    if (this.status === "STOPPED") return;
    const from = this.status;
    this.status = status;
    this.#publish(from);
    this.context.onChange(this);
  }

  #publish(from: TaskStatus | undefined): void {
    const { service, deploymentId, events } = this.context;
    const common = { taskId: this.id, service, deploymentId, host: this.host?.id };
    events.publish({ type: "task", ...common, from, to: this.status, reason: this.stoppedReason });
  }
}
