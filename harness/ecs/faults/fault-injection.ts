import type { Endpoint } from "../machine/black-hole.ts";
import {
  CLOUD_MAP_API_FAULTS,
  type CloudMapApiFault,
  DNS_FAULTS,
  type DnsFaultKind,
  type FaultName,
} from "../base/fault-primitives.ts";
import { doAll, settle } from "../base/settle.ts";
import { ActiveFaults } from "./active-faults.ts";
import { checkNumber, checkOneOf, checkSignal } from "../base/arguments.ts";
import { invalid } from "../base/errors.ts";
import { LostHost, type HostLossOptions } from "./lost-host.ts";
import type { Task } from "../tasks/task.ts";
import type { FaultTargets } from "./targets.ts";
import { TaskFaults, type ReusePortOptions } from "./task-faults.ts";

/** Default delay in milliseconds: longer than the first attempt of most clients. */
const SLOW_DNS_DELAY = 3000;

/**
 * Begins and ends faults in the running environment. Each fault publishes an event of type `fault` when it
 * begins and when it ends. All faults end when the local ECS closes.
 */
export class Faults implements Readonly<Record<FaultName, (...args: never[]) => unknown>> {
  readonly #targets: FaultTargets;
  readonly #active: ActiveFaults;
  readonly #tasks: TaskFaults;
  readonly #lostHosts: LostHost[] = [];

  constructor(targets: FaultTargets) {
    this.#targets = targets;
    this.#active = new ActiveFaults(targets.events);
    this.#tasks = new TaskFaults(targets, this.#active);
    // A stopped task is no longer frozen.
    targets.events.on("task", ({ taskId, to }) => {
      if (to !== "STOPPED") return;
      for (const { fault, target = "" } of this.active) {
        const isIts = target === taskId || target.startsWith(`${taskId}/`);
        if (fault === "freeze" && isIts) void this.#active.end(fault, target);
      }
    });
  }

  /** The active faults. */
  get active(): readonly { readonly fault: FaultName; readonly target: string | undefined }[] {
    return this.#active.all;
  }

  /** Ends a fault of any kind; without a target, all faults with that name. */
  async end(fault: FaultName, target?: string): Promise<void> {
    await this.#active.end(fault, target);
  }

  /**
   * Ends all active faults. Hosts that ECS has given up do not come back: they are replaced.
   * @throws the first error, after all have ended
   */
  async clear(): Promise<void> {
    await this.#active.endAll();
  }

  /** Ends all faults without waiting for hosts to be replaced. After that no fault can begin. */
  async close(): Promise<void> {
    await doAll([
      () => this.#active.close(),
      () => settle(this.#lostHosts.map((lost) => lost.destroy())),
    ]);
  }

  /**
   * Sends a signal to the main process of one container, or of each container of a task. In AWS: a crash, or
   * the kernel's OOM killer (SIGKILL).
   * @param target a task's id, or `ID/CONTAINER`
   * @throws HarnessError ERR_INVALID_ARG if the task, container or signal does not exist
   */
  kill(target: string, signal: NodeJS.Signals = "SIGKILL"): void {
    const { task, container } = this.#taskOf(target);
    checkSignal("fault kill.signal", signal);
    task.faults.signal(signal, container);
    this.#active.flash("kill", target);
  }

  /**
   * A task hangs: its connections stay open, the kernel accepts new ones, and the program does not respond. In
   * AWS: a fork of a large process, storage that does not respond, CPU steal. Here: SIGSTOP to all its
   * processes, or to those of one container. Its health checks run, and fail.
   * @param target a task's id, or `ID/CONTAINER`
   * @throws HarnessError ERR_INVALID_ARG if the task or container does not exist, or has stopped
   */
  freeze(target: string): void {
    const { task, container } = this.#taskOf(target);
    if (task.status === "STOPPED") throw invalid(`task "${task.id}" has stopped`);
    if (this.#active.has("freeze", target)) return;
    const cause = `freeze ${target}`;
    task.faults.freeze(cause, container);
    this.#active.begin("freeze", target, () => task.faults.thaw(cause));
  }

  /** Ends {@link freeze}. */
  thaw(target: string): void {
    this.#taskOf(target);
    void this.#active.end("freeze", target);
  }

  /**
   * Each Redis that starts during the fault takes this much longer to load each key, and replies LOADING until
   * then. In AWS: EFS without burst credits, or a large data set. Here: Redis's own `key-load-delay`.
   */
  slowStorage(slow: { readonly keyLoadDelayMicros: number } | undefined): void {
    const { switches } = this.#targets.cluster;
    if (slow) checkNumber("fault slowStorage.keyLoadDelayMicros", slow.keyLoadDelayMicros);
    this.#turn("slowStorage", slow !== undefined, (on) => {
      switches.keyLoadDelayMicros = on ? slow?.keyLoadDelayMicros : undefined;
    });
  }

