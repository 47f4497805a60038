import { text } from "node:stream/consumers";
import { HarnessError } from "../base/errors.ts";
import { GuardedProcess } from "./guarded-process.ts";
import type { Guardian } from "./guardian.ts";

/** The machine's end of every container's network. Link-local, so that no network of this machine has it. */
export const GATEWAY = "169.254.77.1";
/** The addresses of containers' networks: for benchmarks (RFC 2544), which no network routes. */
export const CONTAINERS = "198.18.0.0/15";
/** The machine's interfaces to containers begin with this. */
const INTERFACE = "ecs-";
/** Those of a run: no other run's begin with it. */
export const interfacesOf = ({ runId }: Pick<Guardian, "runId">): string => `${INTERFACE}${runId}`;

/** Seconds. Runs that start at the same time wait for each other. */
const TIMEOUT = 30;
const PATH = "/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * Rules of the kernel's packet filter: the table, the chain, and the rule. Each is put before those above it.
 * @param own the run's interfaces
 * @param loopback this machine's loopback addresses that the run's containers reach
 */
const rulesFor = (own: string, loopback: readonly string[]): string =>
  [
    // Containers reach other networks under this machine's address.
    `nat POSTROUTING -s ${CONTAINERS} ! -o ${INTERFACE}+ -j MASQUERADE`,
    // At the gateway they reach what listens on this machine's localhost.
    `nat PREROUTING -i ${own}+ -d ${GATEWAY} -j DNAT --to-destination 127.0.0.1`,
    `filter INPUT -i ${own}+ -d 127.0.0.0/8 -m conntrack ! --ctstate DNAT -j DROP`,
    ...loopback.map((addresses) => `filter INPUT -i ${own}+ -d ${addresses} -j ACCEPT`),
    // Only the run's containers, and this machine, whose packets are not forwarded, may open a connection to one.
    `filter FORWARD -o ${own}+ -j DROP`,
    `filter FORWARD -o ${own}+ -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
    `filter FORWARD -i ${own}+ -o ${own}+ -j ACCEPT`,
    // Where Docker is installed, all that is not accepted is dropped.
    `filter FORWARD -i ${own}+ ! -o ${INTERFACE}+ -j ACCEPT`,
    // The metadata of an EC2 instance, with its role: a raw socket goes round the routes of a container.
    `filter FORWARD -i ${own}+ -d 169.254.0.0/16 -j DROP`,
  ].join("\n");

/**
 * $1 is the run's name, the comment of its rules; $2 the rules. `device` is the interface of the default route: answers from
 * outside come in there, and reach containers only if it forwards. Only root can open the lock's folder, so no other user can hold
 * the lock. It has the process that took it last.
 */
const COMMON = `folder=/run/local-ecs lock=/run/local-ecs/gateway.lock
hold() {
  mkdir -p -m 700 "$folder"
  [ "$(stat -c %u:%a "$folder")" = 0:700 ] || { echo "$folder must be root's, with the mode 700"; return 1; }
  exec 9>>"$lock"
  flock --wait "$1" 9 || { echo "$lock was held for $1 s by $(cat "$lock")"; return 1; }
  echo "process $$ of $2" >"$lock"
}
device=$(ip -o route show default | grep --only-matching ' dev [^ ]*' | head -n 1 | cut -d ' ' -f 3)
forwards=/proc/sys/net/ipv4/conf/$device/forwarding
rule() { iptables --wait 10 --table "$@" --match comment --comment "$name"; }
rules() { echo "$2" | while read -r table chain rest; do name=$1 rule "$table" "$3" "$chain" $rest || [ "$3" = --delete ] || exit; done; }
turned_on() { name=$1-turned-on rule filter "$2" FORWARD; }
is_ours() { iptables-save | grep --quiet -e -turned-on; }
`;

const OPEN = `exec 2>&1; ${COMMON}
hold 10 "$1" && rules "$1" "$2" --insert || exit
[ -n "$device" ] || exit 0
if [ "$(cat "$forwards")" = 0 ] || is_ours; then turned_on "$1" --append && echo 1 >"$forwards"; fi`;

/** If runs have turned forwarding on, the last of them turns it off. Without the lock too: nothing may be left. */
const CLOSE = `${COMMON}
hold 5 "$1"
rules "$1" "$2" --delete
if turned_on "$1" --delete && ! is_ours; then echo 0 >"$forwards"; fi`;

/**
 * Makes this machine the gateway of its containers' networks: they reach other networks through it, as containers of Docker do.
 * The guardian undoes that at the end of the run.
 * @param loopback this machine's loopback addresses that the run's containers reach: those of its block, and those that the user
 * has named
 * @throws HarnessError ERR_PLATFORM with what this machine says
 */
export async function openGateway(guardian: Guardian, loopback: readonly string[]): Promise<void> {
  const own = interfacesOf(guardian);
  const words = ["gateway", own, rulesFor(own, loopback)];
  guardian.atEnd(["/bin/sh", "-c", CLOSE, ...words]);
  // Guarded: it must not go on after the guardian has removed the rules.
  const opening = await GuardedProcess.start(guardian, {
    argv: ["/usr/bin/timeout", "--foreground", String(TIMEOUT), "/bin/sh", "-c", OPEN, ...words],
    env: { PATH },
    cwd: "/",
    output: "pipe",
  });
  const output = opening.output === null ? "" : await text(opening.output);
  const code = await opening.exited;
  if (code === 0) return;
  const message = `cannot forward packets of containers: ${output.trim() || `exit code ${code}`}`;
  throw new HarnessError("ERR_PLATFORM", message);
}
