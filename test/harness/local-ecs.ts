import { readFile } from "node:fs/promises";
import { startCluster, type Cluster } from "./cluster.ts";
import { Condition } from "./condition.ts";
import { awsEnvironment, endpointZone } from "./discovery/aws-endpoint.ts";
import { changesBetween, readEnvironment, type Environment } from "./environment.ts";
import { HarnessError } from "./errors.ts";
import { EcsEvents } from "./events.ts";
import type { Host } from "./machine/host.ts";
import { rollouts, type Rollout } from "./services/rollout.ts";
import { Service, type ServiceContext } from "./services/service.ts";
import type { HostState, LoadBalancerState, ServiceState, TaskState } from "./state.ts";
import { Folders } from "./tasks/container-files.ts";
import { argvOf, findImage, type LocalImage } from "./tasks/image.ts";
import type { Task, TaskRevision } from "./tasks/task.ts";
import type { KnownValues } from "./terraform/computed.ts";
import type { Plan } from "./terraform/plan.ts";

/** A synthesized stack: the path of a `cdk.tf.json`, or its parsed content. */
export type TemplateSource = string | object;

/** What {@link startLocalEcs} takes. */
export interface LocalEcsOptions {
  /** The environment's `cdktf.out/stacks/<env>/cdk.tf.json`, or its content. */
  readonly template: TemplateSource;
  /** What each container image is on this machine, by the end of its repository's name. */
  readonly images: Readonly<Record<string, LocalImage>>;
  /** Values of SSM parameters that the template reads, by name. @default {} */
  readonly parameters?: Readonly<Record<string, string>>;
  /** TTL in seconds of the namespace's SOA record, and so of negative answers. @default 15 */
  readonly soaTtl?: number;
  /** Milliseconds until Cloud Map shows a change of a task's health. @default 30_000 */
  readonly healthLag?: number;
  /** Milliseconds a service may take where the template waits for its steady state. @default 120_000 */
  readonly steadyStateTimeout?: number;
  /** Draws addresses, placements and answers. @default Math.random */
  readonly random?: () => number;
}

/**
 * Reads a template and starts what its services stand on: hosts, resolver, load balancers. `apply`
 * then deploys the services.
 * @throws HarnessError ERR_TEMPLATE, ERR_UNSUPPORTED or ERR_IMAGE before anything is started
 */
export async function startLocalEcs(options: LocalEcsOptions): Promise<LocalEcs> {
  const known: KnownValues = { parameters: options.parameters ?? {}, drawn: new Map() };
  const environment = await readEnvironment(options.template, known);
  checkImages(environment.plan, options.images);
  const events = new EcsEvents();
  const changed = new Condition();
  const { soaTtl = 15, random = Math.random } = options;
  const cluster = await startCluster(environment.plan, { events, random, soaTtl });
  return new LocalEcs(options, { known, environment, events, changed, cluster });
}

interface Parts {
  readonly known: KnownValues;
  readonly environment: Environment;
  readonly events: EcsEvents;
  readonly changed: Condition;
  readonly cluster: Cluster;
}