  /**
   * A task that starts during the fault cannot mount EFS, and fails. Existing mounts stay, also for a container
   * that is restarted in place. In AWS: an outage of the file system, or a security group that blocks port
   * 2049.
   */
  mountFails(on: boolean): void {
    this.#turn(
      "mountFails",
      on,
      (isOn = false) => (this.#targets.cluster.switches.mountFails = isOn),
    );
  }

  /**
   * A task that starts during the fault cannot pull its images, and fails. A container that is restarted in place has
   * its image. In AWS: an outage of the registry, a tag that does not exist, or a missing permission.
   */
  pullFails(on: boolean): void {
    this.#turn(
      "pullFails",
      on,
      (isOn = false) => (this.#targets.cluster.switches.pullFails = isOn),
    );
  }

  /**
   * A host and everything on it stop responding; no connection is closed. Later ECS notices the loss, counts
   * its tasks as stopped and replaces them. The auto-scaling group starts a new host. The file system drops the
   * locks of the lost host.
   * In AWS: a machine that fails or loses its network. Here: SIGSTOP, then SIGKILL when the lease expires;
   * clients do not notice. With `outlivesLease` the processes stay stopped, and a copy replaces each locked
   * file, so that the next program that opens it finds no lock.
   * The volumes keep all data that its programs have written, also data that they have not synced.
   * @throws HarnessError ERR_INVALID_ARG if the host does not exist, or is already lost
   */
  loseHost(hostId: string, options: HostLossOptions = {}): void {
    const { cluster, services } = this.#targets;
    this.#active.checkOpen();
    const host = cluster.fleet.host(hostId);
    if (host.silent) throw invalid(`host "${hostId}" is already lost`);
    const { noticedAfter = 2000, leaseTime = 5000, replacedAfter = 2000 } = options;
    const { silentFor = 60_000, outlivesLease = false } = options;
    const times = { noticedAfter, leaseTime, replacedAfter, silentFor };
    for (const [name, time] of Object.entries(times)) {
      checkNumber(`fault loseHost.${name}`, time);
    }
    const { fleet } = cluster;
    const onReplaced = (): void => void this.#active.end("loseHost", hostId);
    const targets = { fleet, task: (id: string) => services.task(id), onReplaced };
    const lost = new LostHost(host, targets, { ...times, outlivesLease });
    this.#lostHosts.push(lost);
    this.#active.begin("loseHost", hostId, () => (lost.givenUp ? undefined : lost.restore()));
  }

