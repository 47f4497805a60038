import { formatEndpoint } from "../base/errors.ts";
import { canonicalName, serviceName, targetKey, withoutTrailingDot } from "../base/name.ts";
import { isUnready, refusalOf } from "../redis/verify.ts";
import { DEAD, type EndpointCheck, type Service } from "./endpoint.ts";
import type { Examination, TargetCheck } from "./examine.ts";
import type { ServerCheck } from "./server.ts";

/** Something that an examination shows. A `problem` keeps clients from connecting; a `warning` may. */
export interface Finding {
  readonly level: "problem" | "warning" | "note";
  /** Stable, for programs. */
  readonly code: string;
  readonly message: string;
  readonly advice: string;
}

type Make = (code: string, message: string, advice: string) => Finding;

const problem: Make = (code, message, advice) => ({ level: "problem", code, message, advice });
const warning: Make = (code, message, advice) => ({ level: "warning", code, message, advice });
const note: Make = (code, message, advice) => ({ level: "note", code, message, advice });

/** The most records that Cloud Map puts into an answer. */
const CLOUD_MAP_LIMIT = 8;
/** Seconds; a longer outage after a move is a warning. */
const LONG_OUTAGE = 60;

/** What an examination shows, the worst first. */
export function findingsOf(examination: Examination): Finding[] {
  const { servers, targets, dial } = examination;
  const fails = dial.error === undefined ? warning : problem;
  const findings = [
    ...ofServers(servers),
    ...ofName(examination),
    ...targets.flatMap((target) => ofTarget(target, fails)),
    ...ofServices(examination, fails),
    ...ofTimes(examination),
    ...ofCloudMap(examination),
  ];
  const levels = ["problem", "warning", "note"];
  return findings.toSorted((one, other) => levels.indexOf(one.level) - levels.indexOf(other.level));
}

const isAlive = ({ service }: EndpointCheck): boolean => !DEAD.includes(service);

function* ofServers(servers: readonly ServerCheck[]): Iterable<Finding> {
  const answering = servers.filter(({ error }) => error === undefined);
  const fails = answering.length === 0 ? problem : warning;
  for (const { server, error, replied } of servers) {
    if (error === undefined) continue;
    const advice = replied
      ? "It does not serve this zone, or its own servers fail. Check its forwarding rules."
      : `Open UDP and TCP port ${server.slice(server.lastIndexOf(":") + 1)} to it, or remove it from the configuration. In a VPC, the resolver is 169.254.169.253, or the base of the network plus two.`;
    const what = replied ? "cannot answer" : "cannot be reached";
    yield fails("server", `The DNS server ${server} ${what}: ${error}.`, advice);
  }
  if (new Set(answering.map(contentOf)).size < 2) return;
  const differs = answering[0]?.denial === undefined ? warning : problem;
  const each = answering.map((check) => `${check.server}: ${summaryOf(check)}`).join("; ");
  const advice =
    "A client takes the answer of the first server that gives one, with or without records. List only servers that know the zone.";
  yield differs("servers-differ", `The DNS servers do not agree. ${each}.`, advice);
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
  const first = servers.find(({ error }) => error === undefined);
  if (first === undefined) return [];
  if (first.targets.length > 0 && first.targets.every(({ host }) => host === ".")) {
    const message = `The SRV record of ${name} has the target ".": the service is not available (RFC 2782).`;
    const advice = "The owner of the zone has switched it off. Use another name.";
    return [problem("unavailable", message, advice)];
  }
  if (servers.some(({ targets }) => targets.length > 0)) return [];
  const { server, denial, zone, negativeTtl } = first;
  const cached =
    negativeTtl === undefined ? "" : ` Caches keep this answer for up to ${negativeTtl} s.`;
  const message = `${name} has no SRV records: ${server} says "${denial}".${cached}`;
  if (fullName !== undefined) {
    const advice = `${fullName} has some. srv-dialer uses no search domains: give it this name.`;
    return [problem("search-domain", message, advice)];
  }
  const [address] = ownAddresses;
  if (address !== undefined) {
    const advice = `It has the address ${address}: use redis://${name}:PORT, or let Cloud Map publish SRV records (record type SRV, with container name and port in the ECS service's registry).`;
    return [problem("addresses-only", message, advice)];
  }
  const isBelow = serviceName(name).includes(".");
  if (denial === "no such name" && zone !== undefined && isBelow)
    return [ofDenial(name, zone, message)];
  const advice =
    "Check the spelling, that a healthy task is registered (aws servicediscovery discover-instances), and that this machine is in a VPC of the namespace.";
  return [problem("no-records", message, advice)];
}

