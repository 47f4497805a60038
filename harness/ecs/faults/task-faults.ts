import type { FaultName } from "../fault-primitives.ts";
import type { Endpoint } from "../machine/black-hole.ts";
import type { Service } from "../services/service.ts";
import { settle } from "../settle.ts";
import type { Task } from "../tasks/task.ts";
import type { ActiveFaults } from "./active-faults.ts";
import { checkNumber, checkOneOf, invalid } from "./arguments.ts";
import { PortReuse } from "./port-reuse.ts";
import { STRANGERS, type Stranger } from "./port-stranger.ts";
import { StruckTasks, type TaskFault } from "./struck-tasks.ts";
import type { FaultTargets } from "./targets.ts";

export interface ReusePortOptions {
  readonly speaks?: Stranger;
  readonly timeout?: number;
}

/** Milliseconds that a task may take to leave its port. */
const REUSE_TIMEOUT = 60_000;

/** Faults of a service's tasks that last; see {@link Faults} for each. */
export class TaskFaults {
  readonly #targets: FaultTargets;
  readonly #active: ActiveFaults;

  constructor(targets: FaultTargets, active: ActiveFaults) {
    this.#targets = targets;
    this.#active = active;
  }

  async partition(target: string, on: boolean): Promise<void> {
    if (!on && this.#active.has("partition", target)) return this.#active.end("partition", target);
    const { services } = this.#targets;
    const service = services.find(target);
    const tasks = service?.tasks ?? [services.task(target)];
    if (!on) return;
    if (!service && tasks[0]?.status === "STOPPED") throw invalid(`task "${target}" has stopped`);
    const cause = `partition ${target}`;
    const cut = {
      strike: (task: Task) => task.cut(cause),
      heal: (task: Task) => task.mend(cause),
    };
    await this.#strike("partition", target, tasks, cut);
  }

  async diskFull(serviceName: string, on: boolean): Promise<void> {
    if (!on && this.#active.has("diskFull", serviceName)) {
      return this.#active.end("diskFull", serviceName);
    }
    const { tasks } = this.#targets.services.named(serviceName);
    if (!on) return;
    const fill = {
      strike: (task: Task) => task.fillVolumes(true),
      heal: (task: Task) => task.fillVolumes(false),
    };
    await this.#strike("diskFull", serviceName, tasks, fill);
  }

  async reusePort(
    serviceName: string,
    on: boolean,
    { speaks = "http", timeout = REUSE_TIMEOUT }: ReusePortOptions,
  ): Promise<Endpoint | undefined> {
    const { services, changed, cluster } = this.#targets;
    if (on || !this.#active.has("reusePort", serviceName)) services.named(serviceName);
    checkOneOf("reusePort.speaks", speaks, STRANGERS);
    checkNumber("reusePort.timeout", timeout);
    const before = this.#active.end("reusePort", serviceName);
    if (!on) return before.then(() => undefined);
    const service = (): Service | undefined => services.find(serviceName);
    const reuse = new PortReuse({ service, changed, published: cluster.published });
    const end = this.#active.begin("reusePort", serviceName, () => reuse.end());
    try {
      await before;
      return await reuse.begin(speaks, timeout);
    } catch (error) {
      await end();
      throw error;
    }
  }

  /** Hits tasks, and what starts in a service of that name, until the fault is ended. */
  async #strike(
    fault: FaultName,
    target: string,
    tasks: readonly Task[],
    how: TaskFault,
  ): Promise<void> {
    const { events, services } = this.#targets;
    // No turn between the end of one and the next, in which another could begin.
    const before = this.#active.end(fault, target);
    const struck = new StruckTasks(how, events);
    const end = this.#active.begin(fault, target, () => struck.end());
    try {
      struck.follow(target, services);
      await settle([before, struck.hit(tasks)]);
    } catch (error) {
      await end();
      throw error;
    }
  }
}