  /**
   * Brings a lost host back before ECS has given it up: its processes continue, and its agent reports.
   * @throws HarnessError ERR_INVALID_ARG if the host is not lost, or was given up
   */
  restoreHost(hostId: string): void {
    const { fleet } = this.#targets.cluster;
    const host = fleet.host(hostId);
    if (!this.#active.has("loseHost", hostId)) throw invalid(`host "${hostId}" is not lost`);
    if (host.status === "LOST") throw invalid(`host "${hostId}" was given up and replaced`);
    void this.#active.end("loseHost", hostId);
  }

  /**
   * Brings back a host that was lost with `outlivesLease`, after ECS has given it up. It has no agent: its
   * processes continue and clients can reach them, but a process that ends is not restarted. In AWS: a machine
   * that is disconnected for longer than the NFS lease.
   * @throws HarnessError ERR_INVALID_ARG if there is no such lost host, or ECS has not given it up
   */
  async returnHost(hostId: string): Promise<void> {
    const lost = this.#lostHosts.find(({ host }) => host.id === hostId);
    if (!lost?.outlivesLease) throw invalid(`no host "${hostId}" was lost with outlivesLease`);
    if (!lost.givenUp) throw invalid(`host "${hostId}" was not given up: use restoreHost`);
    await lost.comeBack();
  }

  /**
   * The VPC's resolver fails, until this is called with another kind or undefined:
   * - `down`: no reply, over UDP and TCP
   * - `slow`: each reply comes after `delay` ms, 3000 by default
   * - `servfail`: SERVFAIL, as if the resolver could not reach the zone
   * - `nxdomain`: no name of the namespace exists, although there are records
   * - `wrong`: in turn, replies with another id, another question, truncated, or of another protocol
   * - `truncated`: over UDP an empty reply with TC set; over TCP the correct reply
   * - `stale`: the records do not change any more
   * @throws HarnessError ERR_INVALID_ARG for another kind
   */
  dns(
    kind: DnsFaultKind | undefined,
    { delay = SLOW_DNS_DELAY }: { readonly delay?: number } = {},
  ): void {
    if (kind !== undefined) checkOneOf("fault dns", kind, DNS_FAULTS);
    checkNumber("fault dns.delay", delay);
    const { cluster, namespaces } = this.#targets;
    const { resolver, switches } = cluster;
    this.#turn("dns", kind, (on) => {
      switches.dns = on && { kind: on, delay, replies: 0 };
      if (on === undefined) resolver.follow();
      if (on === "stale") resolver.freeze();
      if (on === "nxdomain") resolver.empty(namespaces);
      // So that wrong negative answers last exactly as long as the fault.
      if (kind === "nxdomain") resolver.flush();
    });
  }

  /**
   * Cloud Map returns no instance, in DNS and in its API, although tasks run and are registered. In AWS: a
   * wrong registration, or a service whose instances were deregistered by hand. The resolver caches the
   * negative answer for the SOA's TTL, also after the end of the fault.
   * @throws HarnessError ERR_INVALID_ARG for another state
   */
  records(state: "gone" | undefined): void {
    if (state !== undefined) checkOneOf("fault records", state, ["gone"]);
    const { cloudMap } = this.#targets.cluster;
    this.#turn("records", state !== undefined, (on = false) => (cloudMap.silent = on));
  }

  /**
   * Cuts the network between a task, or all tasks of a service, and its clients and load balancer. Packets are
   * dropped: a connect gets no answer, and open connections hang. The task's own health check passes. In AWS: a
   * wrong security group or network ACL, or a partition between zones. Here: the relay of each published port
   * pauses its connections, and a listener with a full queue replaces it, until the fault ends or another task
   * gets the port.
   * @param target a service's name or a task's id. For a service, tasks that start during the fault are
   * affected too
   * @throws HarnessError ERR_INVALID_ARG if there is no such service or task, or the task has stopped
   */
  partition(target: string, on: boolean): Promise<void> {
    return this.#tasks.partition(target, on);
  }

  /**
   * A server of another protocol gets the port that a task of the service left last, or leaves next. Clients
   * with an outdated record connect to it. In AWS: dynamic ports are reused. Here: a server in this process.
   * @param options.speaks `http` replies 400 to everything that is not a request, `echo` sends back what it
   * receives
   * @param options.timeout ms to wait for a task to leave its port
   * @returns where the server listens; undefined if the fault ended before a task left its port
   * @throws HarnessError ERR_INVALID_ARG if there is no such service, ERR_TIMEOUT if no task left its port,
   * ERR_PLATFORM if another process uses the port
   */
  reusePort(
    service: string,
    on: boolean,
    options: ReusePortOptions = {},
  ): Promise<Endpoint | undefined> {
    return this.#tasks.reusePort(service, on, options);
  }

  /**
   * The volumes of a service's tasks are full: no file in them can grow. A Redis with an append-only file then
   * refuses writes and PING (MISCONF); with `appendfsync always` it exits. In AWS: a quota, or a full disk of
   * the host; EFS itself grows. Here: RLIMIT_FSIZE at the current size of that file. The error is EFBIG instead
   * of ENOSPC, and the container's log may be truncated.
   * @throws HarnessError ERR_INVALID_ARG if there is no such service
   */
  diskFull(service: string, on: boolean): Promise<void> {
    return this.#tasks.diskFull(service, on);
  }

  /**
   * ECS starts a replacement before the old task has ended, whatever the percentages are
   * (containers-roadmap#959). Two tasks then write to the same directory, unless a lock prevents it.
   */
  overlap(on: boolean): void {
    this.#turn("overlap", on, (isOn = false) => (this.#targets.cluster.switches.overlap = isOn));
  }

  /**
   * DiscoverInstances fails: `throttled` replies RequestLimitExceeded, `down` does not reply.
   * @throws HarnessError ERR_INVALID_ARG for another kind
   */
  cloudMapApi(kind: CloudMapApiFault | undefined): void {
    if (kind !== undefined) checkOneOf("fault cloudMapApi", kind, CLOUD_MAP_API_FAULTS);
    this.#turn("cloudMapApi", kind, (on) => (this.#targets.cluster.switches.cloudMapApi = on));
  }

  /** @throws HarnessError ERR_INVALID_ARG with the names of the task's containers */
  #taskOf(target: string): { task: Task; container: string | undefined } {
    const [id = "", container] = target.split("/", 2);
    const task = this.#targets.services.task(id);
    const names = task.context.revision.definition.containers.map(({ name }) => name);
    if (container === undefined || names.includes(container)) return { task, container };
    const message = `task "${id}" has no container "${container}"; containers: ${names.join(", ")}`;
    throw invalid(message);
  }

  /** Ends a fault and, unless it is off, begins it again. A kind is its target. @param set undefined: it ends */
  #turn<Value extends string | boolean>(
    fault: FaultName,
    value: Value | undefined,
    set: (value: Value | undefined) => unknown,
  ): void {
    void this.#active.end(fault);
    if (value === undefined || value === false) return;
    set(value);
    this.#active.begin(
      fault,
      typeof value === "string" ? value : undefined,
      () => void set(undefined),
    );
  }
}
