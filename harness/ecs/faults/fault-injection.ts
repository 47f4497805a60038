import type { Endpoint } from "../machine/black-hole.ts";
import type { LostData } from "../machine/unsynced-data.ts";
import type { FaultName } from "../base/fault-primitives.ts";
import { doAll, settle } from "../base/settle.ts";
import { ActiveFaults } from "./active-faults.ts";
import { checkNumber, checkSignal } from "../base/arguments.ts";
import { invalid } from "../base/errors.ts";
import { DiscoveryFaults, type SlowDnsOptions } from "./discovery-faults.ts";
import type { DnsFaultKind } from "../discovery/dns-fault.ts";
import { LostHost, type HostLossOptions } from "./lost-host.ts";
import type { CloudMapApiFault } from "../discovery/discover-instances.ts";
import type { Task } from "../tasks/task.ts";
import type { FaultTargets } from "./targets.ts";
import { TaskFaults, type ReusePortOptions } from "./task-faults.ts";

/**
 * Begins and ends faults in the running environment. Each publishes an event of type `fault` when it
 * begins and when it ends. All end when the local ECS closes.
 */
export class Faults implements Readonly<Record<FaultName, (...args: never[]) => unknown>> {
  readonly #targets: FaultTargets;
  readonly #active: ActiveFaults;
  readonly #tasks: TaskFaults;
  readonly #discovery: DiscoveryFaults;
  readonly #lostHosts: LostHost[] = [];

  constructor(targets: FaultTargets) {
    this.#targets = targets;
    this.#active = new ActiveFaults(targets.events);
    this.#tasks = new TaskFaults(targets, this.#active);
    this.#discovery = new DiscoveryFaults(targets, this.#active);
    // A task that has stopped is no longer frozen.
    targets.events.on("task", ({ taskId, to }) => {
      if (to !== "STOPPED") return;
      for (const { fault, target = "" } of this.active) {
        const isIts = target === taskId || target.startsWith(`${taskId}/`);
        if (fault === "freeze" && isIts) void this.#active.end(fault, target);
      }
    });
  }

  /** The faults that are active now. */
  get active(): readonly { readonly fault: FaultName; readonly target: string | undefined }[] {
    return this.#active.all;
  }

  /** Ends a fault, whatever it is; without a target all of that name. */
  async end(fault: FaultName, target?: string): Promise<void> {
    await this.#active.end(fault, target);
  }

  /**
   * Ends all active faults. Hosts that ECS has given up do not come back: they are replaced.
   * @throws the first error, when all have ended
   */
  async clear(): Promise<void> {
    await this.#active.endAll();
  }

  /** Ends all faults, without waiting for hosts to be replaced. No fault can begin any more. */
  async close(): Promise<void> {
    await doAll([
      () => this.#active.close(),
      () => settle(this.#lostHosts.map((lost) => lost.destroy())),
    ]);
  }

  /**
   * Sends a signal to the main process of each container of a task, or of one. In AWS: a crash, or the
   * kernel's memory killer (SIGKILL).
   * @param target a task's id, or `ID/CONTAINER`
   * @throws HarnessError ERR_INVALID_ARG when there is no such task, container or signal
   */
  kill(target: string, signal: NodeJS.Signals = "SIGKILL"): void {
    const { task, container } = this.#taskOf(target);
    checkSignal("fault kill.signal", signal);
    task.signal(signal, container);
    this.#active.flash("kill", target);
  }

  /**
   * A task hangs: its connections stay open, the kernel accepts new ones, and no one answers. In AWS:
   * a fork of much memory, storage that does not answer, CPU steal. Here: SIGSTOP to all of its
   * processes, or to those of one container. Its health checks run, and fail.
   * @param target a task's id, or `ID/CONTAINER`
   * @throws HarnessError ERR_INVALID_ARG when there is no such task or container, or it has stopped
   */
  freeze(target: string): void {
    const { task, container } = this.#taskOf(target);
    if (task.status === "STOPPED") throw invalid(`task "${task.id}" has stopped`);
    if (this.#active.has("freeze", target)) return;
    const cause = `freeze ${target}`;
    task.freeze(cause, container);
    this.#active.begin("freeze", target, () => task.thaw(cause));
  }

  /** Ends {@link freeze}. */
  thaw(target: string): void {
    this.#taskOf(target);
    void this.#active.end("freeze", target);
  }

  /**
   * Each Redis that starts while it lasts needs that much longer to load a key, and answers LOADING
   * until it has loaded. In AWS: EFS without burst credits, or much data. Here: Redis's own
   * `key-load-delay`.
   */
  slowStorage(slow: { readonly keyLoadDelayMicros: number } | undefined): void {
    const { switches } = this.#targets.cluster;
    void this.#active.end("slowStorage");
    if (!slow) return;
    const { keyLoadDelayMicros } = slow;
    checkNumber("fault slowStorage.keyLoadDelayMicros", keyLoadDelayMicros);
    switches.keyLoadDelayMicros = keyLoadDelayMicros;
    this.#active.begin("slowStorage", undefined, () => {
      switches.keyLoadDelayMicros = undefined;
    });
  }

