import type { EcsEvents } from "../base/events.ts";
import { invalid } from "../base/errors.ts";
import type { HostStatus } from "../base/state.ts";
import type { HostPlan } from "../terraform/plan/plan.ts";
import { TaskAddresses } from "./addresses.ts";
import { Host, type SharedResources } from "./host.ts";
import { HostPorts, programPorts } from "./ports.ts";

/** Last octets of the hosts' addresses: .11, .12, ... */
const FIRST_OCTET = 11;
const LAST_OCTET = 199;

/** Each host has its own zone, as long as there are letters. */
const ZONES = "abcdefghijklmnopqrstuvwxyz";

/** The hosts of the auto-scaling group: its desired capacity, and the replacements of lost hosts. */
export class Fleet {
  readonly #plan: HostPlan;
  readonly #prefix: string;
  readonly #events: EcsEvents;
  readonly #hosts: Host[] = [];
  readonly #shared: SharedResources;
  #made = 0;

  /** @param prefix of the loopback block, `127.x.y.` */
  constructor(plan: HostPlan, prefix: string, events: EcsEvents) {
    this.#plan = plan;
    this.#prefix = prefix;
    this.#events = events;
    this.#shared = {
      // Derived from the block, which is unique, so that runs with the same seed start at different ports.
      programPorts: programPorts(plan.ports, positionOf(prefix)),
      addresses: new TaskAddresses(prefix),
    };
    for (let index = 0; index < plan.count; index += 1) this.#add();
  }

  /** Addresses of the block that belong to no host. */
  get addresses(): TaskAddresses {
    return this.#shared.addresses;
  }

  /** The current hosts; always the same array. */
  get hosts(): readonly Host[] {
    return this.#hosts;
  }

  /** @throws HarnessError ERR_INVALID_ARG with the names of the hosts */
  host(id: string): Host {
    const host = this.#hosts.find((each) => each.id === id);
    if (host) return host;
    const known = this.#hosts.map((each) => each.id).join(", ");
    throw invalid(`no host "${id}"; hosts: ${known}`);
  }

  setStatus(host: Host, status: HostStatus): void {
    if (host.status === status) return;
    host.status = status;
    this.#events.publish({ type: "host", host: host.id, status });
  }

  /** Replaces a lost host by a new one with another name and address. */
  replace(lost: Host): Host {
    const host = this.#add();
    this.#hosts.splice(this.#hosts.indexOf(lost), 1);
    this.#events.publish({ type: "host", host: host.id, status: host.status });
    return host;
  }

  /** Hosts start at different ports of the range, like hosts that have run for a while. */
  #add(): Host {
    const { count, memory, ports } = this.#plan;
    const octet = FIRST_OCTET + (this.#made % (LAST_OCTET - FIRST_OCTET + 1));
    const address = `${this.#prefix}${octet}`;
    const hostPorts = new HostPorts(address, ports, (this.#made / count) % 1);
    const zone = ZONES.charAt(this.#made % ZONES.length);
    this.#made += 1;
    const host = new Host(`host-${this.#made}`, address, memory, hostPorts, this.#shared, zone);
    this.#hosts.push(host);
    return host;
  }
}

/** A number from 0 to 1 for a loopback block. Neighbouring blocks get distant numbers. */
function positionOf(prefix: string): number {
  const [, second = 0, third = 0] = prefix.split(".").map(Number);
  return ((second * 256 + third) * 0.618_033_988_75) % 1;
}
