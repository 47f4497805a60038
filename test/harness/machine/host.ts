import { Condition } from "../condition.ts";
import type { HostState, HostStatus, PortBinding } from "../state.ts";
import type { TaskDefinitionPlan } from "../terraform/plan.ts";
import type { HostPorts } from "./ports.ts";

/** What a timer can wait for. */
const LONGEST_TIME = 2 ** 31 - 1;

/** A published port, and where the container's program listens for it on this machine. */
export interface BoundPort extends PortBinding {
  readonly listenPort: number;
}

/** Ports of one task: those of each container, by its name. */
export type TaskPorts = ReadonlyMap<string, readonly BoundPort[]>;

interface Reservation {
  readonly service: string;
  readonly memory: number;
  readonly ports: number[];
  /** Where its programs listen. */
  readonly listenPorts: number[];
}

/** A container instance: a loopback address with memory and ports to give. */
export class Host {
  readonly id: string;
  readonly address: string;
  readonly memory: number;
  readonly #ports: HostPorts;
  readonly #programPorts: HostPorts;
  readonly #tasks = new Map<string, Reservation>();
  readonly #changed = new Condition();
  #silent = false;
  status: HostStatus = "ACTIVE";

  /** @param programPorts where programs listen, of all hosts of a run */
  constructor(
    id: string,
    address: string,
    memory: number,
    ports: HostPorts,
    programPorts: HostPorts,
  ) {
    this.id = id;
    this.address = address;
    this.memory = memory;
    this.#ports = ports;
    this.#programPorts = programPorts;
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

  /** Takes a port that no task has; false when one has it. */
  takePort(port: number): boolean {
    return this.#ports.reserve(port);
  }

  givePortBack(port: number): void {
    this.#ports.release(port);
  }

  /** Gives a task its memory and its fixed ports, at once: the next placement counts with it. */
  reserve(taskId: string, service: string, { memory, containers }: TaskDefinitionPlan): void {
    const ports = containers
      .flatMap(({ portMappings }) => portMappings.map(({ hostPort }) => hostPort))
      .filter((port) => port > 0);
    for (const port of ports) this.#ports.reserve(port);
    this.#tasks.set(taskId, { service, memory, ports, listenPorts: [] });
  }

  /** Gives each port mapping of a task with a reservation its host port. */
  async bind(taskId: string, { containers }: TaskDefinitionPlan): Promise<TaskPorts> {
    const held = this.#tasks.get(taskId);
    const bound = new Map<string, BoundPort[]>();
    for (const { name, portMappings } of containers) {
      const bindings: BoundPort[] = [];
      for (const { containerPort, hostPort } of portMappings) {
        const given = hostPort > 0 ? hostPort : await this.#ports.allocate();
        if (given !== hostPort) held?.ports.push(given);
        const listenPort = await this.#programPorts.allocate();
        held?.listenPorts.push(listenPort);
        bindings.push({ containerPort, hostPort: given, listenPort });
      }
      bound.set(name, bindings);
    }
    return bound;
  }

  /** Takes back what a task had. */
  release(taskId: string): void {
    const { ports = [], listenPorts = [] } = this.#tasks.get(taskId) ?? {};
    for (const port of ports) this.#ports.release(port);
    for (const port of listenPorts) this.#programPorts.release(port);
    this.#tasks.delete(taskId);
  }

  state(): HostState {
    const { id, address, status, memory, freeMemory } = this;
    return { id, address, status, memory, freeMemory, tasks: [...this.#tasks.keys()] };
  }
}
