import { interleave } from "../answers/addresses.ts";
import { dialedAddresses } from "./addresses.ts";
import { systemClock } from "../base/clock.ts";
import { formatEndpoint, hasCode, toError } from "../base/errors.ts";
import { type Lifetime, withDeadline } from "../base/lifetime.ts";
import { serviceName, targetKey, withoutTrailingDot } from "../base/name.ts";
import type { SrvDialerOptions, SrvTarget } from "../base/types.ts";
import { type CloudMapClient, apiThrough } from "../cloud-map/api.ts";
import { remedyOf } from "../cloud-map/failure.ts";
import { createCloudMapResolver } from "../cloud-map/resolver.ts";
import { Dialer } from "../dialer/dialer.ts";
import { parseOptions } from "../dialer/options.ts";
import { type DnsResolver, dnsResolver, settingsOf } from "../dns/resolver.ts";
import { formatServer } from "../dns/servers.ts";
import { searchDomains } from "../dns/system.ts";
import { verifyRedis } from "../redis/verify.ts";
import { type EndpointCheck, checkEndpoint, stopwatch } from "./endpoint.ts";
import { type ServerCheck, checkServer } from "./server.ts";

/** How many targets are dialed. Cloud Map gives at most eight. */
const MOST_TARGETS = 16;
/** How many addresses of each target are dialed. */
const MOST_ADDRESSES = 8;
/** ECS sets the first in each container; the SDK needs the second. */
const OF_AWS = ["ECS_CONTAINER_METADATA_URI_V4", "AWS_REGION"];

/** A target of the first server that has any. */
export interface TargetCheck extends SrvTarget {
  readonly addresses: readonly string[];
  /** Why it has no address. */
  readonly problem?: string | undefined;
  readonly endpoints: readonly EndpointCheck[];
}

/** A dial as a client does it, which checks for Redis if the service is Redis. Times are in ms. */
export interface Dial {
  readonly client: "TCP" | "Redis" | "Redis with TLS";
  readonly endpoint?: string;
  readonly time?: number;
  readonly error?: string;
}

/** What was found of a name. Times are in ms, TTLs in seconds. */
export interface Examination {
  readonly name: string;
  readonly servers: readonly ServerCheck[];
  readonly targets: readonly TargetCheck[];
  /** How many targets were not dialed. */
  readonly others: number;
  /** If no server has records: the name with one of the system's search domains that has. */
  readonly fullName?: string | undefined;
  /** If no server has records: the addresses of the name itself. */
  readonly ownAddresses: readonly string[];
  /** Undefined outside of AWS. */
  readonly cloudMap?: CloudMapCheck | undefined;
  readonly dial: Dial;
}

/** What the Cloud Map API answers, which an app may ask when DNS does not help. */
export interface CloudMapCheck {
  /** `host:port` of each instance; empty if there is none, or no such service. */
  readonly targets: readonly string[];
  readonly error?: string;
  readonly advice?: string;
}

export type Protocol = "redis" | "tcp";

export interface ExamineOptions {
  /** As in `dnsResolver`; the system's by default. */
  readonly servers?: readonly string[] | undefined;
  /** For everything, in ms: at most a third each for the DNS servers and the targets, the rest for the dial. */
  readonly timeout: number;
  /** Whether the service is Redis. By default it is if its name says so or a target answers like Redis. */
  readonly protocol?: Protocol | undefined;
  /** The system's by default. */
  readonly domains?: readonly string[];
  /** Of the Cloud Map API. By default one of the environment, and none outside of AWS. */
  readonly cloudMap?: CloudMapClient;
}

