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

/** A host that nothing is heard of: what goes on in its place, until it is restored or replaced. */
export class LostHost {
  readonly host: Host;
  readonly #fleet: Fleet;
  readonly #tasks: readonly Task[];
  readonly #timers: NodeJS.Timeout[];
  #givenUp = false;

  /** @param tasks those on the host */
  constructor(
    host: Host,
    tasks: readonly Task[],
    fleet: Fleet,
    options: Required<HostLossOptions>,
    onReplaced: () => void,
  ) {
    this.host = host;
    this.#fleet = fleet;
    this.#tasks = tasks;
    host.silent = true;
    for (const task of tasks) task.freeze();
    const { noticedAfter, leaseTime, replacedAfter } = options;
    this.#timers = [
      setTimeout(() => this.#giveUp(), noticedAfter),
      setTimeout(() => this.#expire(), leaseTime),
      setTimeout(() => {
        fleet.replace(host);
        onReplaced();
      }, noticedAfter + replacedAfter),
    ];
    for (const timer of this.#timers) timer.unref();
  }

  /** Whether ECS has given it up: then it does not come back. */
  get givenUp(): boolean {
    return this.#givenUp;
  }

  /** The network is back before anybody acted: all goes on. */
  restore(): void {
    this.stop();
    this.host.silent = false;
    for (const task of this.#tasks) {
      task.thaw();
      task.report();
    }
  }

  /** Nothing follows any more. */
  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #giveUp(): void {
    this.#givenUp = true;
    this.#fleet.setStatus(this.host, "LOST");
    const reason = `Container instance ${this.host.id} was terminated`;
    for (const task of this.#tasks) task.lose(reason);
  }

  /** To the kernel that holds the locks here, the processes are the clients. */
  #expire(): void {
    for (const task of this.#tasks) task.destroy();
  }
}