  /**
   * A task that starts while it lasts cannot mount EFS, and fails. What is mounted stays, also for a
   * container that is restarted in place. In AWS: an outage of the file system, or a security group that
   * closes port 2049.
   */
  mountFails(on: boolean): void {
    this.#turn("mountFails", on);
  }

  /**
   * A host and all that runs on it fall silent: no answer, and no connection is closed. Later ECS
   * notices, counts its tasks as stopped and replaces them. The auto-scaling group starts another
   * host. The file system drops the locks of the lost one. In AWS: a machine that fails or loses its
   * network. Here: SIGSTOP, and SIGKILL when the lease expires: its clients do not notice. With `outlivesLease` a copy of each locked
   * file takes its place instead, so that the next one to open it finds no lock.
   * With the option `losesUnsynced` of the local ECS its volumes lose what its programs had not synced; a
   * host that comes back has it still.
   * @returns the files that lost something, once nothing of the host can write any more
   * @throws HarnessError ERR_INVALID_ARG when there is no such host, or it is lost already
   */
  loseHost(hostId: string, options: HostLossOptions = {}): Promise<readonly LostData[]> {
    const { cluster, services } = this.#targets;
    this.#active.checkOpen();
    const host = cluster.fleet.host(hostId);
    if (host.silent) throw invalid(`host "${hostId}" is lost already`);
    const { noticedAfter = 2000, leaseTime = 5000, replacedAfter = 2000 } = options;
    const { silentFor = 60_000, outlivesLease = false } = options;
    const times = { noticedAfter, leaseTime, replacedAfter, silentFor };
    for (const [name, time] of Object.entries(times)) {
      checkNumber(`fault loseHost.${name}`, time);
    }
    const { fleet, losesUnsynced } = cluster;
    const onReplaced = (): void => void this.#active.end("loseHost", hostId);
    const targets = { losesUnsynced, fleet, task: (id: string) => services.task(id), onReplaced };
    const lost = new LostHost(host, targets, { ...times, outlivesLease });
    this.#lostHosts.push(lost);
    this.#active.begin("loseHost", hostId, () => (lost.givenUp ? undefined : lost.restore()));
    return lost.lost;
  }

