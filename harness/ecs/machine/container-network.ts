import { execFile } from "node:child_process";
import { randomInt } from "node:crypto";
import { promisify } from "node:util";
import { HarnessError } from "../base/errors.ts";
import { CONTAINERS, GATEWAY, interfacesOf } from "./gateway.ts";
import { GuardedProcess } from "./guarded-process.ts";
import type { Guardian } from "./guardian.ts";

const run = promisify(execFile);

/** Those of {@link CONTAINERS}. */
const FIRST_ADDRESS = (198 << 24) >>> 0;
const ADDRESSES = { from: 18 << 16, to: (20 << 16) - 1 };
/** How many taken addresses are tried. */
const TRIES = 20;
const TIMEOUT = 10_000;

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html */
export const AGENT = "169.254.170.2";

/**
 * Connects the network of process $1 with this machine by the pair of interfaces $2 and eth0. In there, 127.0.0.1 is the
 * container's own; the other addresses of the run's block ($5, a /24) lead to this machine, where hosts, load balancers and
 * the resolver listen, and containers reach each other. 169.254.170.2 is the run's agent ($6), and 169.254.169.254 is not there.
 * The kernel removes the pair with the namespace.
 */
const CONNECT = `pid=$1 name=$2 address=$3 gateway=$4 block=$5 agent=$6
inside() { nsenter --target "$pid" --net -- "$@"; }
ip link add "$name" type veth peer name eth0 netns "$pid" || exit
# A container may say that it is this machine's IPv6 router (CVE-2020-13401).
ipv6=/proc/sys/net/ipv6/conf/$name/disable_ipv6
[ ! -e "$ipv6" ] || echo 1 >"$ipv6" || exit
ip address add "$gateway/32" dev "$name" && ip link set "$name" up || exit
for each in route_localnet forwarding; do echo 1 >"/proc/sys/net/ipv4/conf/$name/$each" || exit; done
ip route add "$address/32" dev "$name" || { ip link delete "$name"; exit 17; }
inside ip link set lo up && inside ip address delete 127.0.0.1/8 dev lo || exit
inside ip address add 127.0.0.1/32 dev lo && inside ip address add "$address/32" dev eth0 || exit
inside ip link set eth0 up && inside ip route add "$gateway" dev eth0 scope link || exit
inside ip route add default via "$gateway" && inside ip route add "$block" via "$gateway" src "$address" || exit
inside ip route add unreachable 169.254.169.254 || exit
inside iptables --wait 10 --table nat --append OUTPUT -d ${AGENT} -p tcp --dport 80 -j DNAT --to-destination "$agent" || exit
inside sh -c 'echo 1 >/proc/sys/net/ipv4/conf/eth0/route_localnet; echo 0 >/proc/sys/net/ipv4/ip_unprivileged_port_start'`;
/** The exit code of a taken address. */
const TAKEN = 17;

/** Where containers reach the agent at one address. */
export interface AgentAddress {
  readonly address: string;
  readonly port: number;
}

/** A network namespace: of a container in bridge mode, or of a task in awsvpc mode. */
export class ContainerNetwork {
  /** The address at which this machine reaches the programs in it. */
  readonly address: string;
  /** The machine's end of the pair. */
  readonly #interface: string;
  /** Keeps the namespace while containers restart. */
  readonly #holder: GuardedProcess;

  private constructor(address: string, name: string, holder: GuardedProcess) {
    this.address = address;
    this.#interface = name;
    this.#holder = holder;
  }

  /**
   * @param prefix of the run's block, `127.x.y.`
   * @param agent which answers at {@link AGENT}
   * @throws HarnessError ERR_PLATFORM with what this machine says
   */
  static async create(
    guardian: Guardian,
    prefix: string,
    agent: AgentAddress,
  ): Promise<ContainerNetwork> {
    const holder = await GuardedProcess.start(guardian, {
      argv: ["/usr/bin/unshare", "--net", "--", "/bin/sleep", "infinity"],
      env: {},
      cwd: "/",
      output: "ignore",
    });
    try {
      await untilSeparate(holder);
      for (let tries = 0; tries < TRIES; tries += 1) {
        const [address, name] = [anyAddress(), `${interfacesOf(guardian)}${anyEnding()}`];
        const words = [name, address, GATEWAY, `${prefix}0/24`, `${agent.address}:${agent.port}`];
        const isTaken = !(await connect([String(holder.pid), ...words]));
        if (!isTaken) return new ContainerNetwork(address, name, holder);
      }
      throw new HarnessError("ERR_PLATFORM", `no free address for a container in ${CONTAINERS}`);
    } catch (error) {
      holder.kill();
      throw error;
    }
  }

  /** The argv of a program in this network. */
  readonly within = (argv: readonly string[]): readonly string[] => [
    "/usr/bin/nsenter",
    `--net=/proc/${this.#holder.pid}/ns/net`,
    "--",
    ...argv,
  ];

  /** Removes the pair. The namespace ends with its last process. */
  async close(): Promise<void> {
    // Without this the kernel removes it some time after the namespace has ended.
    await run("ip", ["link", "delete", this.#interface], { timeout: TIMEOUT }).catch(() => {});
    this.#holder.kill();
    await this.#holder.exited;
  }
}

/** Waits until the holder has left this machine's network. */
async function untilSeparate(holder: GuardedProcess): Promise<void> {
  const same =
    'until [ "$(readlink /proc/$1/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.01; done';
  await run("/bin/sh", ["-c", same, "sh", String(holder.pid)], { timeout: TIMEOUT });
}

/** @param words the arguments of {@link CONNECT} @returns false if the address is taken */
async function connect(words: readonly string[]): Promise<boolean> {
  try {
    await run("/bin/sh", ["-c", CONNECT, "connect", ...words], { timeout: TIMEOUT });
    return true;
  } catch (error) {
    const { code, stderr = "" } = error as { code?: unknown; stderr?: string };
    if (code === TAKEN) return false;
    const message = `a container's network cannot be connected: ${stderr.trim() || String(error)}`;
    throw new HarnessError("ERR_PLATFORM", message);
  }
}

/** The name of an interface has at most fifteen characters, and the run's part ten. */
const anyEnding = (): string =>
  randomInt(36 ** 5)
    .toString(36)
    .padStart(5, "0");

function anyAddress(): string {
  const number = FIRST_ADDRESS + randomInt(ADDRESSES.from + 2, ADDRESSES.to);
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 0xff).join(".");
}
