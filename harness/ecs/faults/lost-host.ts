import type { Fleet } from "../machine/fleet.ts";
import type { Host } from "../machine/host.ts";
import type { Task } from "../tasks/task.ts";

/** When the consequences of a lost host occur, in milliseconds after the given moment. */
export interface HostLossOptions {
  /**
   * From the loss until ECS gives up the host and its tasks. In AWS: about five minutes (two failed status
   * checks of a minute each, then the auto-scaling group's own time). Until then ECS only knows that the agent
   * is disconnected. @default 2000
   */
  readonly noticedAfter?: number;
  /**
   * From the loss until the file system drops the host's locks, as NFS does when a client's lease expires. A
   * Linux server waits 90 s; EFS does not document the time. @default 5000
   */
  readonly leaseTime?: number;
  /** From giving up the host until a new host runs. In AWS: one to three minutes. @default 2000 */
  readonly replacedAfter?: number;
  /**
   * From the end of its processes until its ports refuse connections. Each silent port needs a thread, and by
   * then no record points to it. Open connections stay silent. In AWS: as long as no other host has its
   * address. @default 60000
   */
  readonly silentFor?: number;
  /**
   * Whether its processes survive the lease, frozen: the file system drops their locks, and the host can come
   * back.
   * @default false: they end with the lease
   */
  readonly outlivesLease?: boolean;
}

/** What the loss of a host affects. */
interface HostLossTargets {
  readonly fleet: Fleet;
  /** @throws if there is no such task */
  readonly task: (id: string) => Task;
  readonly onReplaced: () => void;
}

const CAUSE = "loseHost";

/** A lost host, and what happens to it until it is restored or replaced. */
export class LostHost {
  readonly host: Host;
  readonly outlivesLease: boolean;
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
      task.faults.freeze(CAUSE);
      void task.faults.cut(CAUSE);
    }
    const { noticedAfter, leaseTime, replacedAfter, silentFor, outlivesLease } = options;
    const replacedAt = noticedAfter + replacedAfter;
    const endsAt = Math.max(leaseTime, replacedAt);
    this.#timers = [
      setTimeout(() => this.#giveUp(), noticedAfter),
      // The kernel holds the locks for the processes, so they are dropped when the processes end.
      setTimeout(() => this.#endLease(), leaseTime),
      setTimeout(() => this.#replace(), replacedAt),
    ];
    if (!outlivesLease) {
      this.#timers.push(
        // For tasks that were placed on the host after the lease.
        setTimeout(() => this.#endLease(), endsAt),
        setTimeout(() => this.#freePorts(), endsAt + silentFor),
      );
    }
    for (const timer of this.#timers) timer.unref();
  }

  /** Whether ECS has given it up. Then it cannot be restored. */
  get givenUp(): boolean {
    return this.#givenUp;
  }

  /** Brings the host back before ECS has given it up: its processes continue. */
  async restore(): Promise<void> {
    this.#stop();
    this.host.silent = false;
    for (const task of this.#tasks) {
      task.faults.thaw(CAUSE);
      task.report();
    }
    await Promise.all([...this.#tasks].map((task) => task.faults.reconnect(CAUSE)));
  }

  /**
   * Brings the host back after ECS has given it up. It has no agent: nothing stops its tasks or restarts their
   * containers. Their health checks continue.
   */
  async comeBack(): Promise<void> {
    this.host.silent = false;
    for (const task of this.#tasks) task.faults.thaw(CAUSE);
    await Promise.all([...this.#tasks].map((task) => task.faults.reconnect(CAUSE)));
  }

  /** Ends its processes and their connections, and cancels all timers. */
  async destroy(): Promise<void> {
    this.#stop();
    await Promise.all([...this.#tasks].map((task) => task.destroy()));
  }

  #freePorts(): void {
    for (const task of this.#tasks) void task.faults.freePorts();
  }

  #stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  /** Adds the tasks that ECS has placed on the host since the last call. */
  #collect(): void {
    for (const id of this.host.state().tasks) this.#tasks.add(this.#targets.task(id));
  }

  #giveUp(): void {
    this.#givenUp = true;
    this.#collect();
    this.#targets.fleet.setStatus(this.host, "LOST");
    const reason = `Host EC2 (instance ${this.host.id}) terminated.`;
    for (const task of this.#tasks) task.lose(reason);
  }

  /**
   * The next program finds no lock. Clients do not notice that the processes end: a lost host closes no connection.
   */
  #endLease(): void {
    for (const task of this.#tasks) {
      if (this.outlivesLease) void task.faults.dropLocks();
      else task.faults.kill();
    }
  }

  #replace(): void {
    this.#targets.fleet.replace(this.host);
    this.#targets.onReplaced();
  }
}
