import type { Fleet } from "../machine/fleet.ts";
import type { Host } from "../machine/host.ts";
import type { Task } from "../tasks/task.ts";

/** When what follows the loss of a host comes; milliseconds. */
export interface HostLossOptions {
  /**
   * From the loss until ECS gives up the host and its tasks. In AWS: about five minutes, two failed
   * status checks of a minute each and the auto-scaling group's own time to act; until then ECS only
   * knows that the agent is disconnected. @default 2000
   */
  readonly noticedAfter?: number;
  /**
   * From the loss until the file system forgets the host's locks, as NFS does with the lease of a
   * client that it does not hear of. A Linux server waits 90 s; EFS does not tell. @default 5000
   */
  readonly leaseTime?: number;
  /** From giving the host up until another is there. In AWS: one to three minutes. @default 2000 */
  readonly replacedAfter?: number;
}

/** What a lost host reaches into. */
interface HostLossTargets {
  readonly fleet: Fleet;
  /** @throws when there is no such task */
  readonly task: (id: string) => Task;
  readonly onReplaced: () => void;
}

const CAUSE = "loseHost";

/** A host that nothing is heard of: what goes on in its place, until it is restored or replaced. */
export class LostHost {
  readonly host: Host;
  readonly #targets: HostLossTargets;
  readonly #tasks = new Set<Task>();
  readonly #timers: NodeJS.Timeout[];
  #givenUp = false;

  constructor(host: Host, targets: HostLossTargets, options: Required<HostLossOptions>) {
    this.host = host;
    this.#targets = targets;
    host.silent = true;
    this.#collect();
    for (const task of this.#tasks) {
      task.freeze(CAUSE);
      void task.cut(CAUSE);
    }
    const { noticedAfter, leaseTime, replacedAfter } = options;
    const replacedAt = noticedAfter + replacedAfter;
    this.#timers = [
      setTimeout(() => this.#giveUp(), noticedAfter),
      // To the kernel that holds the locks here, the processes are the clients.
      setTimeout(() => this.#kill(), leaseTime),
      setTimeout(() => this.#replace(), replacedAt),
      setTimeout(() => void this.destroy(), Math.max(leaseTime, replacedAt)),
    ];
    for (const timer of this.#timers) timer.unref();
  }

  /** Whether ECS has given it up: then it does not come back. */
  get givenUp(): boolean {
    return this.#givenUp;
  }

  /** The network is back before anybody acted: all goes on. */
  async restore(): Promise<void> {
    this.#stop();
    this.host.silent = false;
    for (const task of this.#tasks) {
      task.thaw(CAUSE);
      task.report();
    }
    await Promise.all([...this.#tasks].map((task) => task.reconnect(CAUSE)));
  }

  /** Nothing of it is left, and nothing follows. */
  async destroy(): Promise<void> {
    this.#stop();
    await Promise.all([...this.#tasks].map((task) => task.destroy()));
  }

  #stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  /** ECS may place tasks on it until it knows better. */
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

  #kill(): void {
    for (const task of this.#tasks) task.kill();
  }

  #replace(): void {
    this.#targets.fleet.replace(this.host);
    this.#targets.onReplaced();
  }
}
