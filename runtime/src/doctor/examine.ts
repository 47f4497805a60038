import { formatEndpoint, toError } from "../base/errors.ts";
import { serviceName, withoutTrailingDot } from "../base/name.ts";
import type { SrvTarget } from "../base/types.ts";
import { createSrvDialer } from "../dial/dialer.ts";
import { type DnsResolver, dnsResolver, settingsOf } from "../dns/resolver.ts";
import { formatServer } from "../dns/servers.ts";
import { searchDomains } from "../dns/system.ts";
import { addressesOf } from "../answers/target-addresses.ts";
import { type EndpointCheck, checkEndpoint } from "./endpoint.ts";
import { type ServerCheck, checkServer } from "./server.ts";
import { stopwatch } from "./stopwatch.ts";

/** How many targets are dialed. Cloud Map gives at most eight. */
const MOST_TARGETS = 16;
/** How many addresses of each target are dialed. */
const MOST_ADDRESSES = 4;
/** How much longer a client has than one server or target. */
const DIAL_TIMEOUTS = 4;

/** A target of the first server that has any. */
export interface TargetCheck extends SrvTarget {
  readonly addresses: readonly string[];
  /** Why it has no address. */
  readonly problem?: string;
  readonly endpoints: readonly EndpointCheck[];
}

/** What was found of a name. Times are in ms, TTLs in seconds. */
export interface Examination {
  readonly name: string;
  readonly servers: readonly ServerCheck[];
  readonly targets: readonly TargetCheck[];
  /** How many targets were not dialed. */
  readonly others: number;
  /** If no server has records: the name with one of the system's search domains that has. */
  readonly fullName?: string;
  /** If no server has records: the addresses of the name itself. */
  readonly ownAddresses: readonly string[];
  /** What came of a dial with the defaults of a client. */
  readonly dial: { readonly endpoint: string; readonly time: number } | { readonly error: string };
}

export interface ExamineOptions {
  /** As in `dnsResolver`; the system's by default. */
  readonly servers?: readonly string[];
  /** How long each server and each target has, in ms. */
  readonly timeout: number;
  /** The system's by default. */
  readonly domains?: readonly string[];
}

/** Asks every server, and dials every target as well as the name. */
export async function examine(name: string, options: ExamineOptions): Promise<Examination> {
  const { timeout, domains = searchDomains() } = options;
  const given = options.servers === undefined ? {} : { servers: options.servers };
  const servers = settingsOf(given).servers.inOrder().map(formatServer);
  const resolver = dnsResolver({ ...given, timeout, tries: 2 });
  const checks = await Promise.all(servers.map((server) => checkServer(server, name, timeout)));
  const found = checks.find(({ targets }) => targets.length > 0)?.targets ?? [];
  const inOrder = found.toSorted((one, other) => one.priority - other.priority);
  const dialed = inOrder.slice(0, MOST_TARGETS).filter(({ host }) => host !== ".");
  const hints = found.length > 0 ? undefined : await hintsFor(name, resolver, domains);
  const [dial, ...targets] = await Promise.all([
    dialOnce(name, resolver, timeout * DIAL_TIMEOUTS),
    ...dialed.map((target) => checkTarget(target, serviceName(name), resolver, timeout)),
  ]);
  const others = Math.max(0, found.length - MOST_TARGETS);
  return { name, servers: checks, targets, others, ownAddresses: [], ...hints, dial };
}

async function checkTarget(
  target: SrvTarget,
  servername: string,
  resolver: DnsResolver,
  timeout: number,
): Promise<TargetCheck> {
  const found = await addressesOf(target, resolver);
  const { host, port } = target;
  const endpoints = found.addresses
    .slice(0, MOST_ADDRESSES)
    .map((address) => checkEndpoint({ host, address, port }, servername, timeout));
  return { ...target, ...found, endpoints: await Promise.all(endpoints) };
}

/** What the user may have meant by a name without SRV records. */
async function hintsFor(name: string, resolver: DnsResolver, domains: readonly string[]) {
  const full = domains.map((domain) => `${withoutTrailingDot(name)}.${domain}`);
  const [own, ...answers] = await Promise.allSettled([
    resolver.lookup(name),
    ...full.map((each) => resolver.resolve(each)),
  ]);
  const at = answers.findIndex(
    (each) => each.status === "fulfilled" && each.value.targets.length > 0,
  );
  const fullName = full[at];
  const ownAddresses = own.status === "fulfilled" ? own.value.addresses : [];
  return { ownAddresses, ...(fullName !== undefined && { fullName }) };
}

async function dialOnce(
  name: string,
  resolver: DnsResolver,
  timeout: number,
): Promise<Examination["dial"]> {
  const dialer = createSrvDialer(name, { resolver, timeout });
  const elapsed = stopwatch();
  try {
    const socket = await dialer.connect();
    const { remoteAddress = "", remotePort = 0 } = socket;
    socket.destroy();
    return { endpoint: formatEndpoint(remoteAddress, remotePort), time: elapsed() };
  } catch (error) {
    return { error: toError(error).message };
  } finally {
    dialer.close();
  }
}
