import type { EcsEvents } from "../base/events.ts";
import { invalid } from "../base/errors.ts";
import type { HostStatus } from "../base/state.ts";
import type { HostPlan } from "../terraform/plan.ts";
import { TaskAddresses } from "./addresses.ts";
import { Host, type SharedResources } from "./host.ts";
import { HostPorts, programPorts } from "./ports.ts";

/** Last octets of the hosts' addresses: .11, .12, ... */
const FIRST_OCTET = 11;
const LAST_OCTET = 199;

/** Each host has a zone of its own, as long as there are letters. */
const ZONES = "abcdefghijklmnopqrstuvwxyz";

/** The hosts of the auto-scaling group: its desired capacity, and those that replace lost ones. */
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
      // By the block, which no two runs share: runs with one seed still begin at different ports.
      programPorts: programPorts(plan.ports, positionOf(prefix)),
      addresses: new TaskAddresses(prefix),
    };
    for (let index = 0; index < plan.count; index += 1) this.#add();
  }

  /** The present hosts; always the same array. */
  get hosts(): readonly Host[] {
    return this.#hosts;
  }

  /** @throws HarnessError ERR_INVALID_ARG naming the hosts there are */
  host(id: string): Host {
    const host = this.#hosts.find((each) => each.id === id);
    if (host) return host;
    const known = this.#hosts.map((each) => each.id).join(", ");
    throw invalid(`there is no host "${id}"; hosts are: ${known}`);
  }

  setStatus(host: Host, status: HostStatus): void {
    if (host.status === status) return;
    host.status = status;
    this.#events.publish({ type: "host", host: host.id, status });
  }

  /** Replaces a lost host with a new one, with another name and address. */
  replace(lost: Host): Host {
    const host = this.#add();
    this.#hosts.splice(this.#hosts.indexOf(lost), 1);
    this.#events.publish({ type: "host", host: host.id, status: host.status });
    return host;
  }

  /** Each begins at another port of the range, like hosts that have run for a while. */
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

/** A number from 0 to 1 for a loopback block; blocks side by side get distant numbers. */
function positionOf(prefix: string): number {
  const [, second = 0, third = 0] = prefix.split(".").map(Number);
  return ((second * 256 + third) * 0.618_033_988_75) % 1;
}