/** The zone that denies a name is its namespace, or one above if the server does not know the namespace. */
function ofDenial(name: string, zone: string, message: string): Finding {
  const whole = canonicalName(name);
  const namespace = name.startsWith("_") ? serviceName(whole) : whole.replace(/^[^.]+\./, "");
  if (zone === namespace) {
    const service = whole.slice(0, -zone.length - 1);
    const advice = `The namespace ${zone} exists, so the service is misspelled or has no healthy task: aws servicediscovery discover-instances --namespace-name ${zone} --service-name ${service}`;
    return problem("unknown-service", message, advice);
  }
  const closest = zone === "." ? "the root" : zone;
  const advice = `This server knows no zone ${namespace}; the closest is ${closest}. The namespace is misspelled (aws servicediscovery list-namespaces), or this machine is in none of its VPCs.`;
  return problem("unknown-namespace", message, advice);
}

function ofTarget({ host, port, ttl, problem: reason, endpoints }: TargetCheck, fails: Make) {
  if (reason !== undefined) {
    const message = `No address of ${formatEndpoint(host, port)}: ${reason}.`;
    const advice =
      "The record names a host that DNS does not know. Cloud Map writes both; another zone needs an A or AAAA record of it.";
    return [fails("no-address", message, advice)];
  }
  // Clients use the other address of the target.
  const make = endpoints.some(isAlive) ? note : fails;
  const dead = endpoints.filter((endpoint) => !isAlive(endpoint));
  return dead.map(({ address, service, detail }) => {
    const at = formatEndpoint(host, port, address);
    if (service === "refused") {
      const advice = `If its task has ended, the record is gone once ECS has deregistered it, and ${ttl} s later also from caches. If the task runs, compare the record's port with the container's host port.`;
      return make("refused", `${at} refuses the connection: no program listens there.`, advice);
    }
    const advice =
      "Its host is lost, or a security group drops the packets: open the dynamic ports (32768 to 65535 unless set) to the clients' security group.";
    return make("unreachable", `${at} cannot be reached: ${detail}.`, advice);
  });
}

/** What answers at the targets. */
function* ofServices({ name, targets, dial }: Examination, fails: Make): Iterable<Finding> {
  const isRedis = dial.client !== "TCP";
  const wrong = isRedis ? fails : note;
  const other = isRedis
    ? "A frozen Redis sends nothing; Docker's proxy closes if no program listens in the container, or only on its 127.0.0.1. If the service is not Redis: --protocol tcp."
    : "A connection is all that is checked. If it should be Redis: --protocol redis.";
  /** An endpoint of each kind. */
  const kinds = new Map<Service, string>();
  for (const { at, service, detail = "", distrusted } of targets.flatMap(livingAt)) {
    if (service === "closed" || service === "no reply") {
      const does = service === "closed" ? "closes it" : "sends nothing";
      const message = `${at} accepts the connection, and ${does} after PING.`;
      yield wrong(service.replace(" ", "-"), message, other);
    } else kinds.set(service, at);
    if (service.startsWith("Redis")) yield* ofReply(at, detail, fails);
    if (service === "TLS" && detail.includes("alert")) {
      const advice = "It probably wants a client certificate: tls.cert and tls.key.";
      yield warning("client-certificate", `${at} ends the TLS connection: ${detail}.`, advice);
    }
    if (distrusted !== undefined) {
      const message = `The certificate of ${at} is not trusted for ${serviceName(name)}: ${distrusted}.`;
      const advice =
        "Give its authority in NODE_EXTRA_CA_CERTS or tls.ca, and the name in it as servername.";
      yield fails("certificate", message, advice);
    }
  }
  const [only] = kinds.keys();
  if (kinds.size > 1) {
    const each = Array.from(kinds, ([service, at]) => `${at}: ${service}`).join("; ");
    const advice =
      "Another task may have the port of a stopped one. `verify`, on by default with Redis, skips it; else wait until the record is gone.";
    yield warning("services-differ", `The targets are not the same service. ${each}.`, advice);
  } else if (only === "Redis over TLS") {
    const advice = `Use rediss+srv://${withoutTrailingDot(name)}, or the option tls.`;
    yield note("tls", "Redis speaks TLS here.", advice);
  } else if (only !== undefined && only !== "Redis") {
    const advice = "A client of Redis refuses it. If that is right: --protocol tcp.";
    yield wrong("not-redis", `What answers is not Redis: ${only}.`, isRedis ? advice : other);
  }
}

