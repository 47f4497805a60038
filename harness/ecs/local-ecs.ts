import type { Beside } from "./tasks/launch.ts";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { Condition } from "./base/condition.ts";
import { closed, HarnessError, invalid } from "./base/errors.ts";
import { EcsEvents } from "./base/events.ts";
import { doAll } from "./base/settle.ts";
import type {
  HostState,
  LoadBalancerState,
  ServiceState,
  TargetState,
  TaskState,
} from "./base/state.ts";
import { agentVariables } from "./agent/variables.ts";
import { checkStart, hasRoots } from "./check-start.ts";
import { ENDPOINT_ZONE } from "./discovery/aws-endpoint.ts";
import { MACHINE_NAME } from "./discovery/hostnames.ts";
import { checkServiceConnect } from "./discovery/service-connect.ts";
import { Faults } from "./faults/fault-injection.ts";
import { withDefaults, type LocalEcsOptions } from "./local-ecs-options.ts";
import type { Platform } from "./machine/platform.ts";
import { startCluster, type Cluster } from "./services/cluster.ts";
import { rollouts } from "./services/rollout.ts";
import { Services } from "./services/services.ts";
import { checkImages } from "./tasks/check-images.ts";
import { checkExtraHosts } from "./tasks/container-links.ts";
import type { ContainerRuntime } from "./tasks/container-context.ts";
import { checkEnvironmentFiles, environmentIn } from "./tasks/environment-files.ts";
import { Folders } from "./tasks/folders.ts";
import { findImage } from "./tasks/image.ts";
import { Volumes } from "./tasks/volumes.ts";
import type { KnownValues } from "./terraform/plan/computed.ts";
import type { SecretReference } from "./terraform/plan/plan.ts";
import { changesBetween } from "./terraform/template-changes.ts";
import {
  isTemplate,
  readTemplate,
  templateOf,
  type Template,
  type TemplateSource,
} from "./terraform/template.ts";

/**
 * Reads a template and starts what its services need: hosts, resolver, load balancers. Call `apply` to deploy
 * the services.
 * @throws HarnessError ERR_TEMPLATE, ERR_UNSUPPORTED, ERR_IMAGE or ERR_PLATFORM before anything is started
 */
export async function startLocalEcs(options: LocalEcsOptions): Promise<LocalEcs> {
  const complete = withDefaults(options);
  const { parameters, secrets, namespaces, attributes, adjust, images } = complete;
  const existing = { parameters, secrets, namespaces, attributes, adjust };
  const { template: source } = complete;
  const drawn = isTemplate(source) ? source.drawn : new Map<string, string>();
  const known: KnownValues = { ...existing, drawn };
  const template = await readTemplate(source, known);
  await checkStart(template.plan, complete);
  const events = new EcsEvents();
  const { soaTtl, random, platform, hostnames, endpoints, keepAlive } = complete;
  const settings = { random, soaTtl, platform, keepAlive };
  const run = { events, ...settings, hostnames, endpoints, region: template.region };
  const cluster = await startCluster(template.plan, run);
  if (hasRoots(images) && !cluster.platform.networks) {
    await cluster.close();
    const message =
      "containers from images need the resolver on port 53, which this machine does not allow";
    throw new HarnessError("ERR_PLATFORM", message);
  }
  return new LocalEcs(complete, { known, template, events, cluster });
}

/** Of containers, if the template names none. */
const DEFAULT_REGION = "us-east-1";

interface Parts {
  readonly known: KnownValues;
  /** The template that it was started with. */
  readonly template: Template;
  readonly events: EcsEvents;
  readonly cluster: Cluster;
}

