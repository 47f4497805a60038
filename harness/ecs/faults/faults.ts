import type { Endpoint } from "../machine/black-hole.ts";
import type { FaultName } from "../fault-primitives.ts";
import { doAll, settle } from "../settle.ts";
import { ActiveFaults } from "./active-faults.ts";
import { checkNumber, checkSignal, invalid } from "./arguments.ts";
import { DiscoveryFaults, type SlowDnsOptions } from "./discovery-faults.ts";
import type { DnsFaultKind } from "./dns-fault.ts";
import { LostHost, type HostLossOptions } from "./lost-host.ts";
import type { CloudMapApiFault } from "./switches.ts";
import type { FaultTargets } from "./targets.ts";
import { TaskFaults, type ReusePortOptions } from "./task-faults.ts";

/**
 * Breaks the running environment, and mends it. Each fault is told as an event of type `fault`; all
 * that last are undone when the local ECS closes.
 */
export class Faults {
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
    // What has ended is not frozen any more.
    targets.events.on("task", ({ taskId, to }) => {
      if (to === "STOPPED") void this.#active.end("freeze", taskId);
    });
  }

  /** Those that last now. */
  get active(): readonly { readonly fault: FaultName; readonly target: string | undefined }[] {
    return this.#active.all;
  }

  /**
   * Undoes all that last, but for hosts that have been given up: those are replaced.
   * @throws the first error of those that undo, when all have been undone
   */
  async clear(): Promise<void> {
    await this.#active.endAll();
  }

  /** Undoes all, and waits for nothing that would follow; no fault can begin any more. */
  async close(): Promise<void> {
    await doAll([
      () => this.#active.close(),
      () => settle(this.#lostHosts.map((lost) => lost.bury())),
    ]);
  }

  /**
   * The main process of each of a task's containers is signalled. In AWS: a crash, the kernel's
   * memory killer (SIGKILL).
   * @throws HarnessError ERR_INVALID_ARG when there is no such task or signal
   */
  kill(taskId: string, signal: NodeJS.Signals = "SIGKILL"): void {
    const task = this.#targets.services.task(taskId);
    checkSignal("kill", signal);
    task.signal(signal);
    this.#active.flash("kill", taskId);
  }

  /**
   * A task hangs: its connections stay open, the kernel accepts new ones, and nobody answers. In AWS:
   * a fork of much memory, storage that does not answer, a stolen CPU. Here: SIGSTOP to all of its
   * processes; its health checks run, and fail.
   * @throws HarnessError ERR_INVALID_ARG when there is no such task, or it has stopped
   */
  freeze(taskId: string): void {
    const task = this.#targets.services.task(taskId);
    if (task.status === "STOPPED") throw invalid(`task "${taskId}" has stopped`);
    if (this.#active.has("freeze", taskId)) return;
    task.freeze("freeze");
    this.#active.begin("freeze", taskId, () => task.thaw("freeze"));
  }

  /** Ends {@link freeze}. */
  thaw(taskId: string): void {
    this.#targets.services.task(taskId);
    void this.#active.end("freeze", taskId);
  }

  /**
   * Every Redis that is started from now on takes that much longer for each key that it loads, and
   * answers LOADING meanwhile. In AWS: EFS that has used up its burst credits, or much data. Here:
   * Redis's own `key-load-delay`.
   */
  slowStorage(slow: { readonly keyLoadDelayMicros: number } | undefined): void {
    const { switches } = this.#targets.cluster;
    void this.#active.end("slowStorage");
    if (!slow) return;
    const { keyLoadDelayMicros } = slow;
    checkNumber("slowStorage.keyLoadDelayMicros", keyLoadDelayMicros);
    switches.keyLoadDelayMicros = keyLoadDelayMicros;
    this.#active.begin("slowStorage", undefined, () => {
      switches.keyLoadDelayMicros = undefined;
    });
  }

  /**
   * A host falls silent at once, with all that runs on it: no answer, no end of a connection. ECS
   * notices after a while, counts its tasks as stopped and replaces them; the auto-scaling group
   * brings another host; the file system forgets the lost one's locks. In AWS: a failed machine, or
   * one cut off. Here: SIGSTOP, and SIGKILL when the lease has run out.
   * @throws HarnessError ERR_INVALID_ARG when there is no such host, or it is lost already
   */
  loseHost(hostId: string, options: HostLossOptions = {}): void {
    const { cluster, services } = this.#targets;
    this.#active.checkOpen();
    const host = cluster.fleet.host(hostId);
    if (host.silent) throw invalid(`host "${hostId}" is lost already`);
    const { noticedAfter = 2000, leaseTime = 5000, replacedAfter = 2000 } = options;
    for (const [name, time] of Object.entries({ noticedAfter, leaseTime, replacedAfter })) {
      checkNumber(`loseHost.${name}`, time);
    }
    const { fleet } = cluster;
    const onReplaced = (): void => void this.#active.end("loseHost", hostId);
    const targets = { fleet, task: (id: string) => services.task(id), onReplaced };
    const lost = new LostHost(host, targets, { noticedAfter, leaseTime, replacedAfter });
    this.#lostHosts.push(lost);
    this.#active.begin("loseHost", hostId, () => (lost.givenUp ? undefined : lost.restore()));
  }

  /**
   * A lost host is back before ECS gave it up: its processes go on, its agent tells what happened.
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
   * The VPC's resolver fails, until called with another kind or undefined:
   * - `down`: no reply, over UDP and TCP
   * - `slow`: each reply comes after `delay` ms, 3000
   * - `servfail`: it cannot reach the zone
   * - `nxdomain`: it says that no name of the namespace exists, though records are there
   * - `wrong`: replies with another id, another question, cut short, or of another protocol, in turn
   * - `truncated`: over UDP only that the reply is too long; over TCP it is right
   * - `stale`: the records are those of now, for ever
   * @throws HarnessError ERR_INVALID_ARG for another kind
   */
  dns(kind: DnsFaultKind | undefined, options: SlowDnsOptions = {}): void {
    this.#discovery.dns(kind, options);
  }

  /**
   * Cloud Map shows no instance, in DNS and in its API, though tasks run and are registered. In AWS:
   * a mistake in a registration, a service emptied by hand. The resolver keeps the no for the SOA's
   * TTL, also beyond the end of the fault.
   * @throws HarnessError ERR_INVALID_ARG for another state
   */
  records(state: "gone" | undefined): void {
    this.#discovery.records(state);
  }

  /**
   * The network between a task, or all tasks of a service, and everybody else is cut: clients, load
   * balancer, new connections and those that there are. Nothing passes and nothing is refused: a
   * connect gets no answer, a connection falls silent. Its own health check passes. In AWS: a security
   * group or a network ACL changed by mistake, a partition between zones. Here: the relay behind each
   * published port holds what it has, and a listener with a full queue takes its place, until the cut
   * is mended or the port is given to another task.
   * @param target a service's name or a task's id; of a service also the tasks that start meanwhile
   * @throws HarnessError ERR_INVALID_ARG when there is neither, or the task has stopped
   */
  partition(target: string, on: boolean): Promise<void> {
    return this.#tasks.partition(target, on);
  }

  /**
   * Another task takes over the port that a task of the service has left, or leaves next, and speaks
   * something else; clients that still have the old record reach it. In AWS: dynamic ports are given
   * again. Here: a server in this process.
   * @param options.speaks `http` answers 400 to what is no request, `echo` sends back what it gets
   * @param options.timeout ms that the next task may take to leave its port
   * @returns where it listens; undefined when the fault ended before a port was left
   * @throws HarnessError ERR_INVALID_ARG when there is no such service, ERR_TIMEOUT when no task left,
   * ERR_PLATFORM when the port is somebody else's
   */
  reusePort(
    service: string,
    on: boolean,
    options: ReusePortOptions = {},
  ): Promise<Endpoint | undefined> {
    return this.#tasks.reusePort(service, on, options);
  }

  /**
   * The volumes of a service's tasks are full: no file in them grows. A Redis that appends to one
   * then refuses writes (MISCONF), also PING, and with `appendfsync always` ends. In AWS: a quota, a
   * host's own disk; EFS itself grows. Here: RLIMIT_FSIZE at the size that the file written to
   * has; the error is EFBIG where a disk says ENOSPC, and the log, a file too, may be cut short.
   * @throws HarnessError ERR_INVALID_ARG when there is no such service
   */
  diskFull(service: string, on: boolean): Promise<void> {
    return this.#tasks.diskFull(service, on);
  }

  /**
   * ECS starts a replacement before what it replaces has ended, whatever the percentages say
   * (containers-roadmap#959): two tasks write to one directory if nothing else prevents it.
   */
  overlap(on: boolean): void {
    const { switches } = this.#targets.cluster;
    void this.#active.end("overlap");
    if (!on) return;
    switches.overlap = true;
    this.#active.begin("overlap", undefined, () => {
      switches.overlap = false;
    });
  }

  /**
   * DiscoverInstances fails: `throttled` answers RequestLimitExceeded, `down` nothing at all.
   * @throws HarnessError ERR_INVALID_ARG for another kind
   */
  cloudMapApi(kind: CloudMapApiFault | undefined): void {
    this.#discovery.cloudMapApi(kind);
  }
}
