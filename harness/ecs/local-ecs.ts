import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { startCluster, type Cluster } from "./services/cluster.ts";
import { Condition } from "./base/condition.ts";
import { awsEnvironment, endpointZone, outsideZones } from "./discovery/aws-endpoint.ts";
import { changesBetween } from "./terraform/template-changes.ts";
import { templateOf, readTemplate, type Template } from "./terraform/template.ts";
import { checkNumber } from "./base/arguments.ts";
import { HarnessError } from "./base/errors.ts";
import { EcsEvents } from "./base/events.ts";
import { Faults } from "./faults/fault-injection.ts";
import type { Platform } from "./machine/platform.ts";
import { rollouts } from "./services/rollout.ts";
import type { ServiceContext } from "./services/service.ts";
import { Services } from "./services/services.ts";
import { doAll } from "./base/settle.ts";
import type { HostState, LoadBalancerState, ServiceState, TaskState } from "./base/state.ts";
import { Folders } from "./tasks/folders.ts";
import { userOf } from "./tasks/container-user.ts";
import { argvOf, findImage, type LocalImage } from "./tasks/image.ts";
import { Volumes } from "./tasks/volumes.ts";
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
  /** Values of secrets that exist outside the template, by name. @default {} */
  readonly secrets?: Readonly<Record<string, string>>;
  /**
   * Names of Cloud Map namespaces that exist outside the template, by id: `{ "ns-0123": "dev-ecs" }`.
   * @default {}
   */
  readonly namespaces?: Readonly<Record<string, string>>;
  /**
   * Local values of attributes that only AWS knows, by `address.attribute`: the endpoint of a managed
   * Redis, `{ "aws_elasticache_replication_group.x.primary_endpoint_address": "127.0.0.1" }`.
   * @default {}
   */
  readonly attributes?: Readonly<Record<string, string>>;
  /**
   * Names that exist outside the template, and their addresses, as containers find them: of a managed
   * Redis, for example. @default {}
   */
  readonly hostnames?: Readonly<Record<string, string>>;
  /** TTL in seconds of the namespace's SOA record, and so of negative answers. @default 15 */
  readonly soaTtl?: number;
  /** Milliseconds until Cloud Map shows a change of a task's health. @default 30_000 */
  readonly healthLag?: number;
  /** Milliseconds a service may take where the template waits for its steady state. @default 120_000 */
  readonly steadyStateTimeout?: number;
  /**
   * What of a container not to give though this machine can, `{ users: false }`; see
   * {@link LocalEcs.platform}. @default {}
   */
  readonly platform?: Partial<Platform>;
  /** Draws addresses, placements and answers. @default Math.random */
  readonly random?: () => number;
}

/**
 * Reads a template and starts what its services stand on: hosts, resolver, load balancers. `apply`
 * then deploys the services.
 * @throws HarnessError ERR_TEMPLATE, ERR_UNSUPPORTED or ERR_IMAGE before anything is started
 */
export async function startLocalEcs(options: LocalEcsOptions): Promise<LocalEcs> {
  checkOptions(options);
  const { parameters = {}, secrets = {}, namespaces = {}, attributes = {} } = options;
  const outside = { parameters, secrets, namespaces, attributes };
  const known: KnownValues = { ...outside, drawn: new Map() };
  const template = await readTemplate(options.template, known);
  checkImages(template.plan, options.images);
  const events = new EcsEvents();
  const changed = new Condition();
  const { soaTtl = 15, random = Math.random, platform = {} } = options;
  const zones = [endpointZone, ...outsideZones(options.hostnames ?? {})];
  const run = { events, random, soaTtl, platform, zones };
  const cluster = await startCluster(template.plan, run);
  return new LocalEcs(options, { known, template, events, changed, cluster });
}

interface Parts {
  readonly known: KnownValues;
  readonly template: Template;
  readonly events: EcsEvents;
  readonly changed: Condition;
  readonly cluster: Cluster;
}

