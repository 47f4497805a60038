import type { ContainerNetwork } from "../machine/container-network.ts";
import type { TaskDefinitionPlan } from "../terraform/plan/plan.ts";
import type { ContainerRuntime } from "./container-context.ts";

/** The networks of a task's containers, by name. Empty if they have this machine's. */
export class TaskNetworks {
  readonly #byContainer: ReadonlyMap<string, ContainerNetwork>;
  readonly #own: readonly ContainerNetwork[];

  private constructor(
    byContainer: ReadonlyMap<string, ContainerNetwork>,
    own: readonly ContainerNetwork[],
  ) {
    this.#byContainer = byContainer;
    this.#own = own;
  }

  /** Of a task whose containers have this machine's network. */
  static readonly none = new TaskNetworks(new Map(), []);

  /**
   * In bridge mode each container has a network of its own; in awsvpc mode they share the task's, in host mode the host's.
   * @param host its id
   * @throws HarnessError ERR_PLATFORM with what this machine says
   */
  static async connect(
    { containers, networkMode }: Pick<TaskDefinitionPlan, "containers" | "networkMode">,
    { networks, platform }: Pick<ContainerRuntime, "networks" | "platform">,
    host: string,
  ): Promise<TaskNetworks> {
    if (!platform.networks) return TaskNetworks.none;
    const names = containers.map(({ name }) => name);
    const all = (network: ContainerNetwork) => new Map(names.map((name) => [name, network]));
    if (networkMode === "host") return new TaskNetworks(all(await networks.ofHost(host)), []);
    if (networkMode === "awsvpc") {
      const ofTask = await networks.create();
      return new TaskNetworks(all(ofTask), [ofTask]);
    }
    const made = await Promise.allSettled(names.map(() => networks.create()));
    const own = made.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    const failed = made.find((each) => each.status === "rejected");
    if (failed !== undefined) {
      await closeAll(own);
      throw failed.reason;
    }
    return new TaskNetworks(
      new Map(own.map((network, index) => [names[index] ?? "", network])),
      own,
    );
  }

  of(container: string): ContainerNetwork | undefined {
    return this.#byContainer.get(container);
  }

  async close(): Promise<void> {
    await closeAll(this.#own);
  }
}

async function closeAll(networks: readonly ContainerNetwork[]): Promise<void> {
  await Promise.all(networks.map((network) => network.close()));
}
