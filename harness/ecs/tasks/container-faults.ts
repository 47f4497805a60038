import type { Container } from "./container.ts";

/**
 * What faults do to the containers of a task. A freeze and a cut last until each of their causes has ended. Containers that
 * start meanwhile are frozen, cut or full, too.
 */
export class ContainerFaults {
  readonly #containers: () => readonly Container[];
  /** The frozen container by cause; undefined: all of them. */
  readonly #frozenBy = new Map<string, string | undefined>();
  readonly #cutBy = new Set<string>();
  #full = false;

  constructor(containers: () => readonly Container[]) {
    this.#containers = containers;
  }

  isFrozen(name: string): boolean {
    return [...this.#frozenBy.values()].some((frozen) => frozen === undefined || frozen === name);
  }

  get isCut(): boolean {
    return this.#cutBy.size > 0;
  }

  get isFull(): boolean {
    return this.#full;
  }

  /** @param name of one container; all by default */
  signal(signal: NodeJS.Signals, name?: string): void {
    for (const container of this.#containers()) {
      if (name === undefined || container.plan.name === name) container.signal(signal);
    }
  }

  /**
   * Freezes all processes until {@link thaw} is called for each cause.
   * @param name of one container; all by default
   */
  freeze(cause: string, name?: string): void {
    this.#frozenBy.set(cause, name);
    for (const container of this.#containers()) {
      if (this.isFrozen(container.plan.name)) container.freeze();
    }
  }

  thaw(cause: string): void {
    this.#frozenBy.delete(cause);
    for (const container of this.#containers()) {
      if (!this.isFrozen(container.plan.name)) container.thaw();
    }
  }

  /**
   * Cuts the network between the containers and all clients, until {@link reconnect} is called for each cause. Their
   * own health checks pass. Resolves when the cut is in effect.
   */
  async cut(cause: string): Promise<void> {
    this.#cutBy.add(cause);
    await this.#each((container) => container.cut());
  }

  async reconnect(cause: string): Promise<void> {
    this.#cutBy.delete(cause);
    if (!this.isCut) await this.#each((container) => container.reconnect());
  }

  /** Fills the volumes, or ends that. */
  async fillVolumes(full: boolean): Promise<void> {
    this.#full = full;
    await this.#each((container) => container.fillVolumes());
  }

  /** Kills the processes. Clients behind a cut network do not notice. */
  kill(): void {
    for (const container of this.#containers()) container.kill();
  }

  /** Drops the locks of the processes in the volumes, as the file system does. */
  async dropLocks(): Promise<void> {
    await this.#each((container) => container.dropLocks());
  }

  /** Frees the ports during a cut. Clients behind the cut network do not notice. */
  async freePorts(): Promise<void> {
    await this.#each((container) => container.freePorts());
  }

  #each<T>(how: (container: Container) => Promise<T>): Promise<T[]> {
    return Promise.all(this.#containers().map(how));
  }
}
