import { LONGEST_TIMEOUT } from "../base/arguments.ts";
import { Condition } from "../base/condition.ts";
import type { HostState, HostStatus, PortBinding } from "../base/state.ts";
import type { TaskDefinitionPlan } from "../terraform/plan/plan.ts";
import type { TaskAddresses } from "./addresses.ts";
import type { HostPorts } from "./ports.ts";

/** A published port, and the port where the container's program listens. */
export interface BoundPort extends PortBinding {
  readonly listenPort: number;
}

/** The ports of a task, by container name. */
export type TaskPorts = ReadonlyMap<string, readonly BoundPort[]>;

/** The addresses and ports of a task. */
export interface TaskPlace {
  /** The address of the host, or of the task in awsvpc mode. */
  readonly address: string;
  readonly ports: TaskPorts;
  /** Addresses of containers that other containers of the task link to, by name. */
  readonly linked: ReadonlyMap<string, string>;
}

/** Resources that the hosts of a run share. */
export interface SharedResources {
  /** Ports that programs listen on. */
  readonly programPorts: HostPorts;
  /** Addresses of tasks in awsvpc mode, and of linked containers. */
  readonly addresses: TaskAddresses;
}

interface Reservation {
  readonly service: string;
  readonly memory: number;
  readonly ports: number[];
  /** The ports that its programs listen on. */
  readonly listenPorts: number[];
  /** The addresses of the task in awsvpc mode, and of linked containers. */
  readonly addresses: string[];
}

/**
 * The ports of a host's own programs: SSH, Docker and the agent.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html (hostPort)
 */
const OWN_PORTS: readonly number[] = [22, 2375, 2376, 51_678, 51_679, 51_680];

/** A container instance: a loopback address with memory and ports. */
export class Host {
  readonly id: string;
  readonly address: string;
  readonly memory: number;
  /** The letter of its availability zone. */
  readonly zone: string;
  readonly #ports: HostPorts;
  readonly #shared: SharedResources;
  readonly #tasks = new Map<string, Reservation>();
  readonly #changed = new Condition();
  #silent = false;
  status: HostStatus = "ACTIVE";

  constructor(
    id: string,
    address: string,
    memory: number,
    ports: HostPorts,
    shared: SharedResources,
    zone = "a",
  ) {
    this.id = id;
    this.address = address;
    this.memory = memory;
    this.#ports = ports;
    this.#shared = shared;
    this.zone = zone;
  }

  /** Whether its agent and everything on it do not respond. */
  get silent(): boolean {
    return this.#silent;
  }

  set silent(silent: boolean) {
    this.#silent = silent;
    this.#changed.notify();
  }

  /** Resolves when the host is not silent, or when the signal aborts. */
  async untilReachable(signal: AbortSignal): Promise<void> {
    if (this.#silent) await this.#changed.until(() => !this.#silent, LONGEST_TIMEOUT, signal);
  }

  get freeMemory(): number {
    return [...this.#tasks.values()].reduce((free, task) => free - task.memory, this.memory);
  }

  tasksOf(service: string): number {
    return [...this.#tasks.values()].filter((task) => task.service === service).length;
  }

  isPortTaken(port: number): boolean {
    return OWN_PORTS.includes(port) || this.#ports.isTaken(port);
  }

  /** Takes a port; false if a task uses it. */
  takePort(port: number): boolean {
    return this.#ports.reserve(port);
  }

  givePortBack(port: number): void {
    this.#ports.release(port);
  }

  /** Reserves a task's memory and fixed ports at once, so that the next placement counts them. */
  reserve(taskId: string, service: string, definition: TaskDefinitionPlan): void {
    const ports = fixedPorts(definition);
    for (const port of ports) this.#ports.reserve(port);
    const { memory } = definition;
    this.#tasks.set(taskId, { service, memory, ports, listenPorts: [], addresses: [] });
  }

  /**
   * Returns the address of a task with a reservation, and a host port for each port mapping.
   * @param hasNetworks whether its programs listen in networks of their own, on the ports of the definition
   */
  async bind(
    taskId: string,
    { containers, networkMode }: TaskDefinitionPlan,
    hasNetworks: boolean,
  ): Promise<TaskPlace> {
    const held = this.#tasks.get(taskId);
    const { addresses, programPorts } = this.#shared;
    const take = (): string => {
      const address = addresses.take();
      held?.addresses.push(address);
      return address;
    };
    const address = networkMode === "awsvpc" ? take() : this.address;
    const names = new Set(containers.flatMap(({ links }) => links.map(linkedBy)));
    const linked = new Map([...names].map((name) => [name, take()]));
    const ports = new Map<string, BoundPort[]>();
    for (const { name, portMappings } of containers) {
      const bindings: BoundPort[] = [];
      for (const { containerPort, hostPort: fixed } of portMappings) {
        const hostPort = fixed > 0 ? fixed : await this.#ports.allocate();
        if (fixed === 0) held?.ports.push(hostPort);
        const listenPort = hasNetworks ? containerPort : await programPorts.allocate();
        if (!hasNetworks) held?.listenPorts.push(listenPort);
        bindings.push({ containerPort, hostPort, listenPort });
      }
      ports.set(name, bindings);
    }
    return { address, ports, linked };
  }

  /** Frees the resources of a task. */
  release(taskId: string): void {
    const { ports = [], listenPorts = [], addresses = [] } = this.#tasks.get(taskId) ?? {};
    for (const port of ports) this.#ports.release(port);
    for (const port of listenPorts) this.#shared.programPorts.release(port);
    for (const address of addresses) this.#shared.addresses.giveBack(address);
    this.#tasks.delete(taskId);
  }

  state(): HostState {
    const { id, address, status, memory, freeMemory } = this;
    return { id, address, status, memory, freeMemory, tasks: [...this.#tasks.keys()] };
  }
}

/** The name of a linked container: `redis` in `redis:cache`. */
const linkedBy = (link: string): string => link.split(":")[0] ?? link;

/** The fixed host ports of a task. None in awsvpc mode, where the task has its own interface. */
export function fixedPorts({ containers, networkMode }: TaskDefinitionPlan): number[] {
  if (networkMode === "awsvpc") return [];
  return containers
    .flatMap(({ portMappings }) => portMappings.map(({ hostPort }) => hostPort))
    .filter((port) => port > 0);
}