/** A running environment. */
export class LocalEcs implements AsyncDisposable {
  readonly events: EcsEvents;
  /** Begins and ends faults. */
  readonly faults: Faults;
  readonly #options: Required<LocalEcsOptions>;
  readonly #parts: Parts;
  readonly #folders: Folders;
  readonly #services: Services;
  /** The template that runs; undefined before the first apply. */
  #applied: Template | undefined;
  #applying: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(options: Required<LocalEcsOptions>, parts: Parts) {
    const { cluster, events, template } = parts;
    const { fleet, cloudMap, serviceConnect, switches, targetGroups } = cluster;
    const { random, healthLag } = options;
    this.#options = options;
    this.#parts = parts;
    this.events = events;
    this.#folders = new Folders(cluster.guardian.folder);
    const changed = new Condition();
    const onChange = (): void => {
      this.#services.reconcile();
      changed.notify();
    };
    const { region } = template;
    const registries = { cloudMap, serviceConnect, targetGroups, healthLag, region };
    const runtime = this.#runtime();
    const overlap = (): boolean => switches.overlap;
    const { hosts } = fleet;
    this.#services = new Services(
      { hosts, events, random, overlap, registries, runtime, onChange },
      changed,
    );
    const namespaces = new Set(template.plan.namespaces);
    const services = this.#services;
    cluster.agent.serve({
      region: region ?? DEFAULT_REGION,
      account: template.account,
      cluster: template.plan.services[0]?.cluster ?? "default",
      task: (id) => services.findTask(id),
    });
    this.faults = new Faults({ cluster, services, events, changed, namespaces });
    events.on("target", onChange);
    events.on("host", onChange);
  }

  /** The VPC's resolver, UDP and TCP: `127.x.y.2:53`, or another port if 53 is not available. */
  get dnsServer(): string {
    return this.#parts.cluster.dns.address;
  }

  /** The URL of DiscoverInstances, for an SDK's `endpoint`: `http://127.0.0.1:PORT`. */
  get cloudMapApi(): string {
    const { address, port } = this.#parts.cluster.agent;
    return `http://${address}:${port}`;
  }

  /** The run's folder: files, logs and volumes of its containers. It is removed at the end. */
  get folder(): string {
    return this.#parts.cluster.guardian.folder;
  }

  /** The container features that this machine supports. The others are approximated. */
  get platform(): Platform {
    return this.#parts.cluster.platform;
  }

  /** Why no container has a memory limit; undefined if they have. */
  get whyNoMemoryLimits(): string | undefined {
    return this.#parts.cluster.memoryLimits.why;
  }

  get loadBalancers(): readonly LoadBalancerState[] {
    return this.#parts.cluster.loadBalancers.map((balancer) => balancer.state());
  }

  get hosts(): readonly HostState[] {
    return this.#parts.cluster.fleet.hosts.map((host) => host.state());
  }

  get services(): readonly ServiceState[] {
    return this.#services.states;
  }

  /** Every task behind a load balancer, with the result of its health checks. */
  get targets(): readonly TargetState[] {
    return this.#services.targets;
  }

  /**
   * Deploys a template as Terraform does: services in the order of their `depends_on`; it waits for those with
   * `wait_for_steady_state`.
   * @param source the new template; by default the one that the local ECS was started with
   * @returns the addresses of what changed, including each service whose task definition changed
   * @throws HarnessError ERR_UNSUPPORTED for a change that needs a new start, ERR_TIMEOUT for a service that
   * did not become steady
   */
  apply(
    source?: TemplateSource,
    { timeout = this.#options.steadyStateTimeout }: { readonly timeout?: number } = {},
  ): Promise<readonly string[]> {
    const turn = this.#applying.then(() => this.#apply(source, timeout));
    this.#applying = turn.catch(() => {});
    return turn;
  }

  /**
   * Starts a deployment without changes, as `aws ecs update-service --force-new-deployment` does. After a
   * failed deployment ECS starts tasks only then.
   * @throws HarnessError ERR_INVALID_ARG if there is no such service
   */
  forceNewDeployment(service: string): void {
    this.#services.forceNewDeployment(service);
  }

  /**
   * Runs a task that belongs to no service, as `aws ecs run-task` does. Resolves when it has stopped, with the
   * exit codes of its containers. {@link log} returns its output.
   * @param family of a task definition that has been applied
   * @param options.timeout ms after which it is stopped, 60 000 by default
   * @throws HarnessError ERR_INVALID_ARG for an unknown family or if no host has room; ERR_TIMEOUT
   */
  async runTask(
    family: string,
    { timeout = 60_000 }: { readonly timeout?: number } = {},
  ): Promise<TaskState> {
    return (await this.#services.runTask(family, timeout)).state();
  }

  /** Resolves when every service is stable. @param options.timeout ms, 120 000 by default */
  async waitUntilStable({ timeout = 120_000 }: { readonly timeout?: number } = {}): Promise<void> {
    await this.#services.steady(timeout);
  }

  /** @throws HarnessError ERR_INVALID_ARG if there is no such task */
  task(id: string): TaskState {
    return this.#services.task(id).state();
  }

  /**
   * Moves the host's tasks to other hosts, as each service's percentages allow. No task is placed on it any
   * more.
   * @throws HarnessError ERR_INVALID_ARG if there is no such host, or it is lost
   */
  drainHost(id: string): void {
    this.#setHost(id, "DRAINING");
  }

  /** Ends {@link drainHost}. */
  activateHost(id: string): void {
    this.#setHost(id, "ACTIVE");
  }

  /**
   * The output of a container, both streams; without a name, of the task's first container.
   * @throws HarnessError ERR_INVALID_ARG if there is no such task or container
   */
  async log(taskId: string, container?: string): Promise<string> {
    const file = this.logFile(taskId, container);
    if (this.#closing) throw closed();
    // A container that has not started has no log.
    return existsSync(file) ? readFile(file, "utf8") : "";
  }

  /**
   * The file that {@link log} reads. It exists from the start of the container to the end of the run.
   * @throws HarnessError ERR_INVALID_ARG if there is no such task or container
   */
  logFile(taskId: string, container?: string): string {
    const { definition } = this.#services.task(taskId).context.revision;
    const names = definition.containers.map(({ name }) => name);
    const name = container ?? names[0] ?? "";
    if (names.includes(name)) return this.#folders.log(taskId, name);
    const message = `task "${taskId}" has no container "${name}"; containers: ${names.join(", ")}`;
    throw invalid(message);
  }

  /**
   * How this machine starts another program in a container; undefined if that does not run.
   * @param hasTerminal whether it reads from a terminal: in a container from an image it gets one of the container's own
   * @throws HarnessError ERR_INVALID_ARG if there is no such task
   */
  beside(
    taskId: string,
    container: string,
    argv: readonly string[],
    hasTerminal = false,
  ): Beside | undefined {
    return this.#services.task(taskId).beside(container, argv, hasTerminal);
  }

  /** The value of a secret in this run, by its resource address, its name, or a container's reference. */
  secret(secret: string | SecretReference): string {
    const { secrets } = this.#current;
    return typeof secret === "string" ? secrets.value(secret) : secrets.resolve(secret);
  }

  /** Ends every process and removes every file of the run. Can be called again. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** What every container shares. */
  #runtime(): ContainerRuntime {
    const { cluster, template } = this.#parts;
    const variables = {
      agent: cluster.agent,
      name: cluster.endpoint.name,
      isFound: cluster.platform.resolvConf,
      region: template.region ?? DEFAULT_REGION,
      endpoints: this.#options.endpoints,
    };
    const { guardian, dns, files, switches, networks, platform, published, memoryLimits } = cluster;
    const { images, hostnames, speed } = this.#options;
    const names = [
      ...template.plan.namespaces,
      ENDPOINT_ZONE,
      MACHINE_NAME,
      ...Object.keys(hostnames),
    ];
    return {
      guardian,
      folders: this.#folders,
      dns: { server: dns.address, zones: [...new Set(names)], files },
      agent: (client) => agentVariables(variables, client),
      image: (name) => findImage(images, name, "container"),
      networks,
      memory: memoryLimits.cgroup,
      environmentIn: (arns) => environmentIn(arns, this.#options.environmentFiles),
      secret: (reference) => this.#current.secrets.resolve(reference),
      faults: switches,
      volumes: new Volumes(this.#folders, platform.users, () => switches.mountFails),
      platform,
      published,
      speed,
    };
  }

  /** The template that runs, or that the first apply will run. */
  get #current(): Template {
    return this.#applied ?? this.#parts.template;
  }

  /** The template that it was started with, as a change of the one that runs. */
  #first(): Template {
    const { known, template } = this.#parts;
    return this.#applied ? templateOf(template.module, known, this.#applied) : template;
  }

  async #apply(source: TemplateSource | undefined, timeout: number): Promise<readonly string[]> {
    const { known, cluster } = this.#parts;
    const next =
      source === undefined ? this.#first() : await readTemplate(source, known, this.#applied);
    if (this.#closing) throw closed();
    checkImages(next.plan, this.#options.images);
    checkEnvironmentFiles(next.plan, this.#options.environmentFiles);
    await checkServiceConnect(next.plan, () => this.platform);
    await checkExtraHosts(next.plan, () => this.platform);
    const changes = changesBetween(this.#applied, next);
    const changed = changes.map(({ address }) => address);
    // Like Terraform's state: the existing services with their current plans.
    const present = this.#applied && { ...this.#applied.plan, services: this.#services.plans };
    const steps = this.#services.withUnfinished(rollouts(present, next.plan, changes));
    this.#services.register(next.plan, new Set(changed));
    this.#applied = next;
    cluster.cloudMap.namespaces = next.plan.namespaces;
    cluster.cloudMap.configure(next.plan.discovery);
    await this.#services.rollOut(steps, timeout);
    const touched = steps.filter(({ action }) => action !== "none").map(({ plan }) => plan.address);
    return [...new Set([...changed, ...touched])];
  }

  async #close(): Promise<void> {
    this.events.end();
    await doAll([
      () => this.faults.close(),
      // Before the run's folder is removed, because a starting task writes to it.
      () => this.#services.close(),
      () => this.#parts.cluster.close(),
    ]);
  }

  #setHost(id: string, status: "ACTIVE" | "DRAINING"): void {
    const { fleet } = this.#parts.cluster;
    const host = fleet.host(id);
    if (host.status === "LOST") throw invalid(`host "${id}" is lost`);
    fleet.setStatus(host, status);
  }
}