/** The endpoints of a target that accept connections. */
function livingAt({ host, port, endpoints }: TargetCheck) {
  const living = endpoints.filter(isAlive);
  return living.map((each) => ({ ...each, at: formatEndpoint(host, port, each.address) }));
}

/** @param reply to PING */
function* ofReply(at: string, reply: string, fails: Make): Iterable<Finding> {
  const refusal = refusalOf(reply);
  if (reply.startsWith("NOAUTH")) {
    const advice =
      "Give the client the password. To try it: REDIS_PASSWORD=… srv-dialer ping redis+srv://NAME";
    yield note("password", `Redis at ${at} needs a password.`, advice);
  } else if (refusal !== undefined) {
    const advice = "Clients try other targets. Raise maxclients, or change what the reply names.";
    yield fails("refuses", `Redis at ${at} refuses clients: ${refusal}.`, advice);
  } else if (isUnready(reply)) {
    const advice =
      "A client waits for it until its deadline, or takes another target that is ready.";
    yield warning("not-ready", `Redis at ${at} is not ready: ${reply}.`, advice);
  }
}

/** How long clients miss a service that has moved. */
function* ofTimes({ servers, targets, others }: Examination): Iterable<Finding> {
  // The others may name another zone's SOA record.
  const knowing = servers.filter((check) => check.targets.length > 0);
  const ttl = Math.max(0, ...knowing.flatMap((check) => check.targets.map((target) => target.ttl)));
  const negative = Math.max(0, ...knowing.map(({ negativeTtl = 0 }) => negativeTtl));
  const outage = Math.max(ttl, negative);
  if (knowing.length > 0) {
    const message = `With DNS alone, clients may miss a moved service for up to ${outage} s: caches keep an answer without records for ${negative} s (SOA), and records for what is left of their TTL, ${ttl} s here.`;
    const advice = `Lower the SOA's TTL: aws servicediscovery update-private-dns-namespace --id … --namespace '{"Properties":{"DnsProperties":{"SOA":{"TTL":5}}}}'; and that of the records to 10 s or less. Or ask the Cloud Map API too: srv-dialer/cloud-map.`;
    yield (outage > LONG_OUTAGE ? warning : note)("move-time", message, advice);
  }
  if (targets.length + others === CLOUD_MAP_LIMIT) {
    const message = "There are eight records, the most that Cloud Map puts into an answer.";
    const advice = "There may be more targets; each answer has some of them.";
    yield note("eight-records", message, advice);
  }
}

/** Whether an app could ask the API while DNS does not know where the service is. */
function ofCloudMap({ cloudMap }: Examination): Finding[] {
  if (cloudMap === undefined) return [];
  const { targets, error, advice: remedy = "" } = cloudMap;
  if (error !== undefined) {
    const message = `The Cloud Map API cannot be asked: ${error.replace(/\.$/, "")}.`;
    return [warning("cloud-map", message, `${remedy}. Without it, DNS alone is used.`)];
  }
  const what = targets.length === 0 ? "knows no instance" : `names ${targets.join(", ")}`;
  const advice =
    targets.length === 0
      ? "Compare the names with aws servicediscovery list-services and list-namespaces."
      : "An app with cloudMapResolver asks it when DNS does not help.";
  return [note("cloud-map", `The Cloud Map API ${what}.`, advice)];
}
