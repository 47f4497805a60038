import { formatEndpoint } from "../base/errors.ts";
import { targetKey } from "../base/name.ts";
import { DEAD, type EndpointCheck } from "./endpoint.ts";
import type { Examination, TargetCheck } from "./examine.ts";
import type { ServerCheck } from "./server.ts";

/** Something that an examination shows. A `problem` keeps clients from connecting; a `warning` may. */
export interface Finding {
  readonly level: "problem" | "warning" | "note";
  /** Stable, for programs. */
  readonly code: string;
  readonly message: string;
  /** What to do. */
  readonly advice: string;
}

type Make = (code: string, message: string, advice: string) => Finding;

const problem: Make = (code, message, advice) => ({ level: "problem", code, message, advice });
const warning: Make = (code, message, advice) => ({ level: "warning", code, message, advice });
const note: Make = (code, message, advice) => ({ level: "note", code, message, advice });

/** The most records that Cloud Map puts into an answer. */
const CLOUD_MAP_LIMIT = 8;
/** Seconds; a longer outage after a move is a warning. */
const LONG_TTL = 60;

/** What an examination shows, the worst first. */
export function findingsOf(examination: Examination): Finding[] {
  const { servers, targets } = examination;
  const connects = targets.some(({ endpoints }) => endpoints.some(isAlive));
  const findings = [
    ...ofServers(servers),
    ...ofName(examination),
    ...targets.flatMap((target) => ofTarget(target, connects ? warning : problem)),
    ...ofServices(examination),
    ...ofTimes(examination),
    ...ofProtocols(servers.filter(isAnswering)),
  ];
  const levels = ["problem", "warning", "note"];
  return findings.toSorted((one, other) => levels.indexOf(one.level) - levels.indexOf(other.level));
}

function isAnswering({ error }: ServerCheck): boolean {
  return error === undefined;
}

function isAlive({ service }: EndpointCheck): boolean {
  return !DEAD.includes(service);
}

function ofServers(servers: readonly ServerCheck[]): Finding[] {
  if (servers.length === 0) {
    const advice = "Set one in /etc/resolv.conf, or give --server.";
    return [problem("no-server", "The system has no DNS server.", advice)];
  }
  const answering = servers.filter(isAnswering);
  const fails = answering.length === 0 ? problem : warning;
  const findings = servers.flatMap(({ server, error }) => {
    if (error === undefined) return [];
    const advice =
      "Open UDP and TCP port 53 to it, or remove it from the configuration. In a VPC, the resolver is 169.254.169.253, or the base of the network plus two.";
    return [fails("server", `The DNS server ${server} gives no answer: ${error}.`, advice)];
  });
  if (new Set(answering.map(contentOf)).size > 1) {
    const differs = answering[0]?.denial === undefined ? warning : problem;
    const each = answering.map((check) => `${check.server}: ${summaryOf(check)}`).join("; ");
    const advice =
      "A client takes the answer of the first server that gives one, with or without records. List only servers that know the zone.";
    findings.push(differs("servers-differ", `The DNS servers do not agree. ${each}.`, advice));
  }
  return findings;
}

/** Equal for servers that agree. Of many records an answer may have any eight. */
function contentOf({ targets, denial }: ServerCheck): string {
  if (targets.length >= CLOUD_MAP_LIMIT) return "many";
  return denial ?? targets.map(targetKey).toSorted().join();
}

/** What a server answers, in a few words. */
export function summaryOf({ denial, targets, error }: ServerCheck): string {
  const ttl = Math.min(...targets.map((target) => target.ttl));
  const records = `${targets.length} SRV record${targets.length === 1 ? "" : "s"}, TTL ${ttl} s`;
  return error ?? denial ?? records;
}

function ofName({ name, servers, fullName, ownAddresses }: Examination): Finding[] {
  const [first] = servers.filter(isAnswering);
  if (first === undefined) return [];
  if (first.targets.some(({ host }) => host === ".")) {
    const message = `The SRV record of ${name} has the target ".": the service is not available (RFC 2782).`;
    const advice = "The owner of the zone has switched it off. Use another name.";
    return [problem("unavailable", message, advice)];
  }
  if (servers.some(({ targets }) => targets.length > 0)) return [];
  const message = `${name} has no SRV records: ${first.server} says "${first.denial}".`;
  if (fullName !== undefined) {
    const advice = `${fullName} has some. srv-dialer uses no search domains: give it this name.`;
    return [problem("search-domain", message, advice)];
  }
  const [address] = ownAddresses;
  if (address !== undefined) {
    const advice = `It has the address ${address}: use redis://${name}:PORT, or let Cloud Map publish SRV records (record type SRV, with container name and port in the ECS service's registry).`;
    return [problem("addresses-only", message, advice)];
  }
  const advice =
    "Check the spelling, that a healthy task is registered (aws servicediscovery discover-instances), and that this machine is in a VPC of the namespace.";
  return [problem("no-records", message, advice)];
}

