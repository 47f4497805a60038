import type { Fleet } from "../machine/fleet.ts";
import type { Host } from "../machine/host.ts";
import type { LostData } from "../machine/unsynced-data.ts";
import type { Task } from "../tasks/task.ts";

/** When the consequences of the loss of a host come; milliseconds. */
export interface HostLossOptions {
  /**
   * From the loss until ECS gives up the host and its tasks. In AWS: about five minutes (two failed
   * status checks of a minute each, then the auto-scaling group's own time). Until then ECS only knows
   * that the agent is disconnected. @default 2000
   */
  readonly noticedAfter?: number;
  /**
   * From the loss until the file system drops the host's locks, as NFS does when the lease of a silent
   * client expires. A Linux server waits 90 s; EFS does not document it. @default 5000
   */
  readonly leaseTime?: number;
  /** From giving up the host until another one runs. In AWS: one to three minutes. @default 2000 */
  readonly replacedAfter?: number;
  /**
   * From the end of its processes until its ports refuse: each silent one takes a thread. By then no record
   * leads to it. Open connections stay silent. In AWS: as long as no other host has its address. @default 60000
   */
  readonly silentFor?: number;
  /**
   * Whether its processes outlive the lease, frozen: the file system drops their locks, and the host can
   * come back. @default false: they end with the lease
   */
  readonly outlivesLease?: boolean;
}

/** What the loss of a host affects. */
interface HostLossTargets {
  readonly losesUnsynced: boolean;
  readonly fleet: Fleet;
  /** @throws when there is no such task */
  readonly task: (id: string) => Task;
  readonly onReplaced: () => void;
}

const CAUSE = "loseHost";

/** A silent host, and what happens to it until it is restored or replaced. */
export class LostHost {
  readonly host: Host;
  readonly outlivesLease: boolean;
  /** Resolves to what was not synced, once its processes do nothing more and that is gone. */
  readonly lost: Promise<readonly LostData[]>;
  readonly #targets: HostLossTargets;
  readonly #tasks = new Set<Task>();
  readonly #timers: NodeJS.Timeout[];
  #givenUp = false;

  constructor(host: Host, targets: HostLossTargets, options: Required<HostLossOptions>) {
    this.host = host;
    this.outlivesLease = options.outlivesLease;
    this.#targets = targets;
    host.silent = true;
    this.#collect();
    for (const task of this.#tasks) {
      task.freeze(CAUSE);
      void task.cut(CAUSE);
    }
    this.lost = this.#loseUnsynced();
    const { noticedAfter, leaseTime, replacedAfter, silentFor, outlivesLease } = options;
    const replacedAt = noticedAfter + replacedAfter;
    const endsAt = Math.max(leaseTime, replacedAt);
    this.#timers = [
      setTimeout(() => this.#giveUp(), noticedAfter),
      // Here the kernel holds the locks for the processes: they go when the processes end.
      setTimeout(() => void this.#endLease(), leaseTime),
      setTimeout(() => this.#replace(), replacedAt),
    ];
    if (!outlivesLease) {
      this.#timers.push(
        // Those that came to the host after the lease.
        setTimeout(() => void this.#endLease(), endsAt),
        setTimeout(() => this.#freePorts(), endsAt + silentFor),
      );
    }
    for (const timer of this.#timers) timer.unref();
  }

  /** Whether ECS has given it up. Then it does not come back. */
  get givenUp(): boolean {
    return this.#givenUp;
  }

  /** The host is back before ECS has given it up: all continues. */
  async restore(): Promise<void> {
    this.#stop();
    if (this.#targets.losesUnsynced) await this.#regainUnsynced();
    this.host.silent = false;
    for (const task of this.#tasks) {
      task.thaw(CAUSE);
      task.report();
    }
    await Promise.all([...this.#tasks].map((task) => task.reconnect(CAUSE)));
  }

  /**
   * The host is back after ECS has given it up, without its agent: no one stops its tasks or restarts their
   * containers, and their health checks go on.
   */
  async comeBack(): Promise<void> {
    if (this.#targets.losesUnsynced) await this.#regainUnsynced();
    this.host.silent = false;
    for (const task of this.#tasks) task.thaw(CAUSE);
    await Promise.all([...this.#tasks].map((task) => task.reconnect(CAUSE)));
  }

  /** Ends its processes and their connections, and cancels the rest. */
  async destroy(): Promise<void> {
    this.#stop();
    await this.#settled();
    await Promise.all([...this.#tasks].map((task) => task.destroy()));
  }

  #freePorts(): void {
    for (const task of this.#tasks) void task.freePorts();
  }

  #stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  /** Until ECS notices the loss, it may place more tasks on the host. */
  #collect(): void {
    for (const id of this.host.state().tasks) this.#tasks.add(this.#targets.task(id));
  }

  #giveUp(): void {
    this.#givenUp = true;
    this.#collect();
    this.#targets.fleet.setStatus(this.host, "LOST");
    const reason = `Container instance ${this.host.id} was terminated`;
    for (const task of this.#tasks) task.lose(reason);
  }

  async #loseUnsynced(): Promise<readonly LostData[]> {
    const lost = [...this.#tasks].map((task) => task.loseUnsynced());
    return (await Promise.all(lost)).flat();
  }

  /** What its programs had written is still in its memory. */
  async #regainUnsynced(): Promise<void> {
    await this.#settled();
    await Promise.all([...this.#tasks].map((task) => task.regainUnsynced()));
  }

  /** The caller who made the fault gets the error. */
  async #settled(): Promise<void> {
    await this.lost.catch(() => {});
  }

  /**
   * Who comes next finds no lock, and nothing that was not synced. Clients hear nothing of processes that end: a
   * lost host closes no connection.
   */
  async #endLease(): Promise<void> {
    await this.#settled();
    for (const task of this.#tasks) {
      if (this.outlivesLease) void task.dropLocks();
      else task.kill();
    }
  }

  #replace(): void {
    this.#targets.fleet.replace(this.host);
    this.#targets.onReplaced();
  }
}