/** A running environment. */
export class LocalEcs implements AsyncDisposable {
  readonly events: EcsEvents;
  /** Breaks what runs, and mends it. */
  readonly faults: Faults;
  readonly #options: LocalEcsOptions;
  readonly #parts: Parts;
  readonly #folders: Folders;
  readonly #services: Services;
  /** What runs now; undefined before the first apply. */
  #applied: Template | undefined;
  #applying: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(options: LocalEcsOptions, parts: Parts) {
    const { cluster, events, template, changed } = parts;
    this.#options = options;
    this.#parts = parts;
    this.events = events;
    this.#folders = new Folders(cluster.guardian.folder);
    const { random = Math.random, healthLag = 30_000, hostnames = {} } = options;
    const { namespaces } = template.plan;
    const zones = [...new Set([...namespaces, endpointZone.name, ...Object.keys(hostnames)])];
    const { fleet, cloudMap, switches, targetGroups } = cluster;
    const onChange = (): void => {
      this.#services.reconcile();
      changed.notify();
    };
    const context: ServiceContext = {
      hosts: fleet.hosts,
      events,
      random,
      overlap: () => switches.overlap,
      registries: { cloudMap, targetGroups, healthLag, region: template.region },
      runtime: {
        guardian: cluster.guardian,
        folders: this.#folders,
        dns: { server: cluster.dns.address, zones },
        aws: awsEnvironment(cluster.apiPort),
        image: (name) => findImage(options.images, name, "container"),
        secret: (reference) => (this.#applied ?? template).secrets.resolve(reference),
        keyLoadDelayMicros: () => switches.keyLoadDelayMicros,
        volumes: new Volumes(this.#folders, cluster.platform.users),
        platform: cluster.platform,
        published: cluster.published,
      },
      onChange,
    };
    this.#services = new Services(context, changed);
    this.faults = new Faults({
      cluster,
      services: this.#services,
      events,
      changed,
      namespaces: () => new Set(namespaces),
    });
    events.on("target", onChange);
    events.on("host", onChange);
  }

  /** The VPC's resolver, `127.0.0.1:PORT`, UDP and TCP. */
  get dnsServer(): string {
    return this.#parts.cluster.dns.address;
  }

  /** Where DiscoverInstances is served, for an SDK's `endpoint`: `http://127.0.0.1:PORT`. */
  get cloudMapApi(): string {
    return `http://127.0.0.1:${this.#parts.cluster.apiPort}`;
  }

  /** What of a container this machine can give; the rest is approximated. */
  get platform(): Platform {
    return this.#parts.cluster.platform;
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

  /**
   * Deploys the start's template, or a changed one, as Terraform would: services in the order of
   * their `depends_on`, waiting where `wait_for_steady_state` says so.
   * @returns the addresses of what changed; a service is among them when its task definition is
   * @throws HarnessError ERR_UNSUPPORTED for a change that needs a new start, ERR_TIMEOUT for a service
   * that did not become steady
   */
  apply(source?: TemplateSource): Promise<readonly string[]> {
    const turn = this.#applying.then(() => this.#apply(source));
    this.#applying = turn.catch(() => {});
    return turn;
  }

  /** Resolves once every service runs what it should, healthy. @param options.timeout ms, 60 000 */
  async waitUntilStable({ timeout = 60_000 }: { readonly timeout?: number } = {}): Promise<void> {
    await this.#services.steady(timeout);
  }

  /** @throws HarnessError ERR_INVALID_ARG when there is no such task */
  task(id: string): TaskState {
    return this.#services.task(id).state();
  }

  /**
   * Moves the host's tasks elsewhere, as each service's percentages allow, and places none there.
   * @throws HarnessError ERR_INVALID_ARG when there is no such host, or it is lost
   */
  drainHost(id: string): void {
    this.#setHost(id, "DRAINING");
  }

  /** Ends {@link drainHost}. */
  activateHost(id: string): void {
    this.#setHost(id, "ACTIVE");
  }

  /**
   * What a container wrote, both streams; of the task's first container unless one is named.
   * @throws HarnessError ERR_INVALID_ARG when there is no such task or container
   */
  async log(taskId: string, container?: string): Promise<string> {
    const file = this.logFile(taskId, container);
    if (this.#closing) throw new HarnessError("ERR_CLOSED", "the local ECS has been closed");
    // One that has not been started has written nothing.
    return existsSync(file) ? readFile(file, "utf8") : "";
  }

  /**
   * The file that {@link log} reads: there once the container has started, gone with the run.
   * @throws HarnessError ERR_INVALID_ARG when there is no such task or container
   */
  logFile(taskId: string, container?: string): string {
    const { definition } = this.#services.task(taskId).context.revision;
    const names = definition.containers.map(({ name }) => name);
    const name = container ?? names[0] ?? "";
    if (names.includes(name)) return this.#folders.log(taskId, name);
    const message = `task "${taskId}" has no container "${name}"; containers are: ${names.join(", ")}`;
    throw new HarnessError("ERR_INVALID_ARG", message);
  }

  /** The value a secret has in this run, by its resource address or its name. */
  secret(name: string): string {
    return (this.#applied ?? this.#parts.template).secrets.value(name);
  }

  /** Ends every process and removes every file of the run; may be called again. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #apply(source: TemplateSource | undefined): Promise<readonly string[]> {
    const { known, template, cluster } = this.#parts;
    const wanted =
      source === undefined
        ? templateOf(template.module, known, this.#applied)
        : await readTemplate(source, known, this.#applied);
    if (this.#closing) throw new HarnessError("ERR_CLOSED", "the local ECS has been closed");
    checkImages(wanted.plan, this.#options.images);
    const changes = changesBetween(this.#applied, wanted);
    const changed = changes.map(({ address }) => address);
    // As Terraform's state: of services, those that there are, as they are.
    const present = this.#applied && { ...this.#applied.plan, services: this.#services.plans };
    const steps = this.#services.withLeft(rollouts(present, wanted.plan, changes));
    this.#services.register(wanted.plan, new Set(changed));
    this.#applied = wanted;
    cluster.cloudMap.namespaces = wanted.plan.namespaces;
    cluster.cloudMap.configure(wanted.plan.discovery);
    await this.#services.rollOut(steps, this.#options.steadyStateTimeout ?? 120_000);
    const touched = steps.filter(({ action }) => action !== "none").map(({ plan }) => plan.address);
    return [...new Set([...changed, ...touched])];
  }

  async #close(): Promise<void> {
    this.events.end();
    await doAll([
      () => this.faults.close(),
      // What is being started would make files after the run's folder has been removed.
      () => this.#services.close(),
      () => this.#parts.cluster.close(),
    ]);
  }

  #setHost(id: string, status: "ACTIVE" | "DRAINING"): void {
    const { fleet } = this.#parts.cluster;
    const host = fleet.host(id);
    if (host.status === "LOST") throw new HarnessError("ERR_INVALID_ARG", `host "${id}" is lost`);
    fleet.setStatus(host, status);
  }
}

/** @throws HarnessError ERR_INVALID_ARG naming the option, what it got and what is allowed */
function checkOptions(options: LocalEcsOptions): void {
  for (const name of ["soaTtl", "healthLag", "steadyStateTimeout"] as const) {
    checkNumber(`option ${name}`, options[name] ?? 0);
  }
}

/** Every container's image is known, and has its command and user: told before anything starts. */
function checkImages({ taskDefinitions }: Plan, images: LocalEcsOptions["images"]): void {
  for (const { address, containers } of taskDefinitions.values()) {
    for (const container of containers) {
      const image = findImage(images, container.image, `${address} (${container.name})`);
      argvOf(container, image);
      userOf(container, image);
    }
  }
}
