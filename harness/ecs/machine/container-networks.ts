import { HarnessError } from "../base/errors.ts";
import { type AgentAddress, ContainerNetwork } from "./container-network.ts";
import type { Guardian } from "./guardian.ts";

/** The networks of a run's containers. Those of hosts last as long as the run. */
export class ContainerNetworks {
  readonly #guardian: Guardian;
  readonly #prefix: string;
  readonly #agent: AgentAddress;
  readonly #ofHosts = new Map<string, Promise<ContainerNetwork>>();
  #isClosed = false;

  /** @param prefix of the run's block, `127.x.y.` */
  constructor(guardian: Guardian, prefix: string, agent: AgentAddress) {
    this.#guardian = guardian;
    this.#prefix = prefix;
    this.#agent = agent;
  }

  /** A new network, of a container or of a task in awsvpc mode. The caller closes it. */
  create(): Promise<ContainerNetwork> {
    return ContainerNetwork.create(this.#guardian, this.#prefix, this.#agent);
  }

  /** The network of a host, for its tasks in host mode. */
  async ofHost(host: string): Promise<ContainerNetwork> {
    if (this.#isClosed) throw new HarnessError("ERR_CLOSED", "the run has ended");
    const network = this.#ofHosts.get(host) ?? this.create();
    this.#ofHosts.set(host, network);
    return network;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const made = await Promise.allSettled(this.#ofHosts.values());
    const networks = made.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
    await Promise.all(networks.map((network) => network.close()));
  }
}
