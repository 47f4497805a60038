import { Condition } from "../condition.ts";
import type { HostState, HostStatus, PortBinding } from "../state.ts";
import type { TaskDefinitionPlan } from "../terraform/plan.ts";
import type { HostPorts } from "./ports.ts";

/** What a timer can wait for. */
const LONGEST_TIME = 2 ** 31 - 1;

/** Ports of one task: those of each container, by its name. */
export type TaskPorts = ReadonlyMap<string, readonly PortBinding[]>;

interface Reservation {
  readonly service: string;
  readonly memory: number;
  readonly ports: number[];
}

/** A container instance: a loopback address with memory and ports to give. */
export class Host {
  readonly id: string;
  readonly address: string;
  readonly memory: number;
  readonly #ports: HostPorts;
  readonly #tasks = new Map<string, Reservation>();
  readonly #changed = new Condition();
  #silent = false;
  status: HostStatus = "ACTIVE";

  constructor(id: string, address: string, memory: number, ports: HostPorts) {
    this.id = id;
    this.address = address;
    this.memory = memory;
    this.#ports = ports;
  }

  /** Whether nothing is heard of it: neither its agent nor what runs on it. */
  get silent(): boolean {
    return this.#silent;
  }

  set silent(silent: boolean) {
    this.#silent = silent;
    this.#changed.notify();
  }

  /** Resolves once it can be reached, or when the signal aborts. */
  async untilReachable(signal: AbortSignal): Promise<void> {
    if (this.#silent) await this.#changed.until(() => !this.#silent, LONGEST_TIME, signal);
  }

  get freeMemory(): number {
    return [...this.#tasks.values()].reduce((free, task) => free - task.memory, this.memory);
  }

  tasksOf(service: string): number {
    return [...this.#tasks.values()].filter((task) => task.service === service).length;
  }

  isPortTaken(port: number): boolean {
    return this.#ports.isTaken(port);
  }

  /** Gives a task its memory and its fixed ports, at once: the next placement counts with it. */
  reserve(taskId: string, service: string, { memory, containers }: TaskDefinitionPlan): void {
    const ports = containers
      .flatMap(({ portMappings }) => portMappings.map(({ hostPort }) => hostPort))
      .filter((port) => port > 0);
    for (const port of ports) this.#ports.reserve(port);
    this.#tasks.set(taskId, { service, memory, ports });
  }

  /** Gives each port mapping of a task with a reservation its host port. */
  async bind(taskId: string, { containers }: TaskDefinitionPlan): Promise<TaskPorts> {
    const held = this.#tasks.get(taskId)?.ports ?? [];
    const bound = new Map<string, PortBinding[]>();
    for (const { name, portMappings } of containers) {
      const bindings: PortBinding[] = [];
      for (const { containerPort, hostPort } of portMappings) {
        const given = hostPort > 0 ? hostPort : await this.#ports.allocate();
        if (given !== hostPort) held.push(given);
        bindings.push({ containerPort, hostPort: given });
      }
      bound.set(name, bindings);
    }
    return bound;
  }

  /** Takes back what a task had. */
  release(taskId: string): void {
    for (const port of this.#tasks.get(taskId)?.ports ?? []) this.#ports.release(port);
    this.#tasks.delete(taskId);
  }

  state(): HostState {
    const { id, address, status, memory, freeMemory } = this;
    return { id, address, status, memory, freeMemory, tasks: [...this.#tasks.keys()] };
  }
}