/** Asks every server, and dials every target as well as the name. */
export async function examine(name: string, options: ExamineOptions): Promise<Examination> {
  const { domains = searchDomains(), protocol = /redis|valkey/i.test(name) ? "redis" : undefined } =
    options;
  const timeout = Math.ceil(options.timeout / 3);
  const isInAws = OF_AWS.some((variable) => process.env[variable] !== undefined);
  const api = options.cloudMap || isInAws ? apiThrough(options.cloudMap) : undefined;
  // The SDK is large: loading it meanwhile would count as a slow answer of a DNS server.
  await api?.load().catch(() => {});
  const elapsed = stopwatch();
  const given = options.servers === undefined ? {} : { servers: options.servers };
  const addresses = settingsOf(given).servers.inOrder().map(formatServer);
  const [cloudMap, ...servers] = await Promise.all([
    api && checkCloudMap(name, timeout, api),
    ...addresses.map((each) => checkServer(each, name, timeout)),
  ]);
  const answering = servers.find(({ error }) => error === undefined);
  if (answering === undefined) {
    const dial: Dial = { client: "TCP", error: "no DNS server gives an answer" };
    return { name, servers, targets: [], others: 0, ownAddresses: [], cloudMap, dial };
  }
  const knowing = servers.find((check) => check.targets.length > 0) ?? answering;
  // Another server may not know the targets.
  const resolver = dnsResolver({ servers: [knowing.server] });
  const found = knowing.targets.toSorted((one, other) => one.priority - other.priority);
  const dialed = found.slice(0, MOST_TARGETS).filter(({ host }) => host !== ".");
  const [hints, ...targets] = await withDeadline(timeout, systemClock, (lifetime) =>
    Promise.all([
      found.length > 0 ? { ownAddresses: [] } : hintsFor(name, resolver, domains, lifetime),
      ...dialed.map((target) => checkTarget(target, serviceName(name), resolver, lifetime)),
    ]),
  );
  const client = clientFor(targets, protocol);
  const dial = await dialOnce(name, client, {
    resolver: dnsResolver(given),
    timeout: Math.max(1, Math.ceil(options.timeout - elapsed())),
  });
  const others = Math.max(0, found.length - MOST_TARGETS);
  return { name, servers, targets, others, ...hints, cloudMap, dial };
}

type Api = ReturnType<typeof apiThrough>;

async function checkCloudMap(name: string, timeout: number, api: Api): Promise<CloudMapCheck> {
  const resolver = createCloudMapResolver({
    ...api,
    given: {},
    clock: systemClock,
    random: Math.random,
    onFailure: () => {},
  });
  try {
    const { targets } = await resolver.resolve(name, { signal: AbortSignal.timeout(timeout) });
    return { targets: targets.map(targetKey) };
  } catch (error) {
    if (hasCode(error, "ERR_SRV_NO_RECORDS")) return { targets: [] };
    const failure = toError(error);
    return { targets: [], error: failure.message, advice: remedyOf(failure) };
  }
}

async function checkTarget(
  target: SrvTarget,
  servername: string,
  resolver: DnsResolver,
  lifetime: Lifetime,
): Promise<TargetCheck> {
  const found = await dialedAddresses(target, resolver, lifetime.signal);
  const { host, port } = target;
  const endpoints = interleave(found.addresses)
    .slice(0, MOST_ADDRESSES)
    .map((address) => checkEndpoint({ host, address, port }, servername, lifetime));
  return { ...target, ...found, endpoints: await Promise.all(endpoints) };
}

/** What the user may have meant by a name without SRV records. */
async function hintsFor(
  name: string,
  resolver: DnsResolver,
  domains: readonly string[],
  { signal }: Lifetime,
) {
  const full = domains.map((domain) => `${withoutTrailingDot(name)}.${domain}`);
  const [own, ...answers] = await Promise.allSettled([
    dialedAddresses({ host: name, port: 0, priority: 0, weight: 0, ttl: 0 }, resolver, signal),
    ...full.map((each) => resolver.resolve(each, { signal })),
  ]);
  const at = answers.findIndex(
    (each) => each.status === "fulfilled" && each.value.targets.length > 0,
  );
  const ownAddresses = own.status === "fulfilled" ? own.value.addresses : [];
  return { ownAddresses, fullName: full[at] };
}

/** The client that fits what answers. Of a service that is not Redis, a connection is all that can be checked. */
function clientFor(targets: readonly TargetCheck[], protocol?: Protocol): Dial["client"] {
  const services = targets.flatMap(({ endpoints }) => endpoints.map(({ service }) => service));
  const overTls = services.includes("Redis over TLS");
  if (protocol === "tcp") return "TCP";
  if (services.includes("Redis") || (protocol === "redis" && !overTls)) return "Redis";
  return overTls ? "Redis with TLS" : "TCP";
}

async function dialOnce(
  name: string,
  client: Dial["client"],
  given: SrvDialerOptions,
): Promise<Dial> {
  const verify = client === "TCP" ? undefined : verifyRedis;
  const options = parseOptions(name, { ...given, tls: client === "Redis with TLS" });
  const dialer = new Dialer({ ...options, verify });
  const elapsed = stopwatch();
  try {
    const socket = await dialer.connect();
    const { remoteAddress = "", remotePort = 0 } = socket;
    socket.destroy();
    return { client, endpoint: formatEndpoint(remoteAddress, remotePort), time: elapsed() };
  } catch (error) {
    return { client, error: toError(error).message };
  } finally {
    dialer.close();
  }
}