  /**
   * A lost host comes back before ECS has given it up: its processes continue, and its agent reports.
   * @throws HarnessError ERR_INVALID_ARG when it is not lost, or was given up
   */
  restoreHost(hostId: string): void {
    const { fleet } = this.#targets.cluster;
    const host = fleet.host(hostId);
    if (!this.#active.has("loseHost", hostId)) throw invalid(`host "${hostId}" is not lost`);
    if (host.status === "LOST") throw invalid(`host "${hostId}" was given up and is replaced`);
    void this.#active.end("loseHost", hostId);
  }

  /**
   * A host that was lost with `outlivesLease` comes back after ECS has given it up, without its agent. Its
   * processes continue, and clients reach them; one that ends is not restarted. In AWS: a machine cut off
   * for longer than the NFS lease.
   * @throws HarnessError ERR_INVALID_ARG when there is no such lost host, or ECS has not given it up
   */
  async returnHost(hostId: string): Promise<void> {
    const lost = this.#lostHosts.find(({ host }) => host.id === hostId);
    if (!lost?.outlivesLease) throw invalid(`no host "${hostId}" was lost with outlivesLease`);
    if (!lost.givenUp) throw invalid(`host "${hostId}" was not given up: restoreHost it`);
    await lost.comeBack();
  }

  /**
   * The VPC's resolver fails, until called with another kind or undefined:
   * - `down`: no reply, over UDP and TCP
   * - `slow`: each reply comes after `delay` ms, 3000 by default
   * - `servfail`: SERVFAIL, as when it cannot reach the zone
   * - `nxdomain`: no name of the namespace exists, though there are records
   * - `wrong`: in turn, replies with another id, another question, cut short, or of another protocol
   * - `truncated`: over UDP an empty reply with TC set; over TCP the right one
   * - `stale`: the records stay as they are now
   * @throws HarnessError ERR_INVALID_ARG for another kind
   */
  dns(kind: DnsFaultKind | undefined, options: SlowDnsOptions = {}): void {
    this.#discovery.dns(kind, options);
  }

  /**
   * Cloud Map shows no instance, in DNS and in its API, though tasks run and are registered. In AWS:
   * a wrong registration, or a service emptied by hand. The resolver caches the negative answer for
   * the SOA's TTL, also beyond the end of the fault.
   * @throws HarnessError ERR_INVALID_ARG for another state
   */
  records(state: "gone" | undefined): void {
    this.#discovery.records(state);
  }

  /**
   * Cuts the network between a task, or all tasks of a service, and its clients and load balancer.
   * Nothing passes and nothing is refused: a connect gets no answer, and open connections fall silent.
   * The task's own health check passes. In AWS: a wrong security group or network ACL, or a partition
   * between zones. Here: the relay behind each published port holds its connections, and a listener
   * with a full queue takes its place, until the fault ends or another task gets the port.
   * @param target a service's name or a task's id; of a service also the tasks that start meanwhile
   * @throws HarnessError ERR_INVALID_ARG when there is neither, or the task has stopped
   */
  partition(target: string, on: boolean): Promise<void> {
    return this.#tasks.partition(target, on);
  }

  /**
   * The port that a task of the service left last, or leaves next, goes to a server of another
   * protocol. Clients with the old record reach it. In AWS: dynamic ports are reused. Here: a server in
   * this process.
   * @param options.speaks `http` answers 400 to anything but a request, `echo` sends back what it gets
   * @param options.timeout ms to wait for a task to leave its port
   * @returns where the server listens; undefined when the fault ended before a task left its port
   * @throws HarnessError ERR_INVALID_ARG when there is no such service, ERR_TIMEOUT when no task left,
   * ERR_PLATFORM when another process has the port
   */
  reusePort(
    service: string,
    on: boolean,
    options: ReusePortOptions = {},
  ): Promise<Endpoint | undefined> {
    return this.#tasks.reusePort(service, on, options);
  }

  /**
   * The volumes of a service's tasks are full: no file in them can grow. A Redis that appends to a
   * file then refuses writes and PING (MISCONF); with `appendfsync always` it ends. In AWS: a quota, or
   * a host's own disk; EFS itself grows. Here: RLIMIT_FSIZE at the present size of that file. The error
   * is EFBIG instead of ENOSPC, and the container's log may be cut short.
   * @throws HarnessError ERR_INVALID_ARG when there is no such service
   */
  diskFull(service: string, on: boolean): Promise<void> {
    return this.#tasks.diskFull(service, on);
  }

  /**
   * ECS starts a replacement before the old task has ended, whatever the percentages say
   * (containers-roadmap#959). Two tasks then write to one directory, unless something else prevents it.
   */
  overlap(on: boolean): void {
    this.#turn("overlap", on);
  }

  /**
   * DiscoverInstances fails: `throttled` answers RequestLimitExceeded, `down` does not answer.
   * @throws HarnessError ERR_INVALID_ARG for another kind
   */
  cloudMapApi(kind: CloudMapApiFault | undefined): void {
    this.#discovery.cloudMapApi(kind);
  }

  /** @throws HarnessError ERR_INVALID_ARG naming the containers that there are */
  #taskOf(target: string): { task: Task; container: string | undefined } {
    const [id = "", container] = target.split("/", 2);
    const task = this.#targets.services.task(id);
    const names = task.context.revision.definition.containers.map(({ name }) => name);
    if (container === undefined || names.includes(container)) return { task, container };
    const message = `task "${id}" has no container "${container}"; containers are: ${names.join(", ")}`;
    throw invalid(message);
  }

  #turn(fault: "mountFails" | "overlap", on: boolean): void {
    const { switches } = this.#targets.cluster;
    void this.#active.end(fault);
    if (!on) return;
    switches[fault] = true;
    this.#active.begin(fault, undefined, () => {
      switches[fault] = false;
    });
  }
}