/** A running environment. */
export class LocalEcs implements AsyncDisposable {
  readonly events: EcsEvents;
  readonly #options: LocalEcsOptions;
  readonly #parts: Parts;
  readonly #folders: Folders;
  readonly #services = new Map<string, Service>();
  readonly #revisions = new Map<string, TaskRevision>();
  readonly #context: ServiceContext;
  /** What runs now; undefined before the first apply. */
  #applied: Environment | undefined;
  #keyLoadDelayMicros: number | undefined;
  #applying: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(options: LocalEcsOptions, parts: Parts) {
    const { cluster, events, environment, changed } = parts;
    this.#options = options;
    this.#parts = parts;
    this.events = events;
    this.#folders = new Folders(cluster.guardian.folder);
    const namespaces = [...environment.plan.discovery.values()].map(({ namespace }) => namespace);
    const zones = [...new Set([...namespaces, endpointZone.name])];
    const { random = Math.random, healthLag = 30_000 } = options;
    const { hosts, cloudMap, targetGroups } = cluster;
    this.#context = {
      hosts,
      events,
      random,
      registries: { cloudMap, targetGroups, healthLag },
      runtime: {
        guardian: cluster.guardian,
        folders: this.#folders,
        dns: { server: cluster.dns.address, zones },
        aws: awsEnvironment(cluster.apiPort),
        image: (name) => findImage(options.images, name, "container"),
        secret: (reference) => (this.#applied ?? environment).secrets.resolve(reference),
        keyLoadDelayMicros: () => this.#keyLoadDelayMicros,
      },
      onChange: () => {
        for (const service of this.#services.values()) service.reconcile();
        changed.notify();
      },
    };
    events.on("target", () => this.#context.onChange());
  }

  /** The VPC's resolver, `127.0.0.1:PORT`, UDP and TCP. */
  get dnsServer(): string {
    return this.#parts.cluster.dns.address;
  }

  get loadBalancers(): readonly LoadBalancerState[] {
    return this.#parts.cluster.loadBalancers.map((balancer) => balancer.state());
  }

  get hosts(): readonly HostState[] {
    return this.#context.hosts.map((host) => host.state());
  }

  get services(): readonly ServiceState[] {
    return [...this.#services.values()].map((service) => service.state());
  }

  /**
   * Deploys the start's template, or a changed one, as Terraform would: services in the order of
   * their `depends_on`, waiting where `wait_for_steady_state` says so.
   * @returns the addresses of what changed; a service is among them when its task definition is
   * @throws HarnessError ERR_UNSUPPORTED for a change that needs a new start, ERR_TIMEOUT for a service
   * that did not become steady
   */
  apply(template?: TemplateSource): Promise<readonly string[]> {
    const turn = this.#applying.then(() => this.#apply(template));
    this.#applying = turn.catch(() => {});
    return turn;
  }

  /** Resolves once every service runs what it should, healthy. @param options.timeout ms, 60 000 */
  async waitUntilStable({ timeout = 60_000 }: { readonly timeout?: number } = {}): Promise<void> {
    await this.#steady([...this.#services.values()], timeout);
  }

  /** @throws HarnessError ERR_INVALID_ARG when there is no such task */
  task(id: string): TaskState {
    return this.#task(id).state();
  }

  /** Moves the host's tasks elsewhere, as each service's percentages allow, and places none there. */
  drainHost(id: string): void {
    this.#setHost(id, "DRAINING");
  }

  activateHost(id: string): void {
    this.#setHost(id, "ACTIVE");
  }

  /** Sends a signal to the main process of each of a task's containers. */
  killTask(id: string, signal: NodeJS.Signals = "SIGKILL"): void {
    this.#task(id).signal(signal);
  }

  /** Redis servers started from now on load that slowly; `undefined` ends it. */
  setSlowStorage(slow: { readonly keyLoadDelayMicros: number } | undefined): void {
    this.#keyLoadDelayMicros = slow?.keyLoadDelayMicros;
  }

  /** What a container wrote, both streams; of the task's first container unless one is named. */
  async log(taskId: string, container?: string): Promise<string> {
    const { definition } = this.#task(taskId).context.revision;
    const name = container ?? definition.containers[0]?.name ?? "";
    return readFile(this.#folders.log(taskId, name), "utf8");
  }

  /** The value a secret has in this run, by its resource address or its name. */
  secret(name: string): string {
    return (this.#applied ?? this.#parts.environment).secrets.value(name);
  }

  /** Ends every process and removes every file of the run; may be called again. */
  close(): Promise<void> {
    this.events.end();
    for (const service of this.#services.values()) service.close();
    this.#closing ??= this.#parts.cluster.close();
    this.#parts.changed.notify();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #apply(template: TemplateSource | undefined): Promise<readonly string[]> {
    this.#checkOpen();
    const { known, environment, cluster } = this.#parts;
    const wanted = template === undefined ? environment : await readEnvironment(template, known);
    checkImages(wanted.plan, this.#options.images);
    const changes = changesBetween(this.#applied, wanted);
    const steps = rollouts(this.#applied?.plan, wanted.plan, changes);
    const gone = [...this.#services.keys()].filter(
      (address) => !wanted.plan.services.some((service) => service.address === address),
    );
    this.#register(wanted.plan, new Set(changes.map(({ address }) => address)));
    this.#applied = wanted;
    cluster.cloudMap.configure(wanted.plan.discovery);
    await Promise.all(gone.map((address) => this.#remove(address)));
    await this.#rollOut(steps);
    const touched = steps.filter(({ action }) => action !== "none").map(({ plan }) => plan.address);
    return [...new Set([...changes.map(({ address }) => address), ...touched])];
  }

  /** A changed task definition is a new revision of its family. */
  #register({ taskDefinitions }: Plan, changed: ReadonlySet<string>): void {
    for (const [address, definition] of taskDefinitions) {
      const current = this.#revisions.get(address);
      if (current && !changed.has(address)) continue;
      const revision = Number(current?.label.split(":").at(-1) ?? 0) + 1;
      this.#revisions.set(address, { definition, label: `${definition.family}:${revision}` });
    }
  }

  /** Every service after those it depends on. */
  async #rollOut(steps: readonly Rollout[]): Promise<void> {
    const done = new Map<string, Promise<void>>();
    for (const step of steps) {
      const before = step.plan.dependsOn.flatMap((address) => done.get(address) ?? []);
      const turn = Promise.all(before).then(() => this.#step(step));
      done.set(step.plan.address, turn);
    }
    await Promise.all(done.values());
  }

  async #step({ plan, action }: Rollout): Promise<void> {
    this.#checkOpen();
    if (action === "none") return;
    if (action === "replace") await this.#remove(plan.address);
    const revision = this.#revisions.get(plan.taskDefinition);
    if (!revision) return;
    const present = this.#services.get(plan.address);
    const service = present ?? new Service(plan, revision, this.#context);
    this.#services.set(plan.address, service);
    if (present) service.update(plan);
    if (present && action === "deploy") service.deploy(revision);
    const { steadyStateTimeout = 120_000 } = this.#options;
    if (plan.waitForSteadyState) await this.#steady([service], steadyStateTimeout);
  }

  async #remove(address: string): Promise<void> {
    const service = this.#services.get(address);
    await service?.remove();
    this.#services.delete(address);
  }

  async #steady(services: readonly Service[], timeout: number): Promise<void> {
    const settled = (): boolean =>
      this.#closing !== undefined || services.every((service) => service.stable || service.failed);
    await this.#parts.changed.until(settled, timeout);
    this.#checkOpen();
    const failed = services.filter((service) => !service.stable).map((each) => each.describe());
    if (failed.length === 0) return;
    throw new HarnessError("ERR_TIMEOUT", `not stable within ${timeout} ms: ${failed.join(" | ")}`);
  }

  #setHost(id: string, status: Host["status"]): void {
    const host = this.#context.hosts.find((each) => each.id === id);
    if (!host) {
      const known = this.#context.hosts.map((each) => each.id).join(", ");
      throw new HarnessError("ERR_INVALID_ARG", `there is no host "${id}"; hosts are: ${known}`);
    }
    if (host.status === status) return;
    host.status = status;
    this.events.publish({ type: "host", host: id, status });
    this.#context.onChange();
  }

  #task(id: string): Task {
    for (const service of this.#services.values()) {
      const task = service.task(id);
      if (task) return task;
    }
    throw new HarnessError("ERR_INVALID_ARG", `there is no task "${id}"`);
  }

  #checkOpen(): void {
    if (this.#closing) throw new HarnessError("ERR_CLOSED", "the local ECS has been closed");
  }
}

/** Every container's image is known and has a command: told before anything starts. */
function checkImages({ taskDefinitions }: Plan, images: LocalEcsOptions["images"]): void {
  for (const { address, containers } of taskDefinitions.values()) {
    for (const container of containers) {
      argvOf(container, findImage(images, container.image, `${address} (${container.name})`));
    }
  }
}
