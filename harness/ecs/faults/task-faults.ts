import type { FaultName } from "../base/fault-primitives.ts";
import type { Endpoint } from "../machine/black-hole.ts";
import type { Service } from "../services/service.ts";
import { settle } from "../base/settle.ts";
import type { Task } from "../tasks/task.ts";
import type { ActiveFaults } from "./active-faults.ts";
import { checkNumber, checkOneOf } from "../base/arguments.ts";
import { invalid } from "../base/errors.ts";
import { PortReuse } from "./port-reuse.ts";
import { PORT_PROTOCOLS, type PortProtocol } from "./port-server.ts";
import { AffectedTasks, type TaskFault } from "./affected-tasks.ts";
import type { FaultTargets } from "./targets.ts";

export interface ReusePortOptions {
  readonly speaks?: PortProtocol;
  readonly timeout?: number;
}

/** Milliseconds to wait for a task to leave its port. */
const REUSE_TIMEOUT = 60_000;

/** Faults with a duration, of a service's tasks; see {@link Faults}. */
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
      begin: (task: Task) => task.faults.cut(cause),
      end: (task: Task) => task.faults.reconnect(cause),
    };
    await this.#begin("partition", target, tasks, cut);
  }

  async diskFull(serviceName: string, on: boolean): Promise<void> {
    if (!on && this.#active.has("diskFull", serviceName)) {
      return this.#active.end("diskFull", serviceName);
    }
    const { tasks } = this.#targets.services.named(serviceName);
    if (!on) return;
    const fill = {
      begin: (task: Task) => task.faults.fillVolumes(true),
      end: (task: Task) => task.faults.fillVolumes(false),
    };
    await this.#begin("diskFull", serviceName, tasks, fill);
  }

  async reusePort(
    serviceName: string,
    on: boolean,
    { speaks = "http", timeout = REUSE_TIMEOUT }: ReusePortOptions,
  ): Promise<Endpoint | undefined> {
    const { services, changed, cluster } = this.#targets;
    if (on || !this.#active.has("reusePort", serviceName)) services.named(serviceName);
    checkOneOf("fault reusePort.speaks", speaks, PORT_PROTOCOLS);
    checkNumber("fault reusePort.timeout", timeout);
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

  /** Begins a fault for tasks, and for those that a service of that name starts while the fault is active. */
  async #begin(
    fault: FaultName,
    target: string,
    tasks: readonly Task[],
    how: TaskFault,
  ): Promise<void> {
    const { events, services } = this.#targets;
    // The new fault begins in the same turn in which the last one ends, so that no other can begin in between.
    const before = this.#active.end(fault, target);
    const affected = new AffectedTasks(how, events);
    const end = this.#active.begin(fault, target, () => affected.end());
    try {
      affected.follow(target, services);
      await settle([before, affected.add(tasks)]);
    } catch (error) {
      await end();
      throw error;
    }
  }
}