/** @param fails `problem` if no target connects */
function ofTarget({ host, port, ttl, problem: reason, endpoints }: TargetCheck, fails: Make) {
  if (reason !== undefined) {
    const message = `No address of ${formatEndpoint(host, port)}: ${reason}.`;
    const advice =
      "The record names a host that DNS does not know. Cloud Map writes both; another zone needs an A or AAAA record of it.";
    return [fails("no-address", message, advice)];
  }
  return endpoints
    .filter((endpoint) => !isAlive(endpoint))
    .map(({ address, service, time, detail }) => {
      const at = formatEndpoint(host, port, address);
      if (service === "refused") {
        const advice = `If its task has ended, the record is gone once ECS has deregistered it, and ${ttl} s later also from caches. If the task runs, compare the record's port with the container's host port.`;
        const message = `${at} refuses the connection: no program listens there.`;
        return fails("refused", message, advice);
      }
      const what =
        service === "silent" ? `gives no answer in ${time} ms` : `cannot be reached: ${detail}`;
      const advice =
        "Its host is lost, or a security group drops the packets: open the dynamic ports (32768 to 65535 unless set) to the clients' security group.";
      return fails("unreachable", `${at} ${what}.`, advice);
    });
}

/** What answers at the targets. */
function ofServices({ name, targets }: Examination): Finding[] {
  const alive = targets.flatMap(({ host, port, endpoints }) =>
    endpoints
      .filter(isAlive)
      .map((endpoint) => ({ ...endpoint, at: formatEndpoint(host, port, endpoint.address) })),
  );
  const findings = alive.flatMap(({ at, service, detail, distrusted }) => {
    const found: Finding[] = [];
    if (service === "no reply") {
      const message = `${at} accepts the connection and does not answer PING.`;
      const advice = "Redis is frozen there, or another service waits for other bytes.";
      found.push(warning("no-reply", message, advice));
    }
    if (service.startsWith("Redis") && detail !== undefined) found.push(ofReply(at, detail));
    if (distrusted !== undefined) {
      const message = `The certificate of ${at} is not trusted for ${name}: ${distrusted}.`;
      const advice =
        "Give its authority in NODE_EXTRA_CA_CERTS or tls.ca, and the name in it as servername.";
      found.push(warning("certificate", message, advice));
    }
    return found;
  });
  const services = new Map(alive.map(({ service, at }) => [service, at]));
  if (services.size > 1) {
    const each = Array.from(services, ([service, at]) => `${at}: ${service}`).join("; ");
    const advice =
      "Another task may have the port of a stopped one. `verify`, on by default with Redis, skips it; else wait until the record is gone.";
    const message = `The targets are not the same service. ${each}.`;
    findings.push(warning("services-differ", message, advice));
  } else if (services.has("Redis over TLS")) {
    const advice = `Use rediss+srv://${name}, or the option tls.`;
    findings.push(note("tls", "Redis speaks TLS here.", advice));
  }
  return findings;
}

/** @param reply to PING, other than PONG */
function ofReply(at: string, reply: string): Finding {
  if (reply.startsWith("NOAUTH")) {
    const advice = "Set one. To try it: REDIS_PASSWORD=… srv-dialer ping redis+srv://NAME";
    return note("password", `Redis at ${at} needs a password.`, advice);
  }
  const advice = "A client waits for it until its deadline, or takes another target that is ready.";
  return warning("not-ready", `Redis at ${at} is not ready: ${reply}.`, advice);
}

/** How long clients miss a service that has moved. */
function ofTimes({ servers, targets, others }: Examination): Finding[] {
  const findings: Finding[] = [];
  const ttl = Math.max(0, ...servers.flatMap((check) => check.targets.map((target) => target.ttl)));
  const negative = Math.max(...servers.map(({ negativeTtl }) => negativeTtl ?? 0));
  if (negative > ttl) {
    const records = ttl > 0 ? `, and records for ${ttl} s` : "";
    const message = `Caches keep an answer without records for up to ${negative} s (SOA)${records}.`;
    const advice =
      "A service that was gone for a moment stays unknown for that long. Lower the SOA's TTL (aws servicediscovery update-private-dns-namespace), or ask Cloud Map after DNS (cloudMapResolver).";
    findings.push((negative > LONG_TTL ? warning : note)("negative-ttl", message, advice));
  }
  if (ttl > LONG_TTL) {
    const message = `The records' TTL is ${ttl} s: clients may use the old port of a moved service for that long.`;
    findings.push(warning("long-ttl", message, "Use 10 s or less."));
  }
  const count = targets.length + others;
  if (count >= CLOUD_MAP_LIMIT) {
    const message = `There are ${count} records; Cloud Map puts at most eight into an answer.`;
    const advice = "There may be more targets; each answer has some of them.";
    findings.push(note("eight-records", message, advice));
  }
  return findings;
}

/** What DNS servers cannot do. */
function ofProtocols(answering: readonly ServerCheck[]): Finding[] {
  const of = (check: (server: ServerCheck) => boolean, make: Make, ...texts: Parameters<Make>) => {
    const [code, message, advice] = texts;
    const servers = answering.filter(check).map(({ server }) => server);
    return servers.length === 0 ? [] : [make(code, `${servers.join(", ")} ${message}.`, advice)];
  };
  const tcp = "An answer too long for a datagram is lost. Open TCP port 53 to it.";
  const edns = "Answers of more than 512 bytes need TCP.";
  const nodes =
    "srv-dialer reads them. resolveSrv of Node.js 22.23.3, 24.20 to 24.21 and 26.7 to 26.10 fails with EBADRESP.";
  return [
    ...of((server) => !server.tcp, warning, "no-tcp", "does not answer over TCP", tcp),
    ...of((server) => !server.edns, note, "no-edns", "does not support EDNS", edns),
    ...of((server) => server.compressed, note, "compressed", "compresses SRV targets", nodes),
  ];
}
